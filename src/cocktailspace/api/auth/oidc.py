"""Tokens of an OpenID Connect issuer, found by discovery and verified here."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from joserfc import jwt
from joserfc.errors import JoseError

from cocktailspace.api.auth.groups import GroupRoles
from cocktailspace.api.auth.identity import Identity, NotAuthenticatedError, bearer_token
from cocktailspace.api.auth.issuer import Discovered, Issuer, fetch_json

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
_LONGEST_TOKEN = 16_384
_INVALID = "the token is not valid"
_TYPES = (None, "JWT", "at+jwt", "application/at+jwt")
"""What an access token may say that it is; a logout token or a security event is no such thing."""


@dataclass(frozen=True, slots=True)
class OidcPolicy:
    """Whose tokens are taken, and which of their groups may do what.

    audience: in a token's `aud`, or, where it has none, its `client_id`, as Cognito writes it.
    """

    issuer: str
    audience: str
    roles: GroupRoles


class OidcAuthenticator:
    """An Authenticator over an issuer's signed tokens."""

    def __init__(
        self, policy: OidcPolicy, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._policy = policy
        self.issuer = Issuer(policy.issuer, fetch_json, monotonic)
        self._claims = jwt.JWTClaimsRegistry(
            leeway=SKEW_SECONDS,
            iss={"essential": True, "value": policy.issuer},
            exp={"essential": True},
            sub={"essential": True},
        )

    def identify(self, request: Request) -> Identity:
        """The identity of the request's bearer token, if the issuer signed it for us."""
        return self._policy.roles.identity_of(self._verified(bearer_token(request)))

    def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST_TOKEN:
            raise NotAuthenticatedError(_INVALID)
        found: Discovered | None = self.issuer.current()
        while found is not None:
            try:
                decoded = jwt.decode(token, found.keys, algorithms=ALGORITHMS)
                self._claims.validate(decoded.claims)
            except (JoseError, ValueError, TypeError, KeyError):
                found = self.issuer.newer_than(found)  # perhaps signed by a key made since
            else:
                if decoded.header.get("typ") in _TYPES and self._is_for_us(decoded.claims):
                    return dict(decoded.claims)
                break
        raise NotAuthenticatedError(_INVALID)

    def _is_for_us(self, claims: Mapping[str, Any]) -> bool:
        named = claims.get("aud", claims.get("client_id"))
        return self._policy.audience in (named if isinstance(named, list) else [named])
