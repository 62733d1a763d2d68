"""A real server in a process of its own, as a person would start it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

API = "/api/v1"
_SECONDS = 60.0
COMMAND = [sys.executable, "-c", "from cocktailspace.cli import main; main()"]


@dataclass
class Server:
    """Where it listens, and a token of somebody who may write there."""

    address: str
    folder: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]
    token: str

    def get(self, path: str) -> Any:
        """An answer of the API, parsed."""
        return self.send("GET", path)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request with the token; HTTPError for anything but success."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self.address}{API}{path}", data, sent | headers, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def wait_until_published(self) -> None:
        """Until the map is there and up to date."""
        _until(lambda: self.get("/refresh")["state"] == "fresh", "the map was not published")


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Server]:
    """A server over the catalogue in `folder`, which it makes where there is none."""
    port = _free_port()
    environment = {
        **os.environ,
        "DB_PATH": str(folder / "catalogue.sqlite"),
        "ANALYTICS_PATH": str(folder / "artifacts"),
        "TOKENS_PATH": str(folder / "tokens.json"),
        "PORT": str(port),
        **settings,
    }
    token = run("token", "new", "tests", "--role", "admin", environment=environment).split()[-1]
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen([*COMMAND, "serve"], env=environment, stdout=log, stderr=log)
    server = Server(f"http://127.0.0.1:{port}", folder, environment, process, token)
    try:
        _until(lambda: _answers(server), f"the server did not start; see {folder}/server.log")
        yield server
    finally:
        process.terminate()
        process.wait(15)
        log.close()


def run(*arguments: str, environment: Mapping[str, str]) -> str:
    """A command of ours; its output."""
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def _answers(server: Server) -> bool:
    if server.process.poll() is not None:
        raise RuntimeError((server.folder / "server.log").read_text())
    try:
        urllib.request.urlopen(f"{server.address}/healthz", timeout=5).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(done: Any, complaint: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(complaint)
        time.sleep(0.1)
