"""What the page is told of the issuer at which people sign in, and what it may fetch from there."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.issuer import Issuer, fetch_json
from cocktailspace.api.auth.sign_in import SignInAtIssuer, StoredSignIn, sign_in_config
from cocktailspace.api.cloudfront import SITE
from cocktailspace.bootstrap import Services
from tests.api.test_oidc import Issuer as RunningIssuer
from tests.api.test_oidc import issuer  # noqa: F401 - a fixture

ENDPOINTS = {
    "authorization_endpoint": "https://login.example.org/authorize",
    "token_endpoint": "https://login.example.org/token",
    "revocation_endpoint": "https://revoke.example.org/revoke",
    "end_session_endpoint": "https://login.example.org/logout",
}
METADATA = {"issuer": "https://issuer.example.org", **ENDPOINTS}


@pytest.fixture
def page(
    services: Services,
    new_services: Callable[..., Services],
    issuer: RunningIssuer,  # noqa: F811
) -> Iterator[TestClient]:
    issuer.endpoints = ENDPOINTS
    settings = services.settings.model_copy(
        update={
            "oidc_issuer": issuer.address,
            "oidc_audience": "cocktails",
            "oidc_client_id": "page",
        }
    )
    with TestClient(create_app(new_services(settings))) as client:
        yield client


def _config(client: TestClient) -> Any:
    [text] = re.findall(r'id="sign-in-config">(.*?)</script>', client.get("/").text)
    return json.loads(text)


def test_the_page_is_told_where_to_sign_in(page: TestClient, issuer: RunningIssuer) -> None:  # noqa: F811
    assert _config(page) == {
        "issuer": issuer.address,
        "client_id": "page",
        "scopes": "openid",
        "audience": "cocktails",
        **ENDPOINTS,
    }


def test_the_page_may_fetch_from_the_origins_of_tokens_and_from_no_other(page: TestClient) -> None:
    policy = page.get("/").headers["content-security-policy"]
    [connect] = [each for each in policy.split("; ") if each.startswith("connect-src")]
    assert connect == "connect-src 'self' https://login.example.org https://revoke.example.org"
    for path in ("/recipes", "/api/v1/refresh"):
        assert "example.org" not in page.get(path).headers["content-security-policy"]


def test_the_page_to_which_a_code_comes_is_kept_nowhere_and_tells_nobody_its_address(
    page: TestClient,
) -> None:
    answer = page.get("/signed-in?code=c&state=s")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "stage" in answer.text


def test_without_an_issuer_the_page_asks_for_a_token(services: Services) -> None:
    with TestClient(create_app(services)) as client:
        assert _config(client) is None
        assert "connect-src 'self';" in client.get("/").headers["content-security-policy"]


def test_an_issuer_that_was_down_at_the_start_is_found_later(issuer: RunningIssuer) -> None:  # noqa: F811
    now = [100.0]
    issuer.endpoints, issuer.down = ENDPOINTS, True
    found = Issuer(issuer.address, fetch_json, lambda: now[0])
    sign_in = SignInAtIssuer(found, client_id="page", scopes="openid", audience="page")
    for _ in range(3):
        assert sign_in() is None
    assert len(issuer.requests) == 1  # a page does not wait for it each time
    issuer.down = False
    now[0] += 31
    config = sign_in()
    assert config is not None
    assert config.audience is None  # the client itself needs no word
    issuer.down = True
    now[0] += 7 * 24 * 3600
    assert sign_in() == config


@pytest.mark.parametrize(
    "change",
    [
        {"token_endpoint": "http://login.example.org/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"revocation_endpoint": "http://revoke.example.org"},
        {"token_endpoint": None},
    ],
)
def test_endpoints_without_https_are_refused(change: dict[str, Any]) -> None:
    ours = {"client_id": "page", "scopes": "openid", "audience": None}
    assert sign_in_config(METADATA, **ours).origins
    with pytest.raises(ValueError, match="endpoint"):
        sign_in_config(METADATA | change, **ours)


def test_on_lambda_the_configuration_is_an_object_of_the_store(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    sign_in = StoredSignIn(services.store, monotonic=lambda: now[0])
    assert sign_in() is None
    config = sign_in_config(METADATA, client_id="page", scopes="openid email", audience="page")
    said = {"address": "https://d1.example.org", "sign_in": config.model_dump()}
    services.store.write(SITE, json.dumps(said).encode())
    now[0] += 301
    assert sign_in() == config
    services.store.write(SITE, b"[")
    now[0] += 301
    with caplog.at_level(logging.WARNING):
        assert sign_in() == config
    assert SITE in caplog.text
