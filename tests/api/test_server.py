"""Limits of the server itself, over real connections."""

import asyncio
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cocktailspace.api.app import create_app
from cocktailspace.api.server import ServerLimits, make_server
from cocktailspace.bootstrap import Services
from cocktailspace.settings import Settings
from tests.conftest import BAR, import_document, nothing_published, run_alone
from tests.ports import free_port
from tests.serving import serving
from tests.waiting import PATIENCE_SECONDS, children_of, eventually

LARGE = 64 * 2**20
Start = Callable[..., int]


class Endless:
    """Answers more than any buffer takes in."""

    def __init__(self) -> None:
        self.over = threading.Event()

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(LARGE // 65_536):
                await send({"type": "http.response.body", "body": bytes(65_536), "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.over.set()


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers with these bounds; gives their ports."""
    with ExitStack() as stack:
        yield lambda app, **limits: stack.enter_context(serving(app, **limits))


@pytest.fixture
def app(services: Services) -> Any:
    import_document(services.database, BAR)
    return create_app(services)


def _connected(port: int, sent: bytes = b"", address: str = "127.0.0.1") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS, (address, 0))
    made.sendall(sent)
    return made


def _received(connection: socket.socket) -> bytes:
    """All that comes until the server closes it."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def _answers(port: int, address: str = "127.0.0.1") -> bool:
    where = ("127.0.0.1", port, PATIENCE_SECONDS)
    connection = http.client.HTTPConnection(*where, source_address=(address, 0))
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    return False


def _is_dropped(connection: socket.socket, drip: bytes = b"") -> bool:
    """Whether the server closes it, however slowly the client goes on."""
    connection.settimeout(0.1)
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            if drip:
                connection.sendall(drip)
            if connection.recv(4_096) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_a_head_must_come_in_time(start: Start, app: Any, sent: bytes) -> None:
    port = start(app, request_seconds=0.5)
    with _connected(port, sent) as connection:
        assert _is_dropped(connection, b"a" if sent else b"")


def test_the_next_head_must_come_in_time_too(start: Start, app: Any) -> None:
    port = start(app, request_seconds=0.5)
    with _connected(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert connection.recv(4_096).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert _is_dropped(connection)


def test_a_head_that_came_while_the_server_was_halted_is_in_time(app: Any) -> None:
    server = make_server(app, "127.0.0.1", 0, ServerLimits(request_seconds=0.2))

    async def scene() -> bytes:
        served = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.001)
        port = server.servers[0].sockets[0].getsockname()[1]
        with _connected(port) as client:
            while not server.server_state.connections:
                await asyncio.sleep(0)
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.3)  # halts the server, which runs in this thread
            answer = await asyncio.to_thread(client.recv, 4_096)
        server.should_exit = True
        await served
        return answer

    assert run_alone(scene()).startswith(b"HTTP/1.1 200")


def test_who_takes_nothing_of_an_answer_is_dropped(start: Start) -> None:
    endless = Endless()
    port = start(endless, request_seconds=0.5)
    with _connected(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert endless.over.wait(PATIENCE_SECONDS)
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(2**20):
                received += len(chunk)
    assert received < LARGE


def test_streams_outlive_the_deadline_for_answers_and_keep_nobody_waiting(
    start: Start, app: Any, services: Services
) -> None:
    """More of them than there are slots; they go on although nothing was to be taken for long."""
    port = start(app, request_seconds=1.0)
    stream = b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n"
    for pause in (1.2, 0.0):  # the second time: those who went have given their places back
        with contextlib.ExitStack() as stack:
            listening = [stack.enter_context(_connected(port, stream)) for _ in range(5)]
            for each in listening:
                _await(each, b"event: pending")
            with _connected(port, stream) as refused:
                assert refused.recv(4_096).startswith(b"HTTP/1.1 429")
            connection = http.client.HTTPConnection("127.0.0.1", port, PATIENCE_SECONDS)
            with contextlib.closing(connection):
                connection.request("GET", "/api/v1/units")
                assert connection.getresponse().status == 200
            time.sleep(pause)
            import_document(services.database, _unit())
            for each in listening:
                _await(each, b"event: changed")
        while app.state.feed._open:
            time.sleep(0.01)


def _await(connection: socket.socket, wanted: bytes) -> None:
    received = b""
    while wanted not in received:
        chunk = connection.recv(65_536)
        assert chunk, received
        received += chunk


def _unit() -> dict[str, Any]:
    return {"units": [{"name": f"Unit {time.monotonic_ns()}", "millilitres": 5.0}]}


def test_connections_are_bounded_in_all(start: Start, app: Any) -> None:
    port = start(app, connections=10)  # the proxy's address, 127.0.0.1, is trusted
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(_connected(port))
        assert not _answers(port)
    eventually(lambda: _answers(port))


def test_one_address_does_not_take_all_connections(start: Start, app: Any) -> None:
    port = start(app, connections=40, trusted="192.0.2.1")
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(_connected(port))
        assert not _answers(port)
        assert _answers(port, "127.0.0.2")


@pytest.mark.parametrize(
    ("trusted", "host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "10.0.0.1", False),
        ("10.0.0.0/8, ::1", "10.1.2.3", True),
        ("10.0.0.0/8, ::1", "::1", True),
        ("*", "192.0.2.1", True),
    ],
)
def test_proxies_are_named_by_address_or_network(trusted: str, host: str, expected: bool) -> None:
    assert ServerLimits(trusted=trusted).trusts(host) is expected


@pytest.mark.usefixtures("one_minute")
def test_the_clients_address_is_a_trusted_proxys_word(start: Start, services: Services) -> None:
    settings = services.settings.model_copy(update={"max_writes_per_minute": 1})
    limited = replace(services, settings=settings)

    def tries(port: int) -> list[int]:
        found = []
        for client in ("198.51.100.1", "198.51.100.1", "198.51.100.2"):
            connection = http.client.HTTPConnection("127.0.0.1", port, PATIENCE_SECONDS)
            with contextlib.closing(connection):
                connection.request(
                    "DELETE", "/api/v1/recipes/1", headers={"X-Forwarded-For": client}
                )
                found.append(connection.getresponse().status)
        return found

    assert tries(start(create_app(limited), trusted="127.0.0.1")) == [401, 429, 401]
    assert tries(start(create_app(limited), trusted="192.0.2.1")) == [401, 429, 429]


@pytest.mark.slow
def test_told_to_end_the_server_does_and_its_job_with_it(
    services: Services, settings_of_process: dict[str, str]
) -> None:
    """Although a body and an answer are unfinished and a job has just begun."""
    command = [sys.executable, "-c", "from cocktailspace.cli import main; main()"]
    port = free_port()
    bounds = {"SHUTDOWN_SECONDS": "10", "MAX_REQUEST_SECONDS": "600"}
    environment = settings_of_process | bounds | {"PORT": str(port)}
    with nothing_published(services.settings.artifacts_folder):
        server = subprocess.Popen([*command, "serve"], env=environment, stdout=subprocess.DEVNULL)
        try:
            eventually(lambda: server.poll() is not None or _answers(port))
            eventually(lambda: server.poll() is not None or bool(children_of(server.pid)))
            assert server.poll() is None
            job = Path(f"/proc/{children_of(server.pid)[0]}")
            head = b"POST /api/v1/analytics/place HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
            stream = b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n"
            with _connected(port, head), _connected(port, stream) as listening:
                _await(listening, b"data: ")
                server.send_signal(signal.SIGTERM)
                assert _received(listening).endswith(b"0\r\n\r\n")  # ended, and not cut off
                server.wait(PATIENCE_SECONDS)  # and not the ten minutes that the body may take
            eventually(lambda: not job.exists())
        finally:
            server.kill()
            server.wait()


@pytest.fixture
def settings_of_process(services: Services, tmp_path: Path) -> dict[str, str]:
    settings: Settings = services.settings
    return {
        **os.environ,
        **settings.environment(),
        "TOKENS_PATH": str(tmp_path / "tokens.json"),
        "ANALYTICS_DEBOUNCE_MINUTES": "0",
    }
