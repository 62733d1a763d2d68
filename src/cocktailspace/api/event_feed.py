"""What changes of the refresh, for the streams that tell it to whoever listens.

One look a second serves all streams of the process, and there is none while nobody listens. Edits
and runs of other processes on the same catalogue show in it as one's own do.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from sqlalchemy.exc import SQLAlchemyError

from cocktailspace.api.errors import TooManyRequestsError
from cocktailspace.artifacts.store import StoreError
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.refresh.status import RefreshState, RefreshStatus

MOST_STREAMS = 200
MOST_OF_ADDRESS = 5
"""Of the six connections that a browser has to one host, one is left for all else."""

LOOK_SECONDS = 1.0
_RUNNING_SECONDS = 0.5
REPEAT_SECONDS = 15.0
"""After so long without an event the state is said again: silence means that a stream is dead."""

LIFETIME_SECONDS = 600.0
"""A client that reads no more is not told from one that hears nothing new: streams end, and clients
that are there come back.
"""

_RETRY_SECONDS = 30

Event = tuple[str, RefreshStatus]


class EventFeed:
    """Looks at the refresh's status and hands on what changes."""

    def __init__(self, look: Callable[[], RefreshStatus], *, most: int = MOST_STREAMS) -> None:
        self._look_once, self._most = look, most
        self._open: Counter[str] = Counter()
        self._thread = ThreadPoolExecutor(1, "events")  # it never waits for what others ask
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: asyncio.Task[None] | None = None
        self._latest: RefreshStatus | None = None
        self._news = asyncio.Event()
        self._stopped = False

    @contextmanager
    def admitted(self, client: str) -> Iterator[None]:
        """Count a client's stream while it lasts; TooManyRequestsError for one too many."""
        if self._open.total() >= self._most:
            message = "too many streams are open; GET /api/v1/refresh says the same"
            raise TooManyRequestsError(message, _RETRY_SECONDS)
        if self._open[client] >= MOST_OF_ADDRESS:
            message = (
                f"your address has {MOST_OF_ADDRESS} streams; GET /api/v1/refresh says the same"
            )
            raise TooManyRequestsError(message, _RETRY_SECONDS)
        self._open[client] += 1
        try:
            yield
        finally:
            self._open[client] -= 1
            self._open += Counter()  # drops the zeros

    async def follow(self) -> AsyncGenerator[Event]:
        """The present state, then each change, and from time to time the state again.

        Ends after a while, when the server stops, and when the state cannot be read: what is wrong
        is then said to those who ask for it.
        """
        self._start()
        ends_at = time.monotonic() + LIFETIME_SECONDS
        seen: RefreshStatus | None = None
        while self._looking is not None and not self._looking.done():
            news, latest = self._news, self._latest
            if latest is not None and latest != seen:
                for name in event_names(seen, latest):
                    yield name, latest
                seen = latest
                continue
            wait = min(REPEAT_SECONDS, ends_at - time.monotonic())
            try:
                await asyncio.wait_for(news.wait(), max(0.0, wait))
            except TimeoutError:
                if time.monotonic() >= ends_at:
                    return
                if latest is not None:
                    yield latest.state, latest

    def stop(self) -> None:
        """End all streams, and begin none; from whichever thread."""
        self._stopped = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._cancel)

    def _start(self) -> None:
        """Begin to look, unless somebody listens already."""
        if self._stopped or (self._looking is not None and not self._looking.done()):
            return
        self._loop = asyncio.get_running_loop()
        self._latest, self._news = None, asyncio.Event()
        self._looking = self._loop.create_task(self._look())
        self._looking.add_done_callback(lambda _done: self._tell())

    def _cancel(self) -> None:
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(CatalogueError, StoreError, SQLAlchemyError, OSError):
            while self._open:
                latest = await loop.run_in_executor(self._thread, self._look_once)
                if latest != self._latest:
                    self._latest = latest
                    self._tell()
                running = latest.state is RefreshState.RUNNING
                await asyncio.sleep(_RUNNING_SECONDS if running else LOOK_SECONDS)

    def _tell(self) -> None:
        """Wake all who wait; the next wait is for the next news."""
        told, self._news = self._news, asyncio.Event()
        told.set()


def event_names(before: RefreshStatus | None, now: RefreshStatus) -> Iterator[str]:
    """What happened between two looks, in order; the state comes last, whatever else there is."""
    if before is not None:
        if now.catalogue != before.catalogue:
            yield "changed"
        if now.manifest is not None and _run_id(now) != _run_id(before):
            yield "published"
    yield now.state


def _run_id(status: RefreshStatus) -> str | None:
    return status.manifest.run_id if status.manifest else None
