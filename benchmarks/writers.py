"""Writers at once, each a process of its own: SQLite beside PostgreSQL, both waiting for the disk.

`python -m benchmarks.writers [--writes 400]`. Every write makes a recipe of three lines.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import URL
from tests.postgres import new_postgres_database, postgres_programs, postgres_server

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import BusyError
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.models import IngredientDraft, LineDraft, RecipeDraft
from cocktailspace.catalogue.recipes import create_recipes
from cocktailspace.catalogue.sqlite import sqlite_url

WRITERS = (1, 4, 16)


def write(url: URL, number: int, writes: int, ready: Any, results: Any) -> None:
    """One writer: how long each of its writes took, in ms, and how many were told to try again."""
    with closing(Database(url)) as database:
        with database.reading():
            pass
        ready.wait()
        times, refused = [], 0
        for step in range(writes):
            lines = tuple(LineDraft(ingredient_id=each, amount=1.0) for each in (1, 2, 3))
            draft = RecipeDraft(name=f"{number} {step}", ingredients=lines)
            started = time.perf_counter()
            try:
                with database.transaction() as tx:
                    create_recipes(tx, [draft], [""])
            except BusyError:
                refused += 1
            else:
                times.append(1000 * (time.perf_counter() - started))
    results.put((times, refused))


def measure(url: URL, writers: int, writes: int) -> str:
    """A row of the table."""
    with closing(Database(url)) as database:
        migrate(database)
        with database.transaction() as tx:
            drafts = [IngredientDraft(name=f"I{each}") for each in range(3)]
            create_ingredients(tx, drafts, [""] * 3)
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(writers + 1), context.Queue()
    share = writes // writers
    children = [
        context.Process(target=write, args=(url, number, share, ready, results))
        for number in range(writers)
    ]
    for child in children:
        child.start()
    ready.wait()
    started = time.perf_counter()
    found = [results.get() for _ in children]
    seconds = time.perf_counter() - started
    for child in children:
        child.join()
    times = [each for some, _ in found for each in some]
    refused = sum(each for _, each in found)
    p99 = quantiles(times, n=100)[98]
    return (
        f"{len(times) / seconds:7.0f} writes/s  median {median(times):6.1f} ms  p99 {p99:7.1f} ms  "
        f"refused {refused}"
    )


@contextmanager
def places() -> Iterator[Any]:
    """How to make an empty database of each kind."""
    programs = postgres_programs()
    assert programs is not None
    with tempfile.TemporaryDirectory() as folder, postgres_server(programs, durable=True) as server:

        def sqlite() -> Any:
            made = Path(tempfile.mkdtemp(dir=folder)) / "catalogue.sqlite"

            @contextmanager
            def place() -> Iterator[URL]:
                yield sqlite_url(made)

            return place()

        yield {"SQLite": sqlite, "PostgreSQL": lambda: new_postgres_database(server.folder)}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=400)
    arguments = parser.parse_args()
    with places() as kinds:
        for writers in WRITERS:
            for kind, place in kinds.items():
                with place() as url:
                    row = measure(url, writers, arguments.writes)
                print(f"{writers:2} writers, {kind:10}: {row}", flush=True)


if __name__ == "__main__":
    main()
