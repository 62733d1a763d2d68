"""Bounds on what clients may ask: the size of a request, and how many writes a minute."""

import time
from collections.abc import Callable

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cocktailspace.api.errors import TooManyWritesError, error_response


def write_limit(writes_per_minute: int) -> Callable[[Request], None]:
    """A dependency that counts writes by client address and refuses those that are too many.

    It counts before it looks at tokens, so that it also bounds guessing them.
    """
    limiter = MovingWindowRateLimiter(MemoryStorage())
    limit = RateLimitItemPerMinute(writes_per_minute)

    def count(request: Request) -> None:
        client = request.client.host if request.client else "unknown"
        if not limiter.hit(limit, client):
            reset_at, _ = limiter.get_window_stats(limit, client)
            raise TooManyWritesError(max(1, round(reset_at - time.time())))

    return count


class BodyLimit:
    """Middleware that stops reading a request once it is too large, and answers 413."""

    def __init__(self, app: ASGIApp, *, most: int, special: dict[str, int]) -> None:
        self._app = app
        self._most = most
        self._special = special

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes as they come."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._special.get(scope["path"], self._most)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > most:
            await _too_large(most)(scope, receive, send)
            return
        await self._counted(most, scope, receive, send)

    async def _counted(self, most: int, scope: Scope, receive: Receive, send: Send) -> None:
        seen = 0
        answered = False

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise _TooLarge
            return message

        async def watching(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counting, watching)
        except _TooLarge:
            if not answered:
                await _too_large(most)(scope, receive, send)


class _TooLarge(BaseException):
    """Not an Exception: nobody on the way may take it for a fault of the body's content."""


def _too_large(most: int) -> ASGIApp:
    message = f"the request is larger than the {most:,} bytes that are taken; send less at once"
    return error_response(413, "too_large", message, headers={"Connection": "close"})
