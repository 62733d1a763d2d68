"""Fair queueing: clients share the server by what their requests cost, not by how many they are.

A few requests are worked on at a time, each in a slot. The client that has used least of late goes
first, so that one who keeps the server busy waits for itself; some slots are reserved for clients
that have used next to nothing.
"""

import asyncio
import math
import threading
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address, IPv6Network

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cocktailspace.api.errors import TooManyRequestsError, error_response

SLOTS = 2
RESERVED_SLOTS = 2
LIGHT_SECONDS = 0.5
"""A client that has used less than this of late may take a reserved slot."""

ASSUMED_SECONDS = 0.2
"""What a request counts for until it is known how long it took."""

MAX_WAITING = 50
"""Requests of one client that may wait for a slot."""

_SLOT = "cocktailspace.slot"
_HALF_LIFE_SECONDS = 20.0
_CLIENTS_REMEMBERED = 10_000


@dataclass(slots=True)
class _Usage:
    """Seconds of work, halved for each half-life that has passed."""

    seconds: float
    at: float

    def now(self, at: float) -> float:
        return self.seconds * math.exp2((self.at - at) / _HALF_LIFE_SECONDS)


class _Waiter:
    """Wakes a request, from whichever thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.woken = self._loop.create_future()

    def wake(self) -> None:
        self._loop.call_soon_threadsafe(self._set)

    def _set(self) -> None:
        if not self.woken.done():
            self.woken.set_result(None)


class FairQueue:
    """Admits requests to slots, fairly between clients."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._waiting: dict[str, deque[_Waiter]] = {}
        self._used: dict[str, _Usage] = {}

    async def enter(self, client: str) -> float:
        """Wait for a slot; returns when it was given.

        Raises TooManyRequestsError when too many of its requests wait already.
        """
        with self._lock:
            if not self._waiting and self._may_run(client):
                self._running[client] += 1
                return self._monotonic()
            queue = self._waiting.setdefault(client, deque())
            if len(queue) >= MAX_WAITING:
                raise TooManyRequestsError("too many requests at once from your address", 1)
            waiting = _Waiter()
            queue.append(waiting)
            self._admit()
        try:
            await waiting.woken
        except asyncio.CancelledError:
            self._cancel(client, waiting)
            raise
        return self._monotonic()

    def leave(self, client: str, began: float) -> None:
        """Give the slot back, and count the time for which it was held."""
        now = self._monotonic()
        with self._lock:
            self._used[client] = _Usage(self._ended(client, now) + now - began, now)
            if len(self._used) > _CLIENTS_REMEMBERED:
                self._forget_half(now)
            self._end(client)

    def _cancel(self, client: str, waiting: _Waiter) -> None:
        with self._lock:
            queue = self._waiting.get(client, deque())
            if waiting in queue:
                queue.remove(waiting)
                if not queue:
                    del self._waiting[client]
            else:  # it was admitted at the same moment
                self._end(client)

    def _end(self, client: str) -> None:
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        self._admit()

    def _admit(self) -> None:
        """Wake the requests that may run now, of the client that has used least first."""
        now = self._monotonic()
        while self._waiting:
            client = min(self._waiting, key=lambda each: self._used_by(each, now))
            if not self._may_run(client):
                return  # then nobody who has used more may either
            queue = self._waiting[client]
            self._running[client] += 1
            queue.popleft().wake()
            if not queue:
                del self._waiting[client]

    def _may_run(self, client: str) -> bool:
        light = self._used_by(client, self._monotonic()) < LIGHT_SECONDS
        return self._running.total() < SLOTS + RESERVED_SLOTS * light

    def _used_by(self, client: str, now: float) -> float:
        """Seconds of late; what still runs counts with what a slow request takes."""
        return self._ended(client, now) + ASSUMED_SECONDS * self._running.get(client, 0)

    def _ended(self, client: str, now: float) -> float:
        used = self._used.get(client)
        return used.now(now) if used else 0.0

    def _forget_half(self, now: float) -> None:
        by_use = sorted(self._used, key=lambda each: self._used[each].now(now))
        for client in by_use[: len(by_use) // 2]:
            del self._used[client]


class Slot:
    """One request's slot: held from its head to the start of its answer, but not while its body
    arrives.
    """

    def __init__(self, queue: FairQueue, client: str) -> None:
        self._queue = queue
        self._client = client
        self._began: float | None = None
        self._needed = True

    async def enter(self) -> None:
        """Wait for it."""
        if self._needed and self._began is None:
            self._began = await self._queue.enter(self._client)

    def leave(self) -> None:
        """Give it back for as long as something is waited for."""
        if self._began is not None:
            self._queue.leave(self._client, self._began)
            self._began = None

    def end(self) -> None:
        """Give it back for good."""
        self._needed = False
        self.leave()


class FairQueueMiddleware:
    """Middleware: every request waits for a slot, but those of `excepted` paths."""

    def __init__(self, app: ASGIApp, *, excepted: Collection[str]) -> None:
        self._app = app
        self._queue = FairQueue()
        self._excepted = excepted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on once it has a slot."""
        if scope["type"] != "http" or scope["path"] in self._excepted:
            await self._app(scope, receive, send)
            return
        slot = Slot(self._queue, client_address(HTTPConnection(scope)))

        async def body_received() -> Message:
            slot.leave()
            message = await receive()
            if not message.get("more_body", False):
                await slot.enter()
            return message

        async def answer_begun(message: Message) -> None:
            slot.end()
            await send(message)

        try:
            await slot.enter()
            scope[_SLOT] = slot
            await self._app(scope, body_received, answer_begun)
        except TooManyRequestsError as error:
            headers = {"Retry-After": str(error.retry_seconds)}
            response = error_response(429, "too_many_requests", str(error), headers=headers)
            await response(scope, receive, send)
        finally:
            slot.end()


@asynccontextmanager
async def without_slot(request: HTTPConnection) -> AsyncIterator[None]:
    """Give the request's slot back while it waits for something, and then wait for one again."""
    slot = request.scope.get(_SLOT)
    if slot is not None:
        slot.leave()
    yield
    if slot is not None:
        await slot.enter()


def leave_queue(request: HTTPConnection) -> None:
    """Give the request's slot back: what follows is bounded in another way, and may take long."""
    if (slot := request.scope.get(_SLOT)) is not None:
        slot.end()


def client_address(request: HTTPConnection) -> str:
    """The viewer's address, as far as the server and the proxies that it trusts can tell.

    Of IPv6 it is the network of 64 bits: so many addresses are one customer's to choose from.
    """
    host = request.client.host if request.client else "unknown"
    try:
        return str(IPv6Network((IPv6Address(host), 64), strict=False))
    except AddressValueError:
        return host
