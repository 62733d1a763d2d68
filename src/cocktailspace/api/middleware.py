"""Middleware: what holds for every answer, whatever route it comes from."""

import hashlib
import logging
import time
from base64 import b64encode
from collections.abc import Iterable, Sequence
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cocktailspace.api.errors import error_response
from cocktailspace.api.metrics import PREFIX as METRICS_PREFIX

logger = logging.getLogger(__name__)

HEAD = "cocktailspace.head"
"""Key of the scope of a HEAD request, which routes see as a GET: its body need not be made."""

_ONE_BUFFER = 64 * 1024
"""Up to so much of a body the server reads ahead, whether or not anybody asks for it."""
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}


class HttpRules:
    """Middleware: HEAD wherever GET is, 500 in JSON for an unforeseen error, a closed connection
    after a request whose body was not read or has two lengths, Cache-Control in every answer, and
    each name in Vary once.
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
    """The receive and send of one request: knows whether its body was read and its answer begun."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._head_alone = scope["method"] == "HEAD"
        headers = Headers(scope=scope)
        self._unread = _has_large_body(headers)
        self._ambiguous = "transfer-encoding" in headers and "content-length" in headers
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
            headers = MutableHeaders(scope=message)
            # Unread, the server would read all of it before the next request; of two lengths a
            # proxy may have gone by the other, and what follows be no request of its own.
            if self._unread or self._ambiguous:
                headers["Connection"] = "close"
            headers.setdefault("Cache-Control", self._caching())
            if varies := headers.get("Vary"):  # compression names again what a route has named
                headers["Vary"] = ", ".join(dict.fromkeys(varies.split(", ")))
        elif self._head_alone:
            self._ended = True
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _caching(self) -> str:
        """Of an answer that says nothing of it: left alone, some caches keep it for a while. What
        was made for somebody who is known by a token may be of nobody's else.
        """
        return "no-store" if "identity" in self._scope.get("state", {}) else "no-cache"


def _has_large_body(headers: Headers) -> bool:
    if "transfer-encoding" in headers:
        return True
    announced = headers.get("content-length", "0")
    return not announced.isdigit() or len(announced) > 9 or int(announced) > _ONE_BUFFER


def content_security_policy(*data_origins: str, inline_scripts: Iterable[bytes] = ()) -> str:
    """What a page may do.

    data_origins: hosts besides ours from which it may fetch data.
    inline_scripts: all that it may run besides our files.
    """
    connect = " ".join(("connect-src 'self'", *data_origins))
    digests = (b64encode(hashlib.sha256(each).digest()).decode() for each in inline_scripts)
    scripts = " ".join(("script-src 'self'", *(f"'sha256-{each}'" for each in digests)))
    return "; ".join(
        (
            "default-src 'none'",
            scripts,
            "style-src 'self'",
            "img-src 'self' data:",
            connect,
            "font-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """Middleware that adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, *, data_origins: Sequence[str] = ()) -> None:
        self._app = app
        policy = content_security_policy(*data_origins)
        self._headers = HEADERS | {"Content-Security-Policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to its answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class RequestTimer:
    """Middleware that times each request, by the template of its route: no label that clients
    could make up. A method that a route does not have counts as of no route, so that the series
    are those of what there is.
    """

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, prefix: str) -> None:
        self._app = app
        self._prefix = prefix
        self._seconds = Histogram(
            f"{METRICS_PREFIX}http_request_seconds",
            "From a request's arrival to its answer's last byte",
            ["method", "route", "status"],
            buckets=_BUCKETS,
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and measure how long it takes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        method = scope["method"] if scope["method"] in _METHODS else "other"
        status = 500  # of a request that ends with an exception

        async def send_and_see_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see_status)
        finally:
            route = "none" if status == HTTPStatus.METHOD_NOT_ALLOWED else self._template(scope)
            seconds = time.perf_counter() - started
            self._seconds.labels(method, route, str(status)).observe(seconds)

    def _template(self, scope: Scope) -> str:
        """The route's; of one in a router, FastAPI says only what follows the router's prefix."""
        template = str(getattr(scope.get("route"), "path_format", "none"))
        within = scope["path"].startswith(f"{self._prefix}/") and template.startswith("/")
        return self._prefix + template if within and self._prefix not in template else template
