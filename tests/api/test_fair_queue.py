"""Strangers share the server by what they use."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from cocktailspace.api.errors import TooManyRequestsError
from cocktailspace.api.fair_queue import (
    MAX_WAITING,
    RESERVED_SLOTS,
    SLOTS,
    FairQueue,
    FairQueueMiddleware,
    leave_queue,
)
from tests.conftest import run_alone

EVERYBODY = SLOTS + RESERVED_SLOTS


class Time:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Bar:
    """Requests that last until they are told to end, and the order in which they began."""

    def __init__(self) -> None:
        self.time = Time()
        self.queue = FairQueue(self.time)
        self.begun: list[str] = []
        self._ends: list[tuple[str, asyncio.Event]] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def ask(self, client: str) -> asyncio.Task[None]:
        task = asyncio.create_task(self._request(client))
        self._tasks.append(task)
        await self.settle()
        return task

    async def end(self, client: str, seconds: float = 0.0) -> None:
        self.time.now += seconds
        at = next(i for i, (name, _) in enumerate(self._ends) if name == client)
        self._ends.pop(at)[1].set()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    async def end_all(self) -> None:
        while self._ends:
            await self.end(self._ends[0][0])
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _request(self, client: str) -> None:
        end = asyncio.Event()
        began = await self.queue.enter(client)
        try:
            self.begun.append(client)
            self._ends.append((client, end))
            await end.wait()
        finally:
            self.queue.leave(client, began)


def test_no_more_are_worked_on_at_a_time_than_there_are_slots() -> None:
    async def scene() -> None:
        bar = Bar()
        for i in range(20):
            await bar.ask(f"client {i}")
        assert len(bar.begun) == EVERYBODY
        await bar.end_all()
        assert len(bar.begun) == 20

    run_alone(scene())


def test_one_client_alone_does_not_take_the_reserved_slots() -> None:
    async def scene() -> None:
        bar = Bar()
        for _ in range(20):
            await bar.ask("greedy")
        assert len(bar.begun) < EVERYBODY
        await bar.ask("guest")
        assert bar.begun[-1] == "guest"  # at once
        await bar.end_all()

    run_alone(scene())


def test_who_has_used_least_goes_first_whoever_came_first() -> None:
    async def scene() -> None:
        bar = Bar()
        for name, seconds in (("a", 9.0), ("b", 3.0), ("c", 6.0)):
            await bar.ask(name)
            await bar.end(name, seconds)
        for i in range(EVERYBODY):
            await bar.ask(f"light {i}")
        for name in ("a", "c", "b", "a"):
            await bar.ask(name)
        bar.begun.clear()
        for i in range(EVERYBODY):
            await bar.end(f"light {i}")
        assert bar.begun == ["b", "c", "a"][:SLOTS]  # then the slots are taken
        await bar.end_all()

    run_alone(scene())


def test_what_was_used_long_ago_no_longer_counts() -> None:
    async def scene() -> None:
        bar = Bar()
        await bar.ask("a")
        await bar.end("a", 60.0)
        bar.time.now += 600
        for _ in range(SLOTS):
            await bar.ask("b")
        await bar.ask("a")
        assert bar.begun[-1] == "a"
        await bar.end_all()

    run_alone(scene())


def test_a_client_may_not_have_any_number_of_requests_wait() -> None:
    async def scene() -> None:
        bar = Bar()
        tasks = [await bar.ask("greedy") for _ in range(MAX_WAITING + EVERYBODY + 5)]
        await bar.settle()
        refused = [task for task in tasks if task.done()]
        assert refused
        assert all(isinstance(task.exception(), TooManyRequestsError) for task in refused)
        await bar.end_all()
        assert len(bar.begun) == len(tasks) - len(refused)

    run_alone(scene())


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["ask", "end", "cancel"])), max_size=60
    )
)
def test_whatever_happens_no_slot_is_lost(steps: list[tuple[str, str]]) -> None:
    async def scene() -> None:
        bar = Bar()
        tasks: list[asyncio.Task[None]] = []
        for client, step in steps:
            if step == "ask":
                tasks.append(await bar.ask(client))
            elif step == "end" and any(name == client for name, _ in bar._ends):
                await bar.end(client, 0.1)
            elif step == "cancel" and tasks:
                tasks.pop(0).cancel()
                await bar.settle()
        for task in tasks:
            task.cancel()
        await bar.settle()
        assert not bar.queue._running
        assert not bar.queue._waiting

    run_alone(scene())


class Gate:
    """An application whose requests read their body and go on when they are told to."""

    def __init__(self) -> None:
        self.working = 0
        self.opened = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        if "guarded" in scope["path"]:
            leave_queue(HTTPConnection(scope))
        self.working += 1
        await self.opened.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _ask(app: Any, path: str, *, body: bool = True) -> asyncio.Task[None]:
    async def receive() -> Any:
        if not body:
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: Any) -> None: ...

    scope = {"type": "http", "path": path, "client": ("192.0.2.1", 1), "headers": []}
    task = asyncio.create_task(app(scope, receive, send))
    for _ in range(10):
        await asyncio.sleep(0)
    return task


@pytest.mark.parametrize(
    ("path", "body", "working"),
    [("/", True, None), ("/guarded", True, 40), ("/healthz", True, 40), ("/", False, 0)],
)
def test_a_slot_is_held_for_work_alone(path: str, body: bool, working: int | None) -> None:
    """Not while a body is awaited, nor by who may write or asks for the server's health."""

    async def scene() -> None:
        gate = Gate()
        app = FairQueueMiddleware(gate, excepted={"/healthz"})
        tasks = [await _ask(app, path, body=body) for _ in range(40)]
        if working is None:
            assert 0 < gate.working < EVERYBODY
        else:
            assert gate.working == working
        if not body:
            tasks.append(await _ask(app, "/"))
            assert gate.working == 1
        gate.opened.set()
        for task in tasks:
            if not body:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert not app._queue._running

    run_alone(scene())
