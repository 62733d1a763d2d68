"""Tokens that a gateway has verified already: an API Gateway HTTP API with a JWT authorizer."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from fastapi import Request

from cocktailspace.api.auth.groups import GroupRoles
from cocktailspace.api.auth.identity import Identity, NotAuthenticatedError, bearer_token
from cocktailspace.json_input import JsonError, parse_json

_MOST_VALUES = 1_000


class GatewayAuthenticator:
    """An Authenticator over the claims that came with the event.

    Nobody but the gateway can put them there: they are no part of the request. Routes without an
    authorizer have none, and then nobody may write.
    """

    def __init__(self, roles: GroupRoles) -> None:
        self._roles = roles

    def identify(self, request: Request) -> Identity:
        """The identity of the verified claims.

        Of a list of groups the gateway makes one text, `[not admin]`, in which one group cannot be
        told from two: the list is read from the token itself, the one whose claims these are.
        """
        context = request.scope.get("aws.event", {}).get("requestContext", {})
        claims = ((context.get("authorizer") or {}).get("jwt") or {}).get("claims")
        if not claims:
            raise NotAuthenticatedError
        content = _content_of(bearer_token(request))
        if content.get("sub") != claims.get("sub") or _differ(content, claims):
            raise NotAuthenticatedError("the token is not the one that the gateway has verified")
        return self._roles.identity_of(
            {**claims, self._roles.claim: content.get(self._roles.claim)}
        )


def _differ(content: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """Whether a claim that is a text, and so left as it is by the gateway, is another one."""
    return any(
        isinstance(content.get(name), str) and content[name] != claims[name] for name in claims
    )


def _content_of(token: str) -> Mapping[str, Any]:
    """What a signed token says; that it is true, the gateway has seen to."""
    try:
        _, content, _ = token.split(".")
        text = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))
        parsed = parse_json(text, most_values=_MOST_VALUES)
    except (ValueError, binascii.Error, JsonError):
        parsed = None
    if not isinstance(parsed, dict):
        raise NotAuthenticatedError("the token is not one that can be read")
    return parsed
