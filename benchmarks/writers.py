"""Writers at once, each a process of its own: SQLite beside PostgreSQL, both waiting for the disk.

`python -m benchmarks.writers [--writes 400] [--round-trip MS]`. Every write makes a recipe of three
lines, as a request does. With --round-trip, PostgreSQL is so many milliseconds away from its
writers: a relay between them holds each message up. --alone: each writer is the only one, as who
changes ingredients is. --server-first (root): the server's processes go before all others, as they
do on a machine of their own; without it, one that holds a lock waits for a processor, too.
"""

import argparse
import multiprocessing
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg
from sqlalchemy import URL
from tests.postgres import (
    PostgresServer,
    new_postgres_database,
    postgres_programs,
    postgres_server,
)

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import BusyError
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.lookup import refuse_alike
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.models import IngredientDraft, LineDraft, RecipeDraft
from cocktailspace.catalogue.recipes import claims_of, create_recipes, get_recipe
from cocktailspace.catalogue.schema import recipes
from cocktailspace.catalogue.sqlite import sqlite_url

Place = Callable[[], AbstractContextManager[URL]]


@dataclass(frozen=True, slots=True)
class Told:
    """What one writer found: ms of each write, how many were refused, its processor seconds."""

    times: list[float]
    refused: int
    processor: float


def write_one(database: Database, name: str, *, alone: bool) -> None:
    """As `POST /recipes` does."""
    lines = tuple(LineDraft(ingredient_id=each, amount=1.0) for each in (1, 2, 3))
    draft = RecipeDraft(name=name, ingredients=lines)
    with database.transaction(() if alone else claims_of(draft, None)) as tx:
        refuse_alike(tx.connection, recipes, [draft.name], [""], [None])
        [made] = create_recipes(tx, [draft], [""])
        get_recipe(tx.connection, made)


def write(url: URL, number: int, writes: int, alone: bool, ready: Any, results: Any) -> None:
    """One writer, warmed up before it is measured."""
    with closing(Database(url)) as database:
        for step in range(3):
            with suppress(BusyError):
                write_one(database, f"{number} warm {step}", alone=alone)
        ready.wait()
        before, times, refused = time.process_time(), [], 0
        for step in range(writes):
            started = time.perf_counter()
            try:
                write_one(database, f"{number} {step}", alone=alone)
            except BusyError:
                refused += 1
            else:
                times.append(1000 * (time.perf_counter() - started))
        told = Told(times, refused, time.process_time() - before)
        ready.wait()  # what is closed and ended takes time from nobody who still writes
    results.put(told)


def measure(
    url: URL, writers: int, writes: int, server: Callable[[], float], *, alone: bool
) -> str:
    """A row of the table. server: its processor seconds so far."""
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(writers + 1), context.Queue()
    children = [
        context.Process(target=write, args=(url, number, writes // writers, alone, ready, results))
        for number in range(writers)
    ]
    for child in children:
        child.start()
    ready.wait()
    started, before = time.perf_counter(), server()
    ready.wait()
    seconds, used = time.perf_counter() - started, server() - before
    found: list[Told] = [results.get() for _ in children]
    for child in children:
        child.join()
    times = [each for told in found for each in told.times]
    done = len(times)
    refused = sum(told.refused for told in found)
    client = sum(told.processor for told in found)
    return (
        f"{done / seconds:5.0f} writes/s  median {median(times):6.1f} ms  "
        f"p99 {quantiles(times, n=100)[98]:7.1f} ms  refused {refused}  processor ms a write: "
        f"client {1000 * client / done:.1f}, server {1000 * used / done:.1f}"
    )


def prepare(url: URL) -> None:
    """A catalogue with three ingredients."""
    with closing(Database(url)) as database:
        migrate(database)
        with database.transaction() as tx:
            drafts = [IngredientDraft(name=f"I{each}") for each in range(3)]
            create_ingredients(tx, drafts, [""] * 3)


def processor_seconds(server: PostgresServer) -> float:
    """Of the server's processes, of those that have ended, too."""
    ticks = 0
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = each.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if server.pid in (int(values[1]), int(each.parent.name)):
            ticks += int(values[11]) + int(values[12])
        if int(each.parent.name) == server.pid:
            ticks += int(values[13]) + int(values[14])
    return ticks / os.sysconf("SC_CLK_TCK")


def flushes(server: PostgresServer) -> tuple[int, float]:
    """How often the server has waited for the disk, and for how many ms in all."""
    with psycopg.connect(host=str(server.folder), user="cocktailspace", dbname="postgres") as asked:
        row = asked.execute("SELECT wal_sync, wal_sync_time FROM pg_stat_wal").fetchone()
    assert row is not None
    return int(row[0]), float(row[1])


def on_server(server: PostgresServer, run: Callable[[], str]) -> str:
    """A row, and what the server did meanwhile."""
    with psycopg.connect(
        host=str(server.folder), user="cocktailspace", dbname="postgres", autocommit=True
    ) as asked:
        asked.execute("ALTER SYSTEM SET track_wal_io_timing = on")
        asked.execute("SELECT pg_reload_conf()")
    count, total = flushes(server)
    row = run()
    count_after, total_after = flushes(server)
    each = (total_after - total) / max(1, count_after - count)
    return f"{row}, {each:.1f} ms for each of {count_after - count} waits for the disk"


def carry(here: socket.socket, there: socket.socket, seconds: float) -> None:
    """Carry what comes from here to there, each message so much later."""
    with suppress(OSError):
        while message := here.recv(1 << 16):
            time.sleep(seconds)
            there.sendall(message)
    for each in (here, there):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def relay(listening: socket.socket, address: str, seconds: float) -> None:
    """Stand between clients and a server's socket, as a network that takes so long each way."""
    while True:
        client, _ = listening.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = socket.socket(socket.AF_UNIX)
        server.connect(address)
        for ends in ((client, server), (server, client)):
            threading.Thread(target=carry, args=(*ends, seconds), daemon=True).start()


@contextmanager
def network(server: PostgresServer, milliseconds: float) -> Iterator[int]:
    """The port at which the server is that far away."""
    address = f"{server.folder}/.s.PGSQL.5432"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        arguments = (listening, address, milliseconds / 2_000)
        process = multiprocessing.get_context("fork").Process(target=relay, args=arguments)
        process.start()
        yield listening.getsockname()[1]
        process.kill()
        process.join()


@contextmanager
def places(round_trip: float) -> Iterator[tuple[PostgresServer, dict[str, Place]]]:
    """The server, and how to make an empty database of each kind."""
    programs = postgres_programs()
    assert programs is not None
    with tempfile.TemporaryDirectory() as made, postgres_server(programs, durable=True) as server:
        folder = Path(made)

        @contextmanager
        def sqlite() -> Iterator[URL]:
            yield sqlite_url(Path(tempfile.mkdtemp(dir=folder)) / "catalogue.sqlite")

        @contextmanager
        def postgres() -> Iterator[URL]:
            with new_postgres_database(server.folder) as url, ExitStack() as stack:
                if round_trip:
                    port = stack.enter_context(network(server, round_trip))
                    yield url.set(query={}, host="127.0.0.1", port=port)
                else:
                    yield url

        kinds: dict[str, Place] = {} if round_trip else {"SQLite": sqlite}
        yield server, kinds | {"PostgreSQL": postgres}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=400)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--round-trip", type=float, default=0.0, metavar="MS")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--server-first", action="store_true")
    arguments = parser.parse_args()
    with places(arguments.round_trip) as (server, kinds):
        if arguments.server_first:
            os.sched_setscheduler(server.pid, os.SCHED_RR, os.sched_param(2))
        for writers in arguments.writers:
            for kind, place in kinds.items():
                with place() as url:
                    prepare(url)
                    used = partial(processor_seconds, server)
                    run = partial(
                        measure, url, writers, arguments.writes, used, alone=arguments.alone
                    )
                    row = run() if url.get_backend_name() == "sqlite" else on_server(server, run)
                print(f"{writers:2} writers, {kind:10}: {row}", flush=True)


if __name__ == "__main__":
    main()
