"""The HTTP API's JWT authorizer: which routes have one, and whose tokens it lets pass."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from cocktailspace.api.auth.issuer import fetch_json
from tests.aws.resolve import ResolvedTemplate

ROUTE = "AWS::ApiGatewayV2::Route"


@dataclass(frozen=True)
class Authorizer:
    """The routes of a template, most specific first, and an issuer in the user pool's place."""

    guarded: Mapping[str, bool]
    keys: KeySet
    issuer: str
    client: str

    def guards(self, method: str, path: str) -> bool:
        """Whether a request needs a token."""
        asked = f"{method} {path}"
        return next(g for key, g in self.guarded.items() if re.fullmatch(_pattern(key), asked))

    def claims(self, authorization: str) -> dict[str, Any] | None:
        """Those of a token of the pool for the client; None for any other."""
        claims = jwt.JWTClaimsRegistry(iss={"essential": True, "value": self.issuer})
        try:
            found = jwt.decode(authorization.removeprefix("Bearer "), self.keys, ["RS256"]).claims
            claims.validate(found)
        except (JoseError, ValueError):
            return None
        return found if found.get("aud", found.get("client_id")) == self.client else None


def authorizer_at(template: ResolvedTemplate, issuer: str, client: str) -> Authorizer:
    """The template's authorizer, with another issuer than the pool."""
    routes = template.of_type(ROUTE).values()
    by_care = sorted(routes, key=lambda each: ("+}" in each["RouteKey"], -len(each["RouteKey"])))
    found = fetch_json(f"{issuer}/.well-known/openid-configuration")
    return Authorizer(
        {each["RouteKey"]: "AuthorizerId" in each for each in by_care},
        KeySet.import_key_set(fetch_json(found["jwks_uri"])),
        found["issuer"],
        client,
    )


def _pattern(key: str) -> str:
    parts = re.split(r"(\{\w+\+?\})", key)
    held = {True: ".+", False: "[^/]+"}
    return "".join(held["+" in part] if part[:1] == "{" else re.escape(part) for part in parts)
