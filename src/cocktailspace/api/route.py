"""In which order a request is dealt with: identity, body, work."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from cocktailspace.api.auth.identity import (
    Authenticator,
    Identity,
    NotAllowedError,
    NotAuthenticatedError,
    Role,
)
from cocktailspace.api.errors import TooLargeError, TooSlowError
from cocktailspace.api.limits import WriteBudgets, client_of
from cocktailspace.api.turns import end_turn
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.exchange import CatalogueFile, parse_file
from cocktailspace.json_input import BYTES_PER_VALUE, JsonError, parse_json

_BEARER = HTTPBearer(auto_error=False, description="A token that may write")
"""Tells OpenAPI of the token; who it belongs to, the authenticator says."""

_VALUES_OF_A_SMALL_BODY = 1_000


class Guard:
    """A dependency of routes that only this role, or an admin, may use.

    It decides from the head of a request: ServiceRoute asks it before the body is read.
    """

    def __init__(self, role: Role, authenticator: Authenticator, budgets: WriteBudgets) -> None:
        self._role = role
        self._authenticator = authenticator
        self._budgets = budgets

    def __call__(
        self, request: Request, _documented: Annotated[object, Depends(_BEARER)]
    ) -> Identity:
        """The identity that was found before."""
        identity: Identity = request.state.identity
        return identity

    def identify(self, request: Request) -> Identity:
        """Who sent the request; raises what an authenticator does, and TooManyRequestsError."""
        try:
            identity = self._authenticator.identify(request)
        except (NotAuthenticatedError, NotAllowedError):
            self._budgets.count_failure(client_of(request))
            raise
        self._budgets.count_write(identity.name)
        if identity.role not in (self._role, Role.ADMIN):
            raise NotAllowedError(f"this needs the role {self._role}; yours is {identity.role}")
        return identity


@dataclass(frozen=True, slots=True)
class BodyBounds:
    """How large a request's body may be, by what it is to become, and how long it may take."""

    most: int
    special: Mapping[Any, int]
    seconds: float

    async def read(self, request: Request, kind: Any) -> bytes:
        """The whole body; TooLargeError or TooSlowError as soon as it is known to be."""
        most = self.special.get(kind, self.most)
        announced = request.headers.get("content-length", "")
        if announced.isdigit() and (len(announced) > 15 or int(announced) > most):
            raise TooLargeError(most)
        body = bytearray()
        try:
            async with asyncio.timeout(self.seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise TooLargeError(most)
        except TimeoutError:
            raise TooSlowError(self.seconds) from None
        return bytes(body)


class ServiceRoute(APIRoute):
    """A route whose work begins once it is known who asks, and all of the question is here.

    Until then a request costs no more than its bytes, and these are bounded in number and in time.
    Who may write does not go on queueing with strangers.
    """

    bodies: BodyBounds

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The handler that FastAPI makes, after all that comes first."""
        work = super().get_route_handler()
        guards = [each.call for each in self.dependant.dependencies if isinstance(each.call, Guard)]

        async def handle(request: Request) -> Response:
            for guard in guards:
                request.state.identity = await run_in_threadpool(guard.identify, request)
                end_turn(request)
            if self.body_field is not None:
                request = await self._with_body(request)
            return await work(request)

        return handle

    async def _with_body(self, request: Request) -> Request:
        kind = self.body_field.field_info.annotation if self.body_field else None
        body = await self.bodies.read(request, kind)
        parse = parse_file if kind is CatalogueFile else _parsed
        return _ReadRequest(request, body, await run_in_threadpool(parse, body) if body else None)


class _ReadRequest(Request):
    """A request whose body has been read and parsed."""

    def __init__(self, request: Request, body: bytes, content: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._bytes, self._content = body, content

    async def body(self) -> bytes:
        return self._bytes

    async def json(self) -> Any:
        return self._content


def _parsed(body: bytes) -> Any:
    try:
        return parse_json(body, most_values=len(body) // BYTES_PER_VALUE + _VALUES_OF_A_SMALL_BODY)
    except JsonError as error:
        raise InvalidError([Problem("", f"the request's body is not JSON: {error}")]) from None
