"""Tokens of a real OpenID Connect issuer that runs here, on the loopback interface."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.groups import GroupRoles
from cocktailspace.api.auth.identity import AuthenticationUnavailableError, NotAuthenticatedError
from cocktailspace.api.auth.issuer import fetch_json
from cocktailspace.api.auth.oidc import OidcAuthenticator, OidcPolicy
from cocktailspace.bootstrap import Services

API = "/api/v1"


class Issuer:
    """An OpenID Connect issuer: discovery, keys, and tokens as a test wants them."""

    def __init__(self) -> None:
        self.keys = {"one": RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})}
        self.requests: list[str] = []
        self.endpoints: dict[str, str] = {}
        self.down = False
        self.speaking = threading.Event()  # while it is not set, nothing is answered
        self.speaking.set()
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.requests.append(self.path)
                issuer.speaking.wait()
                body = json.dumps(issuer.answer(self.path)).encode()
                self.send_response(500 if issuer.down else 200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("openid-configuration"):
            named = {"issuer": self.address, "jwks_uri": f"{self.address}/keys"}
            return named | self.endpoints
        return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": "cocktails",
            "sub": "eve",
            "groups": ["editor"],
            "iat": now,
            "nbf": now,
            "exp": now + 300,
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, *, kid: str = "one", typ: str = "JWT", **changes: Any) -> str:
        header = {"alg": "RS256", "kid": kid, "typ": typ}
        return jwt.encode(header, self.claims(**changes), self.keys[kid])


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def create(
    services: Services, new_services: Callable[..., Services], issuer: Issuer
) -> Iterator[Callable[[str], int]]:
    """Makes a recipe with a token and says how it was answered."""
    settings = services.settings.model_copy(
        update={"oidc_issuer": issuer.address, "oidc_audience": "cocktails"}
    )
    with TestClient(create_app(new_services(settings))) as client:

        def call(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return client.post(
                f"{API}/recipes", json={"name": token[-40:]}, headers=headers
            ).status_code

        yield call


def _unsigned(claims: dict[str, Any], header: dict[str, Any]) -> str:
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts) + "."


def _tampered(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["groups"] = ["admin"]
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{forged}.{signature}"


def _hs256_with_the_public_key(issuer: Issuer) -> str:
    pem = issuer.keys["one"].as_pem(private=False)
    body = _unsigned(issuer.claims(), {"alg": "HS256", "kid": "one"}).rstrip(".")
    signature = hmac.new(pem, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


NOW = time.time
REFUSED: dict[str, Callable[[Issuer], str]] = {
    "nothing": lambda _i: "x",
    "not a token": lambda _i: "a.b.c",
    "far too long": lambda _i: "a" * 20_000,
    "expired": lambda i: i.token(exp=int(NOW()) - 120),
    "without an end": lambda i: i.token(exp=None),
    "not yet valid": lambda i: i.token(nbf=int(NOW()) + 120),
    "another audience": lambda i: i.token(aud="others"),
    "without an audience": lambda i: i.token(aud=None),
    "another client, without an audience": lambda i: i.token(aud=None, client_id="others"),
    "our client's, for another audience": lambda i: i.token(aud="others", client_id="cocktails"),
    "an ID token of Cognito": lambda i: i.token(token_use="id"),
    "an ID token": lambda i: i.token(at_hash="x"),
    "a refresh token of Keycloak": lambda i: jwt.encode(
        {"alg": "RS256", "kid": "one"}, i.claims(typ="Refresh"), i.keys["one"]
    ),
    "a logout token": lambda i: i.token(typ="logout+jwt"),
    "another issuer": lambda i: i.token(iss="https://elsewhere.example"),
    "without a subject": lambda i: i.token(sub=None),
    "alg none": lambda i: _unsigned(i.claims(), {"alg": "none", "kid": "one"}),
    "HS256 with the public key": _hs256_with_the_public_key,
    "HS256 with a key of its own": lambda i: jwt.encode(
        {"alg": "HS256", "kid": "one"}, i.claims(), OctKey.generate_key(256)
    ),
    "unknown kid": lambda i: jwt.encode(
        {"alg": "RS256", "kid": "other"}, i.claims(), RSAKey.generate_key(2048)
    ),
    "another key of the same kid": lambda i: jwt.encode(
        {"alg": "RS256", "kid": "one"}, i.claims(), RSAKey.generate_key(2048)
    ),
    "another kind of key": lambda i: jwt.encode(
        {"alg": "ES256", "kid": "one"}, i.claims(), ECKey.generate_key("P-256")
    ),
    "tampered": lambda i: _tampered(i.token()),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_token_is_refused(create: Callable[[str], int], issuer: Issuer, what: str) -> None:
    assert create(REFUSED[what](issuer)) == 401


def test_a_good_token_writes(create: Callable[[str], int], issuer: Issuer) -> None:
    assert create(issuer.token()) == 201
    assert create(issuer.token(aud=["others", "cocktails"])) == 201
    assert create(issuer.token(aud=None, client_id="cocktails", token_use="access")) == 201
    assert create(issuer.token(typ="at+jwt")) == 201


def test_clocks_may_differ_by_less_than_a_minute(
    create: Callable[[str], int], issuer: Issuer
) -> None:
    assert create(issuer.token(exp=int(NOW()) - 30)) == 201
    assert create(issuer.token(nbf=int(NOW()) + 30)) == 201


def test_a_token_without_a_group_that_may_write_is_refused(
    create: Callable[[str], int], issuer: Issuer
) -> None:
    assert create(issuer.token(groups=["guest"])) == 403
    assert create(issuer.token(groups=None)) == 403


def _request(token: str) -> Request:
    headers = [(b"authorization", f"Bearer {token}".encode())]
    return Request({"type": "http", "headers": headers})


def _authenticator(
    issuer: Issuer, monotonic: Callable[[], float] = time.monotonic
) -> Callable[[str], str | None]:
    """Gives the role that a token has."""
    policy = OidcPolicy(issuer.address, "cocktails", GroupRoles("groups", "editor", "admin"))
    authenticator = OidcAuthenticator(policy, monotonic=monotonic)
    return lambda token: authenticator.identify(_request(token)).role


def test_groups_make_roles(issuer: Issuer) -> None:
    identify = _authenticator(issuer)
    assert identify(issuer.token(groups=["editor"])) == "editor"
    assert identify(issuer.token(groups=["editor", "admin"])) == "admin"


def test_keys_are_fetched_once_and_again_for_a_new_one(issuer: Issuer) -> None:
    now = [0.0]
    role_of = _authenticator(issuer, lambda: now[0])

    def identify(token: str) -> bool:
        try:
            role_of(token)
        except NotAuthenticatedError:
            return False
        return True

    for _ in range(5):
        assert identify(issuer.token())
    assert len(issuer.requests) == 2  # discovery and keys
    issuer.keys["two"] = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    assert not identify(issuer.token(kid="two"))  # too soon to ask again
    now[0] += 31
    assert identify(issuer.token(kid="two"))
    del issuer.keys["one"]
    for _ in range(20):
        identify("a.b.c")
    assert len(issuer.requests) == 4
    now[0] += 3601
    assert identify(issuer.token(kid="two"))
    assert len(issuer.requests) == 6


def test_an_issuer_that_does_not_answer_is_503_not_401(
    create: Callable[[str], int], issuer: Issuer
) -> None:
    issuer.down = True
    assert create(issuer.token()) == 503


def test_a_fetch_that_failed_is_repeated_after_some_seconds(issuer: Issuer) -> None:
    now = [0.0]
    identify = _authenticator(issuer, lambda: now[0])
    issuer.down = True
    for _ in range(3):
        with pytest.raises(AuthenticationUnavailableError):
            identify(issuer.token())
    assert len(issuer.requests) == 1
    issuer.down = False
    now[0] += 6
    assert identify(issuer.token()) == "editor"


def test_cached_keys_are_good_for_a_day_while_the_issuer_does_not_answer(issuer: Issuer) -> None:
    now = [0.0]
    identify = _authenticator(issuer, lambda: now[0])
    assert identify(issuer.token()) == "editor"
    issuer.down = True
    now[0] += 23 * 3600
    assert identify(issuer.token()) == "editor"
    with pytest.raises(AuthenticationUnavailableError):
        identify("a.b.c")  # a newer key may have signed it, nobody can tell
    now[0] += 2 * 3600
    with pytest.raises(AuthenticationUnavailableError):
        identify(issuer.token())


def test_a_silent_issuer_holds_up_one_caller_alone(issuer: Issuer) -> None:
    identify = _authenticator(issuer)
    issuer.speaking.clear()
    with ThreadPoolExecutor(45) as callers:
        futures = [callers.submit(identify, "a.b.c") for _ in range(45)]
        answered = as_completed(futures)
        for _ in range(44):
            assert isinstance(next(answered).exception(), AuthenticationUnavailableError)
        assert sum(not each.done() for each in futures) == 1
        issuer.speaking.set()
    assert len(issuer.requests) == 2  # discovery and keys, of the one


def test_cached_keys_serve_others_while_one_fetches(issuer: Issuer) -> None:
    now = [0.0]
    identify = _authenticator(issuer, lambda: now[0])
    assert identify(issuer.token()) == "editor"
    issuer.speaking.clear()
    now[0] += 31
    with ThreadPoolExecutor(1) as other:
        bogus = other.submit(identify, "a.b.c")
        while len(issuer.requests) < 3:
            time.sleep(0.001)
        assert identify(issuer.token()) == "editor"
        assert not bogus.done()
        issuer.speaking.set()
        assert isinstance(bogus.exception(), NotAuthenticatedError)


@pytest.mark.parametrize("address", ["http://example.org/x", "file:///etc/passwd", "ftp://x/y"])
def test_keys_come_over_https_alone(address: str) -> None:
    with pytest.raises(ValueError, match="not an https address"):
        fetch_json(address)
