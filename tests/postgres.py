"""A real PostgreSQL server for the tests, from Debian's packages, in a temporary folder."""

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL

from tests.waiting import PATIENCE_SECONDS, eventually

_UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_OWNER = "cocktailspace"

CONNECT_TIMEOUT = f"{PATIENCE_SECONDS:.0f}"
"""Of tests: on a starved machine a server takes longer to answer than users would wait."""

_PR_SET_PDEATHSIG = 1  # of Linux's prctl.h


def postgres_programs() -> Path | None:
    """The folder of the newest server's programs, or None where there is none."""
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(found, key=lambda path: int(path.parts[-3]), default=None)
    return newest and newest.parent


def unprivileged_user() -> str | None:
    """Who runs a database's programs, which refuse to run as root; None: the one who runs us."""
    return "postgres" if os.geteuid() == 0 else None


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder of that user's, until the context ends.

    It is not in TMPDIR, which may let nobody else in, or be too long: a socket's path has 107
    characters.
    """
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as made:
        if user := unprivileged_user():
            shutil.chown(made, user)
        yield Path(made)


class PostgresServer:
    """A server of one's own that can be killed and started again.

    folder: a `server_folder`.
    durable: whether it waits for the disk, as real ones do; most tests need no such thing.
    address: where it listens besides its socket. owner: its superuser.
    standby_of: the folder of the server that this one follows until it is promoted.
    """

    def __init__(
        self,
        programs: Path,
        folder: Path,
        *,
        durable: bool = False,
        address: str = "",
        port: int = 5432,
        owner: str = _OWNER,
        standby_of: Path | None = None,
    ) -> None:
        self.programs, self.folder = programs, folder
        self.data, self.log = folder / "data", folder / "log"
        settings = [f"listen_addresses={address}", f"unix_socket_directories={folder}"]
        settings += [f"port={port}"]
        settings += [] if durable else _UNSAFE_BUT_FAST
        self._options = [word for setting in settings for word in ("-c", setting)]
        self._user = unprivileged_user()
        if standby_of:
            source = f"host={standby_of} user={owner} application_name=standby"
            self._options += ["-c", f"primary_conninfo={source}"]
        self._port, self._owner, self._standby_of = port, owner, standby_of
        self._server: subprocess.Popen[bytes] | None = None

    def initialise(self) -> None:
        """Make the folder of its data.

        Text is sorted by a language's rules, as on most machines: what relies on SQLite's order
        fails.
        """
        if self._standby_of:
            source = [self.programs / "pg_basebackup", "-h", self._standby_of, "-U", self._owner]
            source += ["-D", self.data, "-R", "--checkpoint=fast", "--no-sync"]
            subprocess.run(source, user=self._user, cwd=self.folder, check=True)
            return
        command = [self.programs / "initdb", "-D", self.data, "--no-sync", "-A", "trust"]
        command += ["-U", self._owner, "--encoding=UTF8", "--locale=C.UTF-8"]
        command += ["--locale-provider=icu", "--icu-locale=en"]
        subprocess.run(
            command, user=self._user, cwd=self.folder, check=True, stdout=subprocess.DEVNULL
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        # It also ends where these tests are killed: with the thread, though, that has started it.
        in_main = threading.current_thread() is threading.main_thread()
        with self.log.open("ab") as output:
            self._server = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, *self._options],
                user=self._user,
                cwd=self.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent if in_main else None,  # noqa: PLW1509
            )
        where = {"host": str(self.folder), "port": self._port, "user": self._owner}
        eventually(lambda: self._answers(where), lambda: f"it is silent:\n{self.log.read_text()}")

    def _answers(self, where: dict[str, Any]) -> bool:
        assert self._server is not None
        if self._server.poll() is not None:
            raise RuntimeError(f"PostgreSQL does not start:\n{self.log.read_text()}")
        try:
            psycopg.connect(**where, dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def pid(self) -> int:
        """The process that all its others are children of."""
        assert self._server is not None
        return self._server.pid

    def kill(self) -> None:
        """End it and all its processes with SIGKILL."""
        assert self._server is not None
        pid = self.pid
        self._server.send_signal(signal.SIGSTOP)  # it may be about to start another one
        os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self._server.wait(PATIENCE_SECONDS)
        # They share memory, which the next one would refuse.
        eventually(lambda: not any(map(_lives, children)))

    def stop(self) -> None:
        """End it at once: nothing of it is needed any more."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(PATIENCE_SECONDS)


@contextmanager
def postgres_server(programs: Path, *, durable: bool = False) -> Iterator[PostgresServer]:
    """Run a server until the context ends; it listens on a socket in its folder, nowhere else."""
    with server_folder() as folder:
        server = PostgresServer(programs, folder, durable=durable)
        try:
            server.initialise()
            server.start()
            yield server
        finally:
            server.stop()


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end_with_parent() -> None:
    """Have this process end when the thread ends that has started it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


@contextmanager
def new_postgres_database(folder: Path, *, template: str = "template0") -> Iterator[URL]:
    """A database of one's own on that server: an empty one, or a copy of another."""
    name = f"test-{secrets.token_hex(8)}"
    _administer(folder, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        query = {"host": str(folder), "connect_timeout": CONNECT_TIMEOUT}
        yield URL.create("postgresql+psycopg", username=_OWNER, database=name, query=query)
    finally:
        _administer(folder, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(folder: Path, statement: str) -> None:
    where = {"host": str(folder), "user": _OWNER, "dbname": "postgres"}
    with psycopg.connect(**where, autocommit=True) as connection:
        execute(connection, statement.encode())


def execute(connection: psycopg.Connection[Any], statement: bytes | sql.Composed | sql.SQL) -> None:
    """Carry it out, once nobody uses any more what it copies or drops: the server itself waits 5 s
    for processes of its own whose clients have gone.
    """

    def done() -> bool:
        try:
            connection.execute(statement)
        except psycopg.errors.ObjectInUse:
            return False
        return True

    eventually(done)
