"""A real PostgreSQL server for the tests, from Debian's packages, in a temporary folder."""

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL

_UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_OWNER = "cocktailspace"
_START_SECONDS = 60
_PR_SET_PDEATHSIG = 1  # of Linux's prctl.h


def postgres_programs() -> Path | None:
    """The folder of the newest server's programs, or None where there is none."""
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(found, key=lambda path: int(path.parts[-3]), default=None)
    return newest and newest.parent


@contextmanager
def postgres_server(programs: Path) -> Iterator[Path]:
    """Run a server until the context ends; yields the folder of its socket, and listens nowhere
    else.

    Text is sorted by a language's rules, as on most machines: what relies on SQLite's order fails.
    """
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has 107 characters
    try:
        if user:
            shutil.chown(folder, user)
        data, log = folder / "data", folder / "log"
        locale = ("--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8")
        _initialise = [programs / "initdb", "-D", data, "--no-sync", "-A", "trust", "-U", _OWNER]
        subprocess.run(
            [*_initialise, *locale], user=user, cwd=folder, check=True, capture_output=True
        )
        settings = ("listen_addresses=", f"unix_socket_directories={folder}", *_UNSAFE_BUT_FAST)
        options = [word for setting in settings for word in ("-c", setting)]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *options],
                user=user,
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - also where these tests are killed
            )
        try:
            _wait_until_it_answers(server, folder, log)
            yield folder
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is needed any more
            server.wait(_START_SECONDS)
    finally:
        shutil.rmtree(folder)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _wait_until_it_answers(server: "subprocess.Popen[bytes]", folder: Path, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder), user=_OWNER, dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return


@contextmanager
def new_postgres_database(folder: Path, *, template: str = "template0") -> Iterator[URL]:
    """A database of one's own on that server: an empty one, or a copy of another."""
    name = f"test-{secrets.token_hex(8)}"
    _administer(folder, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield URL.create(
            "postgresql+psycopg", username=_OWNER, database=name, query={"host": str(folder)}
        )
    finally:
        _administer(folder, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(folder: Path, statement: str) -> None:
    where = {"host": str(folder), "user": _OWNER, "dbname": "postgres"}
    with psycopg.connect(**where, autocommit=True) as connection:
        connection.execute(statement.encode())
