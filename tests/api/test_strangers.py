"""What a stranger sends costs the server little, and nobody else anything."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import ClientDisconnect
from starlette.types import Message

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.api.middleware import HttpRules
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.tokens import Role
from cocktailspace.refresh.status import RefreshStatus
from tests.api.addresses import filled, operations
from tests.conftest import run_alone

API = "/api/v1"
JSON = {"Content-Type": "application/json"}


class Body:
    """Chunks of a request's body; counts how many the server takes."""

    def __init__(self, chunk: bytes, chunks: int) -> None:
        self.chunk, self.chunks, self.taken = chunk, chunks, 0

    async def __call__(self) -> Message:
        self.taken += 1
        more = self.taken < self.chunks
        return {"type": "http.request", "body": self.chunk, "more_body": more}


def ask(
    app: Any, method: str, path: str, body: Body, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and content of an answer, from the application itself."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in (JSON | {"Transfer-Encoding": "chunked"} | (headers or {})).items()
        ],
        "client": ("192.0.2.1", 1),
        "server": ("test", 80),
        "scheme": "http",
        "root_path": "",
        "http_version": "1.1",
    }
    run_alone(app(scope, body, send))
    content = b"".join(each.get("body", b"") for each in sent[1:])
    got = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], got, json.loads(content)


WRITES = [
    ("POST", f"{API}/catalogue/import"),
    ("POST", f"{API}/catalogue/imports"),
    ("PUT", filled(f"{API}/catalogue/imports/{{import_id}}/decisions")),
    ("POST", f"{API}/recipes"),
    ("POST", f"{API}/recipes/bulk"),
    ("PUT", f"{API}/recipes/1"),
    ("POST", f"{API}/recipes/1/merge"),
    ("POST", f"{API}/ingredients"),
    ("POST", f"{API}/ingredients/bulk"),
    ("PUT", f"{API}/ingredients/1"),
    ("POST", f"{API}/ingredients/1/merge"),
    ("POST", f"{API}/units"),
    ("PUT", f"{API}/units/1"),
    ("POST", f"{API}/methods"),
    ("PUT", f"{API}/methods/1"),
    ("PUT", f"{API}/me/collection"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_nothing_of_a_body_is_read_before_it_is_known_who_sends_it(
    services: Services, method: str, path: str
) -> None:
    body = Body(b"[" * 65_536, 1_000)
    status, headers, _ = ask(create_app(services), method, path, body)
    assert status == 401
    assert body.taken == 0
    assert headers["connection"] == "close"  # or the server would read on


def test_every_route_that_takes_a_body_is_among_these(services: Services) -> None:
    paths = create_app(services).openapi()["paths"]
    found = {
        (method.upper(), filled(path))
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "requestBody" in operation and operation.get("security")
    }
    assert found == set(WRITES)


@pytest.mark.usefixtures("one_minute")
def test_too_low_a_role_and_a_spent_budget_are_known_from_the_head(
    services: Services, editor: dict[str, str]
) -> None:
    settings = services.settings.model_copy(update={"max_writes_per_minute": 1})
    app = create_app(_with(services, settings=settings))
    body = Body(b"[" * 65_536, 1_000)
    assert ask(app, "POST", f"{API}/units", body, editor)[0] == 403
    assert ask(app, "POST", f"{API}/recipes", body, editor)[0] == 429
    assert body.taken == 0


def test_a_body_is_refused_once_it_is_too_large(services: Services, admin: dict[str, str]) -> None:
    for path, most in ((f"{API}/recipes", 2**20), (f"{API}/analytics/place", 2**16)):
        body = Body(b" " * 65_536, 1_000)
        assert ask(create_app(services), "POST", path, body, admin)[0] == 413
        assert body.taken == most // 65_536 + 1


def test_a_body_must_arrive_in_time(services: Services) -> None:
    class Trickling(Body):
        async def __call__(self) -> Message:
            await asyncio.sleep(0.01)
            return await super().__call__()

    settings = services.settings.model_copy(update={"max_request_seconds": 0.05})
    app = create_app(_with(services, settings=settings))
    body = Trickling(b" ", 10_000)
    status, headers, content = ask(app, "POST", f"{API}/analytics/place", body)
    assert (status, content["error"]["code"]) == (408, "too_slow")
    assert headers["connection"] == "close"


def test_a_body_of_too_many_values_is_not_parsed(client: TestClient, admin: dict[str, str]) -> None:
    content = b"[" + b"[]," * 300_000 + b"[]]"
    answer = client.post(f"{API}/recipes", content=content, headers=JSON | admin)
    assert answer.status_code == 422
    assert "values are too many" in answer.json()["error"]["message"]


def test_a_key_that_is_there_twice_is_refused_with_its_place(
    client: TestClient, editor: dict[str, str]
) -> None:
    content = b'{"name": "Gimlet", "name": "Gin Sour"}'
    answer = client.post(f"{API}/recipes", content=content, headers=JSON | editor)
    assert answer.status_code == 422
    assert 'second key "name" at line 1 column 27' in answer.json()["error"]["message"]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "content",
    [
        {"ingredients": [{}] * 6_000},
        {"x" * 60_000: 1},
        {"ingredients": [{"ingredient_id": 10**6}] * 90},
        {"ingredients": [{"y" * 500: 1}] * 100},
    ],
)
def test_an_answer_is_no_larger_than_a_small_multiple_of_the_question(
    client: TestClient, content: Any
) -> None:
    body = json.dumps(content).encode()
    answer = client.post(f"{API}/analytics/place", content=body, headers=JSON)
    assert answer.status_code == 422
    assert len(answer.content) < 5_000 + 2 * len(body)
    error = answer.json()["error"]
    assert len(error["problems"]) <= 20
    if len(error["problems"]) == 20:
        assert str(20 + error["more_problems"]) in error["message"].replace(",", "")


@pytest.mark.usefixtures("one_minute")
def test_strangers_do_not_spend_the_budget_of_a_good_token(
    services: Services, editor: dict[str, str]
) -> None:
    settings = services.settings.model_copy(update={"max_writes_per_minute": 3})
    with TestClient(create_app(_with(services, settings=settings))) as client:
        bad = {"Authorization": "Bearer cs_no"}
        answers = [client.post(f"{API}/recipes", json={"name": "X"}, headers=bad) for _ in range(9)]
        assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 6
        for i in range(3):
            answer = client.post(f"{API}/recipes", json={"name": f"R{i}"}, headers=editor)
            assert answer.status_code == 201
        answer = client.post(f"{API}/recipes", json={"name": "R3"}, headers=editor)
        assert answer.status_code == 429
        assert "with your token" in answer.json()["error"]["message"]


@pytest.mark.parametrize("bad", ["9" * 4_301, "9" * 19, "0", "-1", "1.0", "x", "٣", "01", "%00"])
def test_a_bad_id_in_a_path_is_404(
    services: Services, client: TestClient, admin: dict[str, str], bad: str
) -> None:
    seen = 0
    for path, methods in [*operations(services), ("/recipe/{recipe_id}", {"GET"})]:
        for place in re.findall(r"\{(\w+_id)\}", path):
            address = filled(path, **{place: bad})
            for method in methods:
                answer = client.request(method, address, json={}, headers=admin)
                assert answer.status_code == 404, (method, path)
                assert answer.headers["x-content-type-options"] == "nosniff"
                seen += 1
    assert seen > 20


@pytest.fixture
def failing(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A service with a fault that nobody foresaw."""

    def status() -> RefreshStatus:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr(services.refresher, "status", status)
    with TestClient(create_app(services)) as client:
        yield client


def test_what_nobody_foresaw_is_answered_in_the_one_shape_and_logged(
    failing: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = failing.get(f"{API}/refresh")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "failed"
    assert "Content-Security-Policy" in answer.headers
    [record] = caplog.records
    assert "GET /api/v1/refresh failed" in record.message


def test_a_client_that_goes_away_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async def gone(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ClientDisconnect

    async def nothing(*_: Any) -> Any: ...

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    run_alone(HttpRules(gone)(scope, nothing, nothing))
    assert not caplog.records


def _with(services: Services, **changes: Any) -> Services:
    return replace(services, **changes)


@pytest.mark.usefixtures("one_minute")
def test_tokens_are_told_apart_from_addresses(tokens: TokenFile, services: Services) -> None:
    settings = services.settings.model_copy(update={"max_writes_per_minute": 1})
    first, second = (
        {"Authorization": f"Bearer {tokens.create(name, Role.EDITOR)}"}
        for name in ("a", "testclient")
    )
    with TestClient(create_app(_with(services, settings=settings))) as client:
        for headers in (first, second, {}):
            answer = client.delete(f"{API}/recipes/1", headers=headers)
            assert answer.status_code in (401, 404)
            assert client.delete(f"{API}/recipes/1", headers=headers).status_code == 429
