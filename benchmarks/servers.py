"""Servers under the same application: `python -m benchmarks.servers [--seconds 5]`.

What each does with clients that are slow or many, at its strictest settings, and how fast it is.
Needs the servers that are compared: `pip install granian hypercorn httptools`.
"""

import argparse
import asyncio
import contextlib
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.ports import free_port

PATIENCE = 25.0
CHUNK = 64 * 1024
LARGE_CHUNKS = 160  # 10 MB


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """`/`: a small answer; `/large`: 10 MB in chunks; `/hang`: never ends."""
    if scope["type"] == "lifespan":
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
    if scope["path"] == "/hang":
        await asyncio.sleep(3600)
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] == "/large":
        for _ in range(LARGE_CHUNKS):
            await send({"type": "http.response.body", "body": bytes(CHUNK), "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "http.response.body", "body": b"x" * 1_000})


COMMANDS = {
    "uvicorn, h11": "uvicorn benchmarks.servers:application --http h11 --port {port} "
    "--log-level warning --limit-concurrency 100 --timeout-graceful-shutdown 3",
    "uvicorn, httptools": "uvicorn benchmarks.servers:application --http httptools --port {port} "
    "--log-level warning --limit-concurrency 100 --timeout-graceful-shutdown 3",
    "hypercorn": "hypercorn benchmarks.servers:application --bind 127.0.0.1:{port} "
    "--keep-alive 5 --read-timeout 5 --graceful-timeout 3 --log-level warning",
    "granian": "granian --interface asgi benchmarks.servers:application --port {port} "
    "--log-level warning --backpressure 100 --http1-header-read-timeout 5000 "
    "--workers-kill-timeout 3",
    "cocktailspace serve": "",  # with its own bounds, over the same application
}


class Server:
    """One of them, as a process."""

    def __init__(self, name: str) -> None:
        self.port = free_port()
        command = COMMANDS[name].format(port=self.port).split()
        environment = {**os.environ, "PORT": str(self.port)}
        if not command:
            command = ["benchmarks.servers", "--serve"]
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.child = subprocess.Popen(
            [sys.executable, "-m", *command], env=environment, stderr=self.log, stdout=self.log
        )
        while self.child.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.get("/")
                return
            time.sleep(0.05)
        self.log.seek(0)
        raise SystemExit(self.log.read().decode())

    def get(self, path: str) -> bytes:
        """An answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path)
        body = connection.getresponse().read()
        connection.close()
        return body

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection on which something was sent."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        made.sendall(sent)
        return made

    def memory_mb(self) -> float:
        """Of the process and its children."""
        total, pids = 0.0, [self.child.pid]
        while pids:
            pid = pids.pop()
            status = Path(f"/proc/{pid}/status").read_text()
            total += int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            pids.extend(map(int, children))
        return total

    def end(self) -> float:
        """Seconds that it takes to end when told to; 99 when it had to be killed."""
        began = time.monotonic()
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            return 99.0
        return time.monotonic() - began


@contextlib.contextmanager
def running(name: str) -> Iterator[Server]:
    """A server for one measure."""
    server = Server(name)
    try:
        yield server
    finally:
        if server.child.poll() is None:
            server.end()
        server.log.close()


def seconds_until_closed(connection: socket.socket, drip: bytes = b"") -> float:
    """How long the server puts up with a client that sends a byte a second, or nothing."""
    began = time.monotonic()
    connection.settimeout(1.0)
    while time.monotonic() - began < PATIENCE:
        try:
            if drip:
                connection.sendall(drip)
            if connection.recv(4096) == b"":
                return time.monotonic() - began
        except TimeoutError:
            continue
        except OSError:
            return time.monotonic() - began
    return 99.0


def speed(server: Server, seconds: float) -> tuple[float, float]:
    """Answers a second over 8 connections that are kept, and the 99th percentile in ms."""
    times: list[float] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        end = time.monotonic() + seconds
        while (began := time.monotonic()) < end:
            connection.request("GET", "/")
            connection.getresponse().read()
            times.append(time.monotonic() - began)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / seconds, 1000 * statistics.quantiles(times, n=100)[98]


def measured(name: str, seconds: float) -> dict[str, str]:
    """A row of the table."""
    row = {"server": name}
    with running(name) as server:
        row["MB at rest"] = f"{server.memory_mb():.0f}"
        rate, p99 = speed(server, seconds)
        row["answers/s"], row["p99 ms"] = f"{rate:.0f}", f"{p99:.1f}"
        row["nothing sent"] = closed(seconds_until_closed(server.connect()))
        head = server.connect(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
        row["head a byte a second"] = closed(seconds_until_closed(head, b"a"))
    with running(name) as server:
        before = server.memory_mb()
        readers = [server.connect(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(50)]
        time.sleep(3)
        row["MB for 50 slow readers of 10 MB"] = f"{server.memory_mb() - before:.0f}"
        for reader in readers:
            reader.close()
    with running(name) as server:
        idle = [server.connect() for _ in range(300)]
        time.sleep(1)
        open_files = len(os.listdir(f"/proc/{_worker(server.child.pid)}/fd"))
        row["open files at 300 connections"] = str(open_files)
        for each in idle:
            each.close()
    with running(name) as server:
        hanging = server.connect(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.5)
        row["s to end, one unfinished"] = f"{server.end():.1f}"
        hanging.close()
    return row


def closed(seconds: float) -> str:
    """In words."""
    return "never closed" if seconds == 99.0 else f"closed after {seconds:.0f} s"


def _worker(pid: int) -> int:
    """The process that holds the connections."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return max((pid, *map(int, children)), key=lambda each: len(os.listdir(f"/proc/{each}/fd")))


def serve() -> None:
    """The application under our own server's bounds."""
    from cocktailspace.api.server import ServerLimits, run  # noqa: PLC0415

    bounds = ServerLimits(connections=100, request_seconds=5.0, shutdown_seconds=5.0)
    run(application, "127.0.0.1", int(os.environ["PORT"]), bounds)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", default=list(COMMANDS))
    arguments = parser.parse_args()
    if arguments.serve:
        serve()
        return
    rows = [measured(name, arguments.seconds) for name in arguments.names]
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(row.values()) + " |")


if __name__ == "__main__":
    main()
