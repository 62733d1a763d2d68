"""Identities and roles."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cocktailspace.catalogue.tokens import Role

if TYPE_CHECKING:  # the commands for tokens start without a web framework
    from fastapi import Request


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who has signed in.

    role: None for somebody whose token is valid and who may write nothing but what is their own.
    owner: whose own that is: issuer and subject, or the token's id; never a name, which may be
    given again.
    """

    name: str
    role: Role | None
    owner: str


class NotAuthenticatedError(Exception):
    """There is no valid token. The message never says anything about the token itself."""

    def __init__(
        self, message: str = "writing needs a token: send it as `Authorization: Bearer ...`"
    ) -> None:
        super().__init__(message)


class NotAllowedError(Exception):
    """The identity is known and its role is too low."""


class AuthenticationUnavailableError(Exception):
    """Nobody can tell for now: the issuer does not answer."""


class Authenticator(Protocol):
    """Makes an identity of a request, or raises one of the errors above."""

    def identify(self, request: "Request") -> Identity:
        """Who sent the request."""
        ...


def bearer_token(request: "Request") -> str:
    """The token of the Authorization header; NotAuthenticatedError when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticatedError
    return token.strip()
