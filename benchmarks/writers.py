"""Writers at once, each a process of its own: SQLite beside PostgreSQL, both waiting for the disk.

`python -m benchmarks.writers [--writes 400] [--round-trip MS]`. Every write makes a recipe of three
lines, as a request does. With --round-trip (root, Linux) a network of so many milliseconds lies
between writers and PostgreSQL: a network namespace with a delay.
"""

import argparse
import ctypes
import multiprocessing
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

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

SPACE, HOST, GUEST = "cswriters", "10.77.25.1", "10.77.25.2"
_CLONE_NEWNET = 0x40000000  # of Linux's sched.h

Place = Callable[[], AbstractContextManager[URL]]


@dataclass(frozen=True, slots=True)
class Told:
    """What one writer found: ms of each write, how many were refused, its processor seconds."""

    times: list[float]
    refused: int
    processor: float


def write_one(database: Database, draft: RecipeDraft) -> None:
    """As `POST /recipes` does."""
    with database.transaction(claims_of(draft, None)) as tx:
        refuse_alike(tx.connection, recipes, [draft.name], [""], [None])
        [made] = create_recipes(tx, [draft], [""])
        get_recipe(tx.connection, made)


def write(url: URL, space: str, number: int, writes: int, ready: Any, results: Any) -> None:
    """One writer, in a network namespace if one is named."""
    if space:
        with open(f"/run/netns/{space}") as file:
            assert ctypes.CDLL(None).setns(file.fileno(), _CLONE_NEWNET) == 0
    with closing(Database(url)) as database:
        with database.reading():
            pass
        ready.wait()
        before, times, refused = time.process_time(), [], 0
        for step in range(writes):
            lines = tuple(LineDraft(ingredient_id=each, amount=1.0) for each in (1, 2, 3))
            started = time.perf_counter()
            try:
                write_one(database, RecipeDraft(name=f"{number} {step}", ingredients=lines))
            except BusyError:
                refused += 1
            else:
                times.append(1000 * (time.perf_counter() - started))
    results.put(Told(times, refused, time.process_time() - before))


def measure(url: URL, space: str, writers: int, writes: int, server: Callable[[], float]) -> str:
    """A row of the table. server: its processor seconds so far."""
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(writers + 1), context.Queue()
    children = [
        context.Process(target=write, args=(url, space, number, writes // writers, ready, results))
        for number in range(writers)
    ]
    for child in children:
        child.start()
    ready.wait()
    started, before = time.perf_counter(), server()
    found: list[Told] = [results.get() for _ in children]
    seconds, used = time.perf_counter() - started, server() - before
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


def flush_ms(folder: Path) -> float:
    """How long the disk takes to write 8 KiB for good."""
    with (folder / "flushed").open("wb") as file:
        times = []
        for _ in range(50):
            file.seek(0)
            file.write(os.urandom(8192))
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(1000 * (time.perf_counter() - started))
    return median(times)


@contextmanager
def delayed_network(milliseconds: float) -> Iterator[None]:
    """A namespace, to and from which each packet takes half of it."""

    def run(command: str) -> None:
        subprocess.run(command.split(), check=True, capture_output=True)

    with ExitStack() as stack:
        run(f"ip netns add {SPACE}")
        stack.callback(run, f"ip netns del {SPACE}")
        run("ip link add vcsw type veth peer name wcsw")
        run(f"ip link set wcsw netns {SPACE}")
        run(f"ip addr add {HOST}/24 dev vcsw")
        run("ip link set vcsw up")
        run(f"ip -n {SPACE} addr add {GUEST}/24 dev wcsw")
        run(f"ip -n {SPACE} link set wcsw up")
        delay = f"root netem delay {1000 * milliseconds / 2:.0f}us"
        run(f"tc qdisc add dev vcsw {delay}")
        run(f"ip netns exec {SPACE} tc qdisc add dev wcsw {delay}")
        yield


@contextmanager
def places(round_trip: float) -> Iterator[tuple[PostgresServer, str, dict[str, Place]]]:
    """The server, the namespace of its clients, and how to make an empty database of each kind."""
    programs = postgres_programs()
    assert programs is not None
    with ExitStack() as stack:
        if round_trip:
            stack.enter_context(delayed_network(round_trip))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = HOST if round_trip else ""
        server = stack.enter_context(postgres_server(programs, durable=True, address=address))

        @contextmanager
        def sqlite() -> Iterator[URL]:
            yield sqlite_url(Path(tempfile.mkdtemp(dir=folder)) / "catalogue.sqlite")

        def postgres() -> AbstractContextManager[URL]:
            return new_postgres_database(server.folder)

        print(f"the disk takes {flush_ms(folder):.1f} ms to write 8 KiB for good")
        kinds: dict[str, Place] = {"PostgreSQL": postgres}
        yield (
            server,
            SPACE if round_trip else "",
            kinds
            if round_trip
            else {
                "SQLite": sqlite,
                **kinds,
            },
        )


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=400)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--round-trip", type=float, default=0.0, metavar="MS")
    arguments = parser.parse_args()
    with places(arguments.round_trip) as (server, space, kinds):
        for writers in arguments.writers:
            for kind, place in kinds.items():
                with place() as url:
                    prepare(url)
                    asked = url.set(query={"host": HOST}) if space else url
                    used = lambda: processor_seconds(server)  # noqa: E731
                    row = measure(asked, space, writers, arguments.writes, used)
                print(f"{writers:2} writers, {kind:10}: {row}", flush=True)


if __name__ == "__main__":
    main()
