"""A real server in a process of its own, as a person would start it."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cocktailspace.api.auth.identity import Role
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import import_file, starter_file
from cocktailspace.times import utc_now
from tests.ports import free_port
from tests.waiting import PATIENCE_SECONDS, eventually

API = "/api/v1"
NEVER = "600"  # minutes: a refresh comes only when it is asked for
COMMAND = [sys.executable, "-c", "from cocktailspace.cli import main; main()"]
LATE = [sys.executable, "-m", "tests.elsewhere.late_answers"]


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
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.loads(answer.read() or "null")

    def wait_until_published(self) -> None:
        """Until the map is there and up to date."""
        eventually(lambda: self.get("/refresh")["state"] == "fresh")


@contextmanager
def running(folder: Path, *, port: int | None = None, **settings: str) -> Iterator[Server]:
    """A server over the catalogue in `folder`, which it makes where there is none."""
    port = port or free_port()
    environment = {**_places(folder), "PORT": str(port), **settings}
    token = TokenFile(folder / "tokens.json", utc_now).create("tests", Role.ADMIN)
    log = (folder / "server.log").open("wb")
    command = LATE if "LATE_ANSWERS" in os.environ else COMMAND
    process = subprocess.Popen([*command, "serve"], env=environment, stdout=log, stderr=log)
    server = Server(f"http://127.0.0.1:{port}", folder, environment, process, token)
    try:
        eventually(lambda: _answers(server))
        yield server
    finally:
        _stop(process)
        log.close()


def publish_starter(folder: Path) -> None:
    """The starter catalogue with its maps in `folder`; once, whichever process comes first."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "done").exists():
            return
        database = Database(sqlite_url(folder / "catalogue.sqlite"))
        migrate(database)
        with database.transaction() as tx:
            import_file(tx, starter_file())
        database.close()
        run("refresh", environment=_places(folder))
        (folder / "done").touch()


def copy_published(source: Path, folder: Path) -> None:
    """A catalogue and its published results, for a server of its own."""
    for name in source.iterdir():
        if name.name.startswith("catalogue.sqlite"):
            shutil.copy(name, folder / name.name)
    shutil.copytree(source / "artifacts", folder / "artifacts")


def run(*arguments: str, environment: Mapping[str, str]) -> str:
    """A command of ours; its output."""
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _places(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DB_PATH": str(folder / "catalogue.sqlite"),
        "ANALYTICS_PATH": str(folder / "artifacts"),
        "TOKENS_PATH": str(folder / "tokens.json"),
    }


def _answers(server: Server) -> bool:
    if server.process.poll() is not None:
        raise RuntimeError((server.folder / "server.log").read_text())
    try:
        urllib.request.urlopen(f"{server.address}/healthz", timeout=30).close()
    except OSError:
        return False
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
