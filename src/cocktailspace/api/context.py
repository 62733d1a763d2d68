"""What routes are made of: the parts below, and who may use them."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from cocktailspace.api.auth.identity import Authenticator, Identity, Role
from cocktailspace.api.bodies import Bodies
from cocktailspace.api.large import LargeAnswers
from cocktailspace.api.limits import WriteBudgets
from cocktailspace.api.route import Guard, ServiceRoute
from cocktailspace.bootstrap import Services


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to every module of routes.

    route_class: of all routes but those that look after the server itself.
    """

    services: Services
    authenticator: Authenticator
    budgets: WriteBudgets
    bodies: Bodies
    large: LargeAnswers
    route_class: type[ServiceRoute]

    @property
    def editor(self) -> Callable[..., Identity]:
        """A dependency of routes that editors may use."""
        return Guard(Role.EDITOR, self.authenticator, self.budgets)

    @property
    def admin(self) -> Callable[..., Identity]:
        """A dependency of routes that admins alone may use."""
        return Guard(Role.ADMIN, self.authenticator, self.budgets)

    def router(self, prefix: str, tag: str) -> APIRouter:
        """A router for such routes."""
        return APIRouter(prefix=prefix, tags=[tag], route_class=self.route_class)
