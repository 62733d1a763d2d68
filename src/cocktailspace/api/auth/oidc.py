"""Tokens of an OpenID Connect issuer, found by discovery and verified here."""

import json
import logging
import math
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
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
CACHE_SECONDS = 3600.0
STALE_SECONDS = 24 * 3600.0
REFETCH_SECONDS = 30.0
FAILED_SECONDS = 5.0
_FETCH_TIMEOUT = 3.0
_MOST_BYTES = 1_000_000
_LONGEST_TOKEN = 16_384
_INVALID = "the token is not valid"
_UNAVAILABLE = "the issuer of tokens does not answer for now; try again"


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
        if len(token) > _LONGEST_TOKEN:
            raise NotAuthenticatedError(_INVALID)
        keys: KeySet | None = self._keys.current()
        while keys is not None:
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
                self._claims.validate(decoded.claims)
            except (JoseError, ValueError, TypeError, KeyError):
                keys = self._keys.newer_than(keys)  # perhaps signed by a key made since
            else:
                return dict(decoded.claims)
        raise NotAuthenticatedError(_INVALID)


class IssuerKeys:
    """An issuer's public keys, cached for an hour.

    One caller at a time fetches them, and holds no lock meanwhile: the others go on with the cached
    keys, or get AuthenticationUnavailableError at once where these do not help.
    """

    def __init__(
        self, issuer: str, fetch: Callable[[str], Any], monotonic: Callable[[], float]
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._cached: KeySet | None = None
        self._fetched_at = self._failed_at = -math.inf
        self._fetching = False

    def current(self) -> KeySet:
        """The cached keys, or new ones once these are too old; the old ones for up to a day while
        the issuer does not answer.
        """
        cached, age = self._cached, self._age()
        if cached is not None and age < CACHE_SECONDS:
            return cached
        try:
            return self._fetched()
        except AuthenticationUnavailableError:
            if cached is None or age > STALE_SECONDS:
                raise
            return cached

    def newer_than(self, known: KeySet) -> KeySet | None:
        """Keys fetched after the known ones, or now; None if those are at most half a minute old.

        So there is at most one good fetch each half minute, however many bad tokens come.
        """
        with self._lock:
            if self._cached is not known:
                return self._cached
            if self._age() < REFETCH_SECONDS:
                return None
        return self._fetched()

    def _age(self) -> float:
        return self._monotonic() - self._fetched_at

    def _fetched(self) -> KeySet:
        """New keys; AuthenticationUnavailableError while somebody else fetches them, and for some
        seconds after that failed.
        """
        with self._lock:
            if self._fetching or self._monotonic() - self._failed_at < FAILED_SECONDS:
                raise AuthenticationUnavailableError(_UNAVAILABLE)
            self._fetching = True
        try:
            keys = self._load()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
            logger.warning("the keys of %s cannot be fetched: %s", self._issuer, error)
            self._failed_at = self._monotonic()
            raise AuthenticationUnavailableError(_UNAVAILABLE) from error
        else:
            with self._lock:
                self._cached, self._fetched_at = keys, self._monotonic()
            return keys
        finally:
            self._fetching = False

    def _load(self) -> KeySet:
        discovered = self._fetch(f"{self._issuer}/.well-known/openid-configuration")
        if discovered["issuer"].rstrip("/") != self._issuer:
            raise ValueError("the discovery document is another issuer's")
        return KeySet.import_key_set(self._fetch(discovered["jwks_uri"]))


def fetch_json(address: str) -> Any:
    """A JSON document over HTTPS (or over HTTP from this machine), bounded in size and time."""
    parts = urllib.parse.urlsplit(address)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ValueError(f"{address} is not an https address")
    until = time.monotonic() + _FETCH_TIMEOUT
    body = b""
    with urllib.request.urlopen(address, timeout=_FETCH_TIMEOUT) as answer:  # noqa: S310 - checked
        while part := answer.read1(_MOST_BYTES):
            body += part
            if len(body) > _MOST_BYTES:
                raise ValueError(f"{address} is too large")
            if time.monotonic() > until:
                raise TimeoutError(f"{address} takes too long")
    return json.loads(body)
