"""The API behind an HTTP API: who may write, and answers that Lambda cannot send."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cocktailspace.api import artifact_responses, lambda_handler
from cocktailspace.api.artifact_responses import LAMBDA_BYTES, encoded_bytes
from cocktailspace.api.auth.groups import GroupRoles
from cocktailspace.api.auth.identity import Identity, NotAuthenticatedError
from cocktailspace.api.lambda_handler import make_handler, prepare, run_reconcile
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.tokens import Role
from cocktailspace.settings import Settings, SettingsError
from tests.aws.world import http_event, invoke, token_of
from tests.conftest import BAR, import_document

API = "/api/v1"
ROLES = GroupRoles("cognito:groups", "editor", "admin")
Ask = Callable[..., dict[str, Any]]


class Links:
    """ArtifactLinks over any store."""

    origin = "https://bucket.example.org"

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    def size(self, key: str) -> int:
        return len(self._store.read(key).body)

    def link(self, key: str, *, file_name: str = "", media_type: str = "") -> str:
        named = f"&{file_name}&{media_type}" if file_name else ""
        return f"{self.origin}/{key}?signed{named}"


@pytest.fixture
def cloud(services: Services) -> Services:
    """Parts with a bar, whose large artifacts can be fetched elsewhere."""
    settings = services.settings.model_copy(update={"oidc_groups_claim": "cognito:groups"})
    import_document(services.database, BAR)
    return replace(services, settings=settings, links=Links(services.store))


@pytest.fixture
def ask(cloud: Services) -> Ask:
    handler = make_handler(cloud)

    def send(
        method: str, path: str, body: Any = None, groups: Any = None, **headers: str
    ) -> dict[str, Any]:
        return invoke(handler, http_event(method, path, body, groups, headers))

    return send


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["editor"], Role.EDITOR),
        (["editor", "admin"], Role.ADMIN),
        (["other", "admin"], Role.ADMIN),
        ("editor", Role.EDITOR),
    ],
)
def test_groups_are_read_from_the_token(groups: object, role: Role) -> None:
    assert _identity(groups) == Identity("eve", role, "https://issuer.example.org eve")


@pytest.mark.parametrize(
    "groups", [None, "", [], ["editors"], ["not admin"], "[admin]", "not admin", [["admin"]], 7]
)
def test_other_groups_may_not_write(groups: object) -> None:
    assert _identity(groups).role is None


def _identity(groups: object, **more: object) -> Identity:
    claims = {"iss": "https://issuer.example.org", "sub": "eve", "cognito:groups": groups}
    return ROLES.identity_of(claims | more)


@pytest.mark.parametrize(
    "more", [{"token_use": "id"}, {"typ": "Refresh"}, {"typ": "ID"}, {"at_hash": "x"}]
)
def test_a_token_for_another_use_is_nobodys(more: dict[str, object]) -> None:
    assert _identity(["admin"], token_use="access", typ="Bearer").role is Role.ADMIN
    with pytest.raises(NotAuthenticatedError):
        _identity(["admin"], **more)


def test_a_group_whose_name_has_a_space_is_not_two(ask: Ask) -> None:
    """The gateway writes `[not admin]` for this group and for the groups `not` and `admin`."""
    unit = {"name": "Cup", "abbreviation": "c", "millilitres": 240}
    assert ask("POST", f"{API}/units", unit, ["not admin"])["statusCode"] == 403
    assert ask("POST", f"{API}/units", unit, ["not", "admin"])["statusCode"] == 201


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "mallory", "cognito:groups": ["admin"]},
        {"sub": "eve", "token_use": "id", "cognito:groups": ["admin"]},
        {"cognito:groups": ["admin"]},
        "no claims",
    ],
)
def test_groups_of_another_token_than_the_verified_one_count_for_nothing(
    ask: Ask, claims: Any
) -> None:
    unit = {"name": "Cup", "abbreviation": "c", "millilitres": 240}
    other = f"Bearer {token_of(claims)}"
    answer = ask("POST", f"{API}/units", unit, ["editor"], Authorization=other)
    assert answer["statusCode"] == 401
    two = f"Bearer {token_of(claims)}, Bearer {token_of(claims)}"
    assert ask("POST", f"{API}/units", unit, ["editor"], Authorization=two)["statusCode"] == 401


def test_claims_without_a_subject_are_nobodys() -> None:
    for claims in ({"iss": "https://issuer.example.org"}, {"sub": "eve"}):
        with pytest.raises(NotAuthenticatedError):
            ROLES.identity_of({**claims, "cognito:groups": ["admin"]})


def test_the_gateways_claims_say_who_may_write(ask: Ask) -> None:
    new = {"name": "Absinthe"}
    assert ask("POST", f"{API}/ingredients", new)["statusCode"] == 401
    assert ask("POST", f"{API}/ingredients", new, "[guest]")["statusCode"] == 403
    assert ask("POST", f"{API}/ingredients", new, "[editor]")["statusCode"] == 201
    unit = {"name": "Cup", "abbreviation": "c", "millilitres": 240}
    assert ask("POST", f"{API}/units", unit, "[editor]")["statusCode"] == 403
    assert ask("POST", f"{API}/units", unit, "[editor admin]")["statusCode"] == 201


def test_claims_in_the_request_itself_count_for_nothing(ask: Ask) -> None:
    forged = {"requestContext": json.dumps({"authorizer": {"jwt": {"claims": {"sub": "x"}}}})}
    answer = ask(
        "POST", f"{API}/ingredients", {"name": "X"}, None, **forged, Authorization="Bearer x"
    )
    assert answer["statusCode"] == 401


def test_pages_and_answers_come_as_lambda_wants_them(ask: Ask) -> None:
    page = ask("GET", "/")
    assert page["statusCode"] == 200
    assert page["headers"]["content-type"].startswith("text/html")
    assert isinstance(page["body"], str)
    zipped = ask("GET", f"{API}/recipes?limit=3", Accept_Encoding="gzip")
    assert zipped["isBase64Encoded"] == ("content-encoding" in zipped["headers"])


def test_the_policy_names_the_buckets_host_on_aws_alone(ask: Ask, cloud: Services) -> None:
    policy = ask("GET", "/")["headers"]["content-security-policy"]
    assert "connect-src 'self' https://bucket.example.org;" in policy
    embedded = make_handler(replace(cloud, links=None))
    policy = invoke(embedded, http_event("GET", "/", None, None, {}))["headers"]
    assert "connect-src 'self';" in policy["content-security-policy"]


@pytest.fixture
def run_id(cloud: Services) -> str:
    """A published run whose `cocktail-space` barely fits, and whose `ingredient-tree` does not."""
    from cocktailspace.artifacts.publish import Result, new_run_id, publish  # noqa: PLC0415

    run_id = new_run_id(cloud.clock())
    quotes = b'"' * (artifact_responses.LAMBDA_BYTES // 2)
    artifacts = {
        "cocktail-space": b"x" * (artifact_responses.LAMBDA_BYTES - 100),
        "ingredient-tree": quotes,
        "ingredient-usage": b"x" * (artifact_responses.MAX_COMPRESSIBLE_BYTES + 1),
    }
    with cloud.database.reading() as connection:
        from cocktailspace.catalogue.changes import catalogue_state  # noqa: PLC0415

        state = catalogue_state(connection)
    result = Result(run_id, state.catalogue_id, state.version, artifacts.items())
    publish(cloud.store, result, base=None, clock=cloud.clock)
    return run_id


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_lambda_cannot_send_is_fetched_from_the_bucket(
    ask: Ask, run_id: str, encoding: str, monkeypatch: pytest.MonkeyPatch, cloud: Services
) -> None:
    read: Any = cloud.store.read

    def read_no_large_one(_store: object, key: str) -> Any:
        assert "ingredient-usage" not in key
        return read(key)

    monkeypatch.setattr(type(cloud.store), "read", read_no_large_one)
    monkeypatch.setattr(Links, "size", lambda _self, key: len(read(key).body))
    for address in (f"{API}/analytics/runs/{run_id}", f"{API}/analytics"):
        fits = ask("GET", f"{address}/cocktail-space", Accept_Encoding=encoding)
        assert fits["statusCode"] == 200
        quotes = ask("GET", f"{address}/ingredient-tree", Accept_Encoding=encoding)
        assert quotes["statusCode"] == (307 if encoding == "identity" else 200)
        large = ask("GET", f"{address}/ingredient-usage", Accept_Encoding=encoding)
        assert large["statusCode"] == 307
        key = f"analytics/v1/runs/{run_id}/ingredient-usage.json"
        assert large["headers"]["location"] == f"{Links.origin}/{key}?signed"
        assert large["headers"]["cache-control"] == "no-store"
    missing = ask("GET", f"{API}/analytics/runs/{run_id[:-8]}00000000/cocktail-space")
    assert missing["statusCode"] == 404


def test_a_body_is_measured_as_it_is_sent() -> None:
    assert encoded_bytes(b"x" * LAMBDA_BYTES, zipped=True) > LAMBDA_BYTES
    assert encoded_bytes(b"x" * (LAMBDA_BYTES * 3 // 4), zipped=True) <= LAMBDA_BYTES
    assert encoded_bytes(b"x" * (LAMBDA_BYTES - 2), zipped=False) <= LAMBDA_BYTES
    assert encoded_bytes(b'"' * (LAMBDA_BYTES // 2), zipped=False) > LAMBDA_BYTES
    assert encoded_bytes("é".encode() * (LAMBDA_BYTES // 4), zipped=False) > LAMBDA_BYTES


def test_any_other_answer_that_is_too_large_says_so(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lambda_handler, "LAMBDA_BYTES", 100)
    answer = ask("GET", f"{API}/catalogue/export")
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["error"]["code"] == "answer_too_large"


def test_a_cold_start_makes_the_catalogue_with_a_rollback_journal(
    tmp_path: Path, new_services: Callable[..., Services], caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(
        db_path=tmp_path / "efs" / "catalogue.sqlite",
        db_network_file_system=True,
        analytics_path=tmp_path / "artifacts",
    )
    services = prepare(new_services(settings))
    assert "nothing starts a refresh" in caplog.text, "it has no schedule, and says so"
    with services.database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "persist"
    answer = invoke(make_handler(services), http_event("GET", "/healthz", None, None, {}))
    assert json.loads(answer["body"]) == {"status": "ok", "catalogue_version": 0}


def test_reconciling_needs_a_schedule(services: Services) -> None:
    with pytest.raises(SettingsError, match="ANALYTICS_SCHEDULE_NAME"):
        run_reconcile(services)
