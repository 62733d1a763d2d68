"""Manners of HTTP that hold for every answer, whatever route it comes from."""

import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cocktailspace.api.errors import error_response

logger = logging.getLogger(__name__)

HEAD = "cocktailspace.head"
"""In the scope of a request for an answer's head alone: the body need not be made."""

_ONE_BUFFER = 64 * 1024


class Manners:
    """Middleware: HEAD wherever GET is, JSON for what nobody foresaw, and no reading on after the
    answer to a request whose body was not wanted.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, receive, send)
        if scope["method"] == "HEAD":
            scope["method"], scope[HEAD] = "GET", True
        try:
            await self._app(scope, answer.receive, answer.send)
        except ClientDisconnect:
            return
        except Exception:
            logger.exception("%s %.200s failed", scope["method"], scope["path"])
            if not answer.started:
                message = "the server failed at this request; its log says how"
                await error_response(500, "failed", message)(scope, answer.receive, answer.send)


class _Answer:
    """What goes out, and how much of the request has come in before it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._head_alone = scope["method"] == "HEAD"
        self._unread = _has_large_body(Headers(scope=scope))
        self._ended = self.started = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        if self._ended:
            return
        if message["type"] == "http.response.start":
            self.started = True
            if self._unread:  # or the server would read all of it before the next request
                MutableHeaders(scope=message)["Connection"] = "close"
        elif self._head_alone:
            self._ended = True
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)


def _has_large_body(headers: Headers) -> bool:
    if "transfer-encoding" in headers:
        return True
    announced = headers.get("content-length", "0")
    return not announced.isdigit() or len(announced) > 9 or int(announced) > _ONE_BUFFER
