"""Tokens that a gateway has verified already: an API Gateway HTTP API with a JWT authorizer."""

from fastapi import Request

from cocktailspace.api.auth.groups import GroupRoles
from cocktailspace.api.auth.identity import Identity, NotAuthenticatedError


class GatewayAuthenticator:
    """An Authenticator over the claims that came with the event.

    Nobody but the gateway can put them there: they are no part of the request. Routes without an
    authorizer have none, and then nobody may write.
    """

    def __init__(self, roles: GroupRoles) -> None:
        self._roles = roles

    def identify(self, request: Request) -> Identity:
        """The identity of the verified claims."""
        context = request.scope.get("aws.event", {}).get("requestContext", {})
        claims = ((context.get("authorizer") or {}).get("jwt") or {}).get("claims")
        if not claims:
            raise NotAuthenticatedError(
                "writing needs a token: send it as `Authorization: Bearer ...`"
            )
        return self._roles.identity_of(claims)
