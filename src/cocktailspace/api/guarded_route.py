"""Routes that ask who a request is from before they read its body, and parse it within limits."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.concurrency import run_in_threadpool

from cocktailspace.api.auth.identity import (
    Authenticator,
    Identity,
    NotAllowedError,
    NotAuthenticatedError,
)
from cocktailspace.api.errors import TooLargeError, TooManyRequestsError, TooSlowError
from cocktailspace.api.fair_queue import client_address, leave_queue
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.tokens import Role
from cocktailspace.catalogue.transfer import CatalogueFile, parse_file
from cocktailspace.json_input import BYTES_PER_VALUE, JsonError, parse_json

_BEARER = HTTPBearer(auto_error=False, description="A token that may write")
"""Tells OpenAPI of the token; who it belongs to, the authenticator says."""

_VALUES_OF_A_SMALL_BODY = 1_000


class WriteRateLimits:
    """Limits writes per identity and failed attempts per client address, each on its own: strangers
    that share an address with a valid token do not stop its writes.
    """

    def __init__(self, per_minute: int) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(per_minute)

    def count_write(self, identity: str) -> None:
        """Count a write; TooManyRequestsError when it is one too many."""
        self._count("identity", identity, "too many writes with your token")

    def count_failure(self, client: str) -> None:
        """Count an attempt without a valid token; TooManyRequestsError likewise."""
        self._count("client", client, "too many writes without a valid token from your address")

    def _count(self, kind: str, who: str, message: str) -> None:
        if not self._limiter.hit(self._limit, kind, who):
            reset_at, _ = self._limiter.get_window_stats(self._limit, kind, who)
            raise TooManyRequestsError(message, max(1, round(reset_at - time.time())))


class RequireRole:
    """A dependency of routes that only this role, or an admin, may use; None: whoever signed in.

    It decides from the head of a request: GuardedRoute calls it before the body is read.
    """

    def __init__(
        self, role: Role | None, authenticator: Authenticator, rate_limits: WriteRateLimits
    ) -> None:
        self._role = role
        self._authenticator = authenticator
        self._rate_limits = rate_limits

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
        except NotAuthenticatedError:
            self._rate_limits.count_failure(client_address(request))
            raise
        self._rate_limits.count_write(identity.owner)
        if self._role is None or identity.role in (self._role, Role.ADMIN):
            return identity
        if identity.role is None:
            raise NotAllowedError("your token is valid, but none of its groups may write")
        raise NotAllowedError(f"this needs the role {self._role}; yours is {identity.role}")


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a body may be, by the model that it becomes, and how long it may take to arrive.

    advice: what to do with what is larger, by the model; else to send less.
    """

    most: int
    special: Mapping[Any, int]
    seconds: float
    advice: Mapping[Any, str] = field(default_factory=dict)

    async def read(self, request: Request, kind: Any) -> bytes:
        """The whole body; TooLargeError or TooSlowError as soon as it is known to be."""
        most = self.special.get(kind, self.most)
        too_large = TooLargeError(most, self.advice.get(kind, "send less at once"))
        announced = request.headers.get("content-length", "")
        if announced.isdigit() and (len(announced) > 15 or int(announced) > most):
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(self.seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise too_large
        except TimeoutError:
            raise TooSlowError(self.seconds) from None
        return bytes(body)


class GuardedRoute(APIRoute):
    """A route that checks the identity, then reads the body, then calls its function.

    Before the function runs, a request costs no more than its bytes, whose number and time are
    limited. A client that may write leaves the fair queue.
    """

    body_limits: BodyLimits

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The handler that FastAPI makes, after all that comes first."""
        work = super().get_route_handler()

        async def handle(request: Request) -> Response:
            await self.identify(request)
            if self.body_field is not None:
                request = await self._with_body(request)
            return await work(request)

        return handle

    async def identify(self, request: Request) -> None:
        """Make sure that the sender may use the route; raises what RequireRole does."""
        for each in self.dependant.dependencies:
            if isinstance(each.call, RequireRole):
                request.state.identity = await run_in_threadpool(each.call.identify, request)
                leave_queue(request)

    async def _with_body(self, request: Request) -> Request:
        kind = self.body_field.field_info.annotation if self.body_field else None
        body = await self.body_limits.read(request, kind)
        parse = _PARSERS.get(kind, _parsed)
        if body and parse is not _as_it_is:
            _refuse_other_than_json(request)
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


def _refuse_other_than_json(request: Request) -> None:
    """Raise InvalidError for a body that its head says to be something else."""
    said = request.headers.get("content-type", "")
    kind = said.partition(";")[0].strip().lower()
    coding = request.headers.get("content-encoding", "identity")
    if kind != "application/json" and not re.fullmatch(r"application/.+\+json", kind):
        message = (
            f"send the body as JSON, and say so: `Content-Type: application/json` (got {said!r})"
        )
        raise InvalidError([Problem("Content-Type", message)])
    if coding.lower() != "identity":
        message = f"send the body as it is, not compressed (got {coding!r})"
        raise InvalidError([Problem("Content-Encoding", message)])


def _as_it_is(body: bytes) -> bytes:
    return body


def _parsed(body: bytes) -> Any:
    try:
        return parse_json(body, most_values=len(body) // BYTES_PER_VALUE + _VALUES_OF_A_SMALL_BODY)
    except JsonError as error:
        raise InvalidError([Problem("", f"the request's body is not JSON: {error}")]) from None


_PARSERS: Mapping[Any, Callable[[bytes], Any]] = {CatalogueFile: parse_file, bytes: _as_it_is}
"""Of bodies that are not just JSON, by what they are to become."""
