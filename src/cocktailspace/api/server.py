"""The server: uvicorn, with the limits that it does not have itself.

Connections are limited in number, in all and per address. Each has a deadline for the head of its
next request and for taking what it is sent; the deadline for bodies is the routes'. Shutdown gives
running requests most of its time, and then ends the process whatever they do.
"""

import asyncio
import functools
import logging
import os
import resource
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from cocktailspace.collector import exempt_from_collection

logger = logging.getLogger(__name__)

ADDRESS_SHARE = 4
"""One address may have so many parts of all connections: a quarter."""

_BACKLOG = 128
_OTHER_FILES = 256
_POLL_SECONDS = 0.1
_SWITCH_SECONDS = 0.001  # one thread may keep others waiting; an answer waits several times
_SHARE_OF_REQUESTS = 0.6  # of the time to end; the rest is for everything else


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Limits on what clients may use of the server.

    trusted: addresses and networks of proxies, separated by commas, or `*`.
    """

    connections: int = 1_000
    request_seconds: float = 60.0
    shutdown_seconds: float = 10.0
    trusted: str = "127.0.0.1"

    def trusts(self, host: str) -> bool:
        """Whether connections from there are a proxy's, and so carry many clients."""
        listed = [each.strip() for each in self.trusted.split(",") if each.strip()]
        return "*" in listed or any(_within(host, each) for each in listed)


class Connections:
    """The open connections, by the client's address and port."""

    def __init__(self, limits: ServerLimits) -> None:
        self.limits = limits
        self._open: dict[tuple[str, int], TimedProtocol] = {}
        self._of_host: Counter[str] = Counter()

    def add(self, peer: tuple[str, int], connection: "TimedProtocol") -> bool:
        """Register a connection; False when there are too many."""
        host, most = peer[0], self.limits.connections
        share = most if self.limits.trusts(host) else max(1, most // ADDRESS_SHARE)
        if len(self._open) >= most or self._of_host[host] >= share:
            logger.warning(
                "a connection is refused: %d of %d are open, %d of %d from its address",
                len(self._open),
                most,
                self._of_host[host],
                share,
            )
            return False
        self._open[peer] = connection
        self._of_host[host] += 1
        return True

    def remove(self, peer: tuple[str, int]) -> None:
        """Unregister a connection that is closed."""
        if self._open.pop(peer, None) is not None:
            self._of_host[peer[0]] -= 1
            self._of_host += Counter()  # drops the zeros

    def of(self, scope: Scope) -> "TimedProtocol | None":
        """The connection that a request came on."""
        return self._open.get(tuple(scope.get("client") or ()))


class TimedProtocol(asyncio.Protocol):
    """A connection that is closed when the head of its next request does not come in time.

    options: what uvicorn makes its own protocol with, which does all the rest.
    """

    def __init__(self, connections: Connections, **options: Any) -> None:
        self._connections = connections
        self._inner = H11Protocol(**options)
        self._transport: asyncio.Transport | None = None
        self._peer = ("", 0)
        self._deadline: asyncio.Handle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept the connection, or drop it at once."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - it is of a stream
        host, port, *_ = transport.get_extra_info("peername") or ("", 0)
        self._peer = (host, port)
        if not self._connections.add(self._peer, self):
            transport.abort()
            return
        self._transport = transport
        self._inner.connection_made(transport)
        self.await_head()

    def data_received(self, data: bytes) -> None:
        """Pass data on to uvicorn if the connection was accepted; likewise below."""
        if self._transport is not None:
            self._inner.data_received(data)

    def eof_received(self) -> None:
        """The client sends no more."""
        if self._transport is not None:
            self._inner.eof_received()

    def pause_writing(self) -> None:
        """The client's receive buffer is full."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Unregister the connection."""
        if self._transport is not None:
            self.stop_waiting()
            self._connections.remove(self._peer)
            self._inner.connection_lost(exc)

    def await_head(self) -> None:
        """Start the deadline for the head of the next request."""
        seconds = self._connections.limits.request_seconds
        self._deadline = asyncio.get_running_loop().call_later(seconds, self._end_wait)

    def _end_wait(self) -> None:
        """Drop the connection after this round of the loop: a head that came while the whole
        process was halted has just been read, and its request begins before that.
        """
        self._deadline = asyncio.get_running_loop().call_soon(self.drop)

    def stop_waiting(self) -> None:
        """Stop the deadline: the head has arrived."""
        if self._deadline is not None:
            self._deadline.cancel()

    def drop(self) -> None:
        """Close the connection now, whatever is still to be sent."""
        if self._transport is not None:
            self._transport.abort()


class _SendDeadline:
    """Middleware: a deadline for clients to take what they are sent."""

    def __init__(self, app: ASGIApp, connections: Connections) -> None:
        self._app = app
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = self._connections.of(scope) if scope["type"] == "http" else None
        if connection is None:
            await self._app(scope, receive, send)
            return

        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(self._connections.limits.request_seconds):
                    await send(message)
            except TimeoutError:
                connection.drop()
                raise ClientDisconnect from None

        connection.stop_waiting()
        try:
            await self._app(scope, receive, send_in_time)
        except asyncio.CancelledError:  # by the server, whose time to end is over
            connection.drop()
        finally:
            connection.stop_waiting()
            connection.await_head()


def make_server(app: ASGIApp, host: str, port: int, limits: ServerLimits) -> uvicorn.Server:
    """The server, not yet started, with all limits set: on connections, on heads, on how long a
    request may take to arrive and an answer to be taken.
    """
    connections = Connections(limits)
    config = uvicorn.Config(
        _SendDeadline(ProxyHeadersMiddleware(app, limits.trusted), connections),  # type: ignore[arg-type]
        host=host,
        port=port,
        http=functools.partial(TimedProtocol, connections),  # type: ignore[arg-type]
        ws="none",
        backlog=_BACKLOG,
        proxy_headers=False,  # ours is inside _SendDeadline, which goes by the connection's address
        server_header=False,
        log_level="warning",
        log_config=None,  # its lines go where ours go, in the same form
        timeout_graceful_shutdown=max(1, int(limits.shutdown_seconds * _SHARE_OF_REQUESTS)),
    )
    return uvicorn.Server(config)


def run(
    app: ASGIApp,
    host: str,
    port: int,
    limits: ServerLimits,
    *,
    on_stop: Callable[[], None] = lambda: None,
) -> None:
    """Serve until the process is told to stop.

    on_stop: called in a thread of its own as soon as that is so, while requests come to their end.
    """
    _raise_open_files_limit(limits.connections)
    sys.setswitchinterval(_SWITCH_SECONDS)
    exempt_from_collection()
    server = make_server(app, host, port, limits)
    ended = threading.Event()
    arguments = (server, ended, limits.shutdown_seconds, on_stop)
    threading.Thread(target=_enforce_shutdown, args=arguments, daemon=True).start()
    try:
        server.run()
    finally:
        ended.set()


def _enforce_shutdown(
    server: uvicorn.Server,
    ended: threading.Event,
    seconds: float,
    on_stop: Callable[[], None],
) -> None:
    """Once the server is told to stop: call `on_stop`, and end the process before the deadline."""
    while not server.should_exit:
        if ended.wait(_POLL_SECONDS):
            return
    threading.Thread(target=on_stop, daemon=True).start()
    if not ended.wait(seconds - 2 * _POLL_SECONDS):
        logger.error("something did not end within %g s; the process ends without it", seconds)
        os._exit(128 + signal.SIGTERM)


def _raise_open_files_limit(connections: int) -> None:
    """Raise this process's limit on open files as far as allowed. OSError if that is too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + _BACKLOG + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        if most < needed:
            raise OSError(
                None,
                f"{connections} connections need {needed} open files and only {hard} are allowed; "
                "set MAX_CONNECTIONS lower, or `ulimit -n` higher",
                "MAX_CONNECTIONS",
            )


def _within(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return host == network
