"""Whose turn it is: strangers share the server by what their requests cost, not by how many.

A few requests are worked on at a time. Who has used least of late goes first, so that a client
that keeps the server busy waits for itself; some places are kept for those who have used next to
nothing.
"""

import asyncio
import math
import threading
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cocktailspace.api.errors import TooManyRequestsError

PLACES = 3
PLACES_KEPT = 2
LIGHT_SECONDS = 0.5
"""Who has used less than this of late may take a place that is kept."""

RUNNING_SECONDS = 0.2
"""What a request counts for while it is not known what it takes."""

WAITING = 50
"""Requests of one client that may wait for their turn."""

_HALF_LIFE_SECONDS = 20.0
_CLIENTS_REMEMBERED = 10_000


@dataclass(slots=True)
class _Used:
    """Seconds of work, halved for each half-life that has passed."""

    seconds: float
    at: float

    def now(self, at: float) -> float:
        return self.seconds * math.exp2((self.at - at) / _HALF_LIFE_SECONDS)


class _Waiting:
    """Wakes a request, from whichever thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.woken = self._loop.create_future()

    def wake(self) -> None:
        self._loop.call_soon_threadsafe(self._set)

    def _set(self) -> None:
        if not self.woken.done():
            self.woken.set_result(None)


class Turns:
    """Lets requests in one by one, fairly between clients."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._waiting: dict[str, deque[_Waiting]] = {}
        self._used: dict[str, _Used] = {}

    @asynccontextmanager
    async def taken_by(self, client: str) -> AsyncIterator[None]:
        """Wait for the client's turn, and count what is done in it.

        Raises TooManyRequestsError when too many of its requests wait already.
        """
        await self._enter(client)
        began = self._monotonic()
        try:
            yield
        finally:
            self._leave(client, began)

    async def _enter(self, client: str) -> None:
        with self._lock:
            if not self._waiting and self._may_run(client):
                self._running[client] += 1
                return
            queue = self._waiting.setdefault(client, deque())
            if len(queue) >= WAITING:
                raise TooManyRequestsError("too many requests at once from your address", 1)
            waiting = _Waiting()
            queue.append(waiting)
            self._let_in()
        try:
            await waiting.woken
        except asyncio.CancelledError:
            self._give_up(client, waiting)
            raise

    def _leave(self, client: str, began: float) -> None:
        now = self._monotonic()
        with self._lock:
            self._used[client] = _Used(self._ended(client, now) + now - began, now)
            if len(self._used) > _CLIENTS_REMEMBERED:
                self._forget_half(now)
            self._end(client)

    def _give_up(self, client: str, waiting: _Waiting) -> None:
        with self._lock:
            queue = self._waiting.get(client, deque())
            if waiting in queue:
                queue.remove(waiting)
                if not queue:
                    del self._waiting[client]
            else:  # it was let in at the same moment
                self._end(client)

    def _end(self, client: str) -> None:
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        self._let_in()

    def _let_in(self) -> None:
        """Wake those who may run now, the one who has used least first."""
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
        return self._running.total() < PLACES + PLACES_KEPT * light

    def _used_by(self, client: str, now: float) -> float:
        """Seconds of late; what still runs counts with what a slow request takes."""
        return self._ended(client, now) + RUNNING_SECONDS * self._running.get(client, 0)

    def _ended(self, client: str, now: float) -> float:
        used = self._used.get(client)
        return used.now(now) if used else 0.0

    def _forget_half(self, now: float) -> None:
        by_use = sorted(self._used, key=lambda each: self._used[each].now(now))
        for client in by_use[: len(by_use) // 2]:
            del self._used[client]
