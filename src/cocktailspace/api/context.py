"""What routes are made of: the parts below, and who may use them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from cocktailspace.api.auth.identity import Authenticator, Identity, Role, requires
from cocktailspace.api.bodies import Bodies
from cocktailspace.bootstrap import Services

_BEARER = HTTPBearer(auto_error=False, description="A token that may write")
"""Tells OpenAPI of the token; who it belongs to, the authenticator says."""


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to every module of routes.

    count_write: a dependency that bounds how often a client writes; it comes before the identity.
    """

    services: Services
    authenticator: Authenticator
    count_write: Callable[[Request], None]
    bodies: Bodies

    @property
    def editor(self) -> Callable[..., Identity]:
        """A dependency of routes that editors may use."""
        return self._role(Role.EDITOR)

    @property
    def admin(self) -> Callable[..., Identity]:
        """A dependency of routes that admins alone may use."""
        return self._role(Role.ADMIN)

    def _role(self, role: Role) -> Callable[..., Identity]:
        identify = requires(self.authenticator, role)

        def counted(request: Request, _documented: Annotated[object, Depends(_BEARER)]) -> Identity:
            self.count_write(request)
            return identify(request)

        return counted
