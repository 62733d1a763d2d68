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
from collections.abc import Callable, Collection
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cocktailspace.api.errors import TooManyRequestsError, error_response
from cocktailspace.api.limits import client_of

PLACES = 2
PLACES_KEPT = 2
LIGHT_SECONDS = 0.5
"""Who has used less than this of late may take a place that is kept."""

RUNNING_SECONDS = 0.2
"""What a request counts for while it is not known what it takes."""

WAITING = 50
"""Requests of one client that may wait for their turn."""

_TURN = "cocktailspace.turn"
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

    async def enter(self, client: str) -> float:
        """Wait for the client's turn; returns when it began.

        Raises TooManyRequestsError when too many of its requests wait already.
        """
        with self._lock:
            if not self._waiting and self._may_run(client):
                self._running[client] += 1
                return self._monotonic()
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
        return self._monotonic()

    def leave(self, client: str, began: float) -> None:
        """End the turn, and count what was done in it."""
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


class Turn:
    """One request's: from its head to the start of its answer, without the wait for its body."""

    def __init__(self, turns: Turns, client: str) -> None:
        self._turns = turns
        self._client = client
        self._began: float | None = None
        self._needed = True

    async def enter(self) -> None:
        """Wait for it."""
        if self._needed and self._began is None:
            self._began = await self._turns.enter(self._client)

    def leave(self) -> None:
        """Let others go on, for as long as something is waited for."""
        if self._began is not None:
            self._turns.leave(self._client, self._began)
            self._began = None

    def end(self) -> None:
        """Let others go on, for good."""
        self._needed = False
        self.leave()


class TakingTurns:
    """Middleware: every request waits for its turn, but those of `excepted` paths."""

    def __init__(self, app: ASGIApp, *, excepted: Collection[str]) -> None:
        self._app = app
        self._turns = Turns()
        self._excepted = excepted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is its turn."""
        if scope["type"] != "http" or scope["path"] in self._excepted:
            await self._app(scope, receive, send)
            return
        turn = Turn(self._turns, client_of(HTTPConnection(scope)))

        async def body_received() -> Message:
            turn.leave()
            message = await receive()
            if not message.get("more_body", False):
                await turn.enter()
            return message

        async def answer_begun(message: Message) -> None:
            turn.end()
            await send(message)

        try:
            await turn.enter()
            scope[_TURN] = turn
            await self._app(scope, body_received, answer_begun)
        except TooManyRequestsError as error:
            headers = {"Retry-After": str(error.retry_seconds)}
            response = error_response(429, "too_many_requests", str(error), headers=headers)
            await response(scope, receive, send)
        finally:
            turn.end()


def end_turn(request: HTTPConnection) -> None:
    """What follows is bounded in another way, and may take its time."""
    if (turn := request.scope.get(_TURN)) is not None:
        turn.end()
