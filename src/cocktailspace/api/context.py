"""What routes need: the services below, and the dependencies that say who may use a route."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from cocktailspace.api.auth.identity import Authenticator, Identity
from cocktailspace.api.auth.sign_in import SignIn
from cocktailspace.api.content import ContentResponses
from cocktailspace.api.deferred import DeferredRequests, deferring
from cocktailspace.api.guarded_route import GuardedRoute, RequireRole, WriteRateLimits
from cocktailspace.api.rendered import RenderedRecipes
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.search import SearchIndex
from cocktailspace.catalogue.tokens import Role


@dataclass(frozen=True, slots=True)
class Context:
    """The context that every module of routes is given.

    route_class: of all routes but those that look after the server itself.
    deferred: what a job answers in the place of this process; None where all is answered at once.
    """

    services: Services
    authenticator: Authenticator
    sign_in: SignIn
    rate_limits: WriteRateLimits
    responses: ContentResponses
    search: SearchIndex
    rendered: RenderedRecipes
    route_class: type[GuardedRoute]
    deferred: DeferredRequests | None = None

    @property
    def editor(self) -> Callable[..., Identity]:
        """A dependency of routes that editors may use."""
        return RequireRole(Role.EDITOR, self.authenticator, self.rate_limits)

    @property
    def admin(self) -> Callable[..., Identity]:
        """A dependency of routes that admins alone may use."""
        return RequireRole(Role.ADMIN, self.authenticator, self.rate_limits)

    @property
    def signed_in(self) -> Callable[..., Identity]:
        """A dependency of routes that whoever has signed in may use."""
        return RequireRole(None, self.authenticator, self.rate_limits)

    def router(self, prefix: str, tag: str, *, may_take_long: bool = False) -> APIRouter:
        """A router for such routes. may_take_long: a job answers POST where there is one."""
        route_class = self.route_class
        if may_take_long and self.deferred is not None:
            route_class = deferring(route_class, self.deferred)
        return APIRouter(prefix=prefix, tags=[tag], route_class=route_class)
