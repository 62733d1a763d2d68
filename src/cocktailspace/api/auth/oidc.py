"""Tokens of an OpenID Connect issuer, found by discovery and verified here."""

import json
import logging
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from cocktailspace.api.auth.groups import GroupRoles
from cocktailspace.api.auth.identity import (
    AuthenticationUnavailableError,
    Identity,
    NotAuthenticatedError,
    bearer_token,
)

logger = logging.getLogger(__name__)

ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
]
"""Asymmetric ones only: a token must not be able to choose `none`, or HMAC under a public key."""

SKEW_SECONDS = 60
KEYS_SECONDS = 3600.0
REFETCH_SECONDS = 30.0
_FETCH_TIMEOUT = 3.0
_MOST_BYTES = 1_000_000
_LONGEST_TOKEN = 16_384


@dataclass(frozen=True, slots=True)
class OidcPolicy:
    """Whose tokens are taken, and which of their groups may do what."""

    issuer: str
    audience: str
    roles: GroupRoles


class OidcAuthenticator:
    """An Authenticator over an issuer's signed tokens."""

    def __init__(
        self,
        policy: OidcPolicy,
        *,
        fetch: Callable[[str], Any] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = policy
        self._keys = IssuerKeys(policy.issuer, fetch or fetch_json, monotonic)
        self._claims = jwt.JWTClaimsRegistry(
            leeway=SKEW_SECONDS,
            iss={"essential": True, "value": policy.issuer},
            aud={"essential": True, "value": policy.audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    def identify(self, request: Request) -> Identity:
        """The identity of the request's bearer token, if the issuer signed it for us."""
        return self._policy.roles.identity_of(self._verified(bearer_token(request)))

    def _verified(self, token: str) -> dict[str, Any]:
        invalid = NotAuthenticatedError("the token is not valid")
        if len(token) > _LONGEST_TOKEN:
            raise invalid
        for keys in self._keys.sets():
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
                self._claims.validate(decoded.claims)
            except (JoseError, ValueError, TypeError, KeyError):
                continue  # perhaps signed by a key that the issuer has made since
            return dict(decoded.claims)
        raise invalid


class IssuerKeys:
    """An issuer's public keys: kept for an hour, fetched again when a token needs a newer one."""

    def __init__(
        self, issuer: str, fetch: Callable[[str], Any], monotonic: Callable[[], float]
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: KeySet | None = None
        self._fetched_at = 0.0

    def sets(self) -> Iterator[KeySet]:
        """The keys at hand and, for a caller whom these do not help, newer ones if there may be.

        Fetches at most every half minute, however many bad tokens come.
        """
        with self._lock:
            fresh = self._kept is not None and self._age() < KEYS_SECONDS
            if not fresh:
                self._renew()
            kept, age = self._kept, self._age()
        assert kept is not None  # noqa: S101 - _renew raises otherwise
        yield kept
        if age >= REFETCH_SECONDS:
            with self._lock:
                if self._age() >= REFETCH_SECONDS:
                    self._renew()
                renewed = self._kept
            assert renewed is not None  # noqa: S101
            yield renewed

    def _age(self) -> float:
        return self._monotonic() - self._fetched_at

    def _renew(self) -> None:
        try:
            discovered = self._fetch(f"{self._issuer}/.well-known/openid-configuration")
            if discovered["issuer"].rstrip("/") != self._issuer:
                raise ValueError("the discovery document is another issuer's")
            self._kept = KeySet.import_key_set(self._fetch(discovered["jwks_uri"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
            logger.warning("the keys of %s cannot be fetched: %s", self._issuer, error)
            message = "the issuer of tokens does not answer for now; try again"
            raise AuthenticationUnavailableError(message) from error
        self._fetched_at = self._monotonic()


def fetch_json(address: str) -> Any:
    """A JSON document over HTTPS (or over HTTP from this machine), bounded in size and time."""
    parts = urllib.parse.urlsplit(address)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ValueError(f"{address} is not an https address")
    with urllib.request.urlopen(address, timeout=_FETCH_TIMEOUT) as answer:  # noqa: S310 - checked
        body = answer.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        raise ValueError(f"{address} is too large")
    return json.loads(body)
