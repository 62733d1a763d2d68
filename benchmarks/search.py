"""How long searches take: `python -m benchmarks.search [--recipes N] [--folder F] [--postgres]`.

Makes up a catalogue whose recipes have all that is searched (names, lines, instructions, glass,
method, tags), builds the index, and searches with words as people write them, filters, counts and
later pages, without loading the recipes found; then with them, as requests do. --folder keeps the
catalogue for the next time. --postgres measures the same on PostgreSQL, too.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.postgres import new_postgres_database, postgres_programs, postgres_server

from benchmarks.catalogues import real_catalogue_path
from benchmarks.growth import made_up
from cocktailspace.catalogue.copying import copied_catalogue
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import (
    get_ingredient,
    list_ingredients,
    replace_ingredients,
)
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.models import IngredientDraft, RecipeDraft
from cocktailspace.catalogue.recipes import get_recipe, load_recipes, replace_recipes
from cocktailspace.catalogue.search import RecipeQuery, SearchIndex, Snapshot
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import import_file, parse_file

GLASSES = ["Coupe", "Old Fashioned", "Highball", "Nick & Nora", "Tiki Mug", "Flute"]
METHODS = ["Shake", "Stir", "Build", "Blend"]
TAGS = ["bitter", "classic", "tiki", "sour", "spritz", "after dinner", "winter", "summer"]
SEARCHES, PAGES = 2_000, 500


def document(count: int, rng: random.Random) -> dict[str, Any]:
    """A made-up catalogue; instructions are sentences of the real one, or made of its words."""
    made = made_up(count)
    real = json.loads(real_catalogue_path().read_text())["recipes"]
    said = [each["instructions"] for each in real if each.get("instructions")]
    said = said or [" ".join(rng.choices(real[i]["name"].split(), k=25)) for i in range(500)]
    for recipe in made["recipes"]:
        recipe["instructions"] = rng.choice(said)
        recipe["glass"], recipe["method"] = rng.choice(GLASSES), rng.choice(METHODS)
        recipe["tags"] = rng.sample(TAGS, rng.randrange(4))
    for number, ingredient in enumerate(made["ingredients"]):
        ingredient["strength"] = float(rng.choice([0, 0, 15, 20, 40]))
        ingredient["contains"] = ["egg"] if number % 40 == 0 else []
    return made | {"format": "catalogue/2"}


def asked(words: list[str], ids: list[int], rng: random.Random) -> RecipeQuery:
    """What somebody may search for."""
    some = [_written(rng.choice(words), rng) for _ in range(rng.randrange(4))]
    some += rng.sample([*TAGS, *GLASSES, "stir", "ice"], rng.randrange(3))

    def maybe(value: Any, otherwise: Any) -> Any:
        return value if rng.random() < 0.3 else otherwise

    return RecipeQuery(
        q=" ".join(some),
        ingredient=maybe(rng.sample(ids, rng.randint(1, 2)), []),
        without=maybe([rng.choice(ids)], []),
        glass=maybe(rng.choice(GLASSES), None),
        tag=maybe([rng.choice(TAGS)], []),
        alcohol_free=maybe(False, None),
        free_of=maybe(("egg",), ()),
        max_ingredients=maybe(rng.randint(3, 6), None),
        max_strength=maybe(25.0, None),
    )


def _written(word: str, rng: random.Random) -> str:
    """Whole, only its beginning, or with a letter missing or swapped."""
    at = rng.randrange(max(1, len(word) - 1))
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return rng.choice([word, word, word[: at + 1], word[:at] + word[at + 1 :], swapped])


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long something took."""
    started = time.perf_counter()
    yield
    print(f"{what}: {1000 * (time.perf_counter() - started):,.0f} ms", flush=True)


def memory_mb() -> float:
    """What this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def measure(snapshot: Snapshot, words: list[str], ids: list[int], rng: random.Random) -> None:
    """Search, and go on to a second page where there is one."""
    times = []
    slowest: tuple[float, RecipeQuery | None] = (0.0, None)
    for _ in range(SEARCHES):
        query, after = asked(words, ids, rng), None
        for _ in range(2):
            started = time.perf_counter()
            after = snapshot.search(query, after=after).next_after
            times.append(1000 * (time.perf_counter() - started))
            slowest = max(slowest, (times[-1], query), key=lambda each: each[0])
            if after is None:
                break
    cuts = statistics.quantiles(times, n=1000)
    print(f"{len(times)} pages of {SEARCHES} searches, in ms:")
    print(f"median {cuts[499]:.1f}, p95 {cuts[949]:.1f}, p99 {cuts[989]:.1f}, max {max(times):.1f}")
    print(f"slowest: {slowest[1]}", flush=True)


def measure_pages(
    database: Database, index: SearchIndex, words: list[str], ids: list[int], rng: random.Random
) -> None:
    """Answer searches as requests do, the recipes of each page read from the database."""
    times, processor = [], time.process_time()
    for _ in range(PAGES):
        query = asked(words, ids, rng)
        started = time.perf_counter()
        with database.reading() as connection:
            found = index.snapshot(connection).search(query)
            load_recipes(connection, found.ids)
        times.append(1000 * (time.perf_counter() - started))
    processor = 1000 * (time.process_time() - processor) / PAGES
    cuts = statistics.quantiles(times, n=100)
    print(
        f"{PAGES} pages with their recipes, in ms: median {cuts[49]:.1f}, p95 {cuts[94]:.1f}, "
        f"p99 {cuts[98]:.1f}; processor time here {processor:.1f}",
        flush=True,
    )


def edit(database: Database, index: SearchIndex, change: Callable[[Any], None], what: str) -> None:
    """How long the first reader after a change waits for the index."""
    times = []
    for _ in range(7):
        with database.transaction() as tx:
            change(tx)
        with database.reading() as connection:
            started = time.perf_counter()
            index.snapshot(connection)
            times.append(1000 * (time.perf_counter() - started))
    print(f"after {what}: {statistics.median(times):.0f} ms", flush=True)


def renamed_recipe(tx: Any) -> None:
    """Change a recipe."""
    draft = as_draft(get_recipe(tx.connection, 7), RecipeDraft)
    replace_recipes(tx, {7: draft.model_copy(update={"name": f"Bench {time.time_ns()}"})}, [""])


def renamed_ingredient(tx: Any) -> None:
    """Change an ingredient."""
    draft = as_draft(get_ingredient(tx.connection, 1), IngredientDraft)
    changed = {"aliases": (f"Bench {time.time_ns()}",)}
    replace_ingredients(tx, {1: draft.model_copy(update=changed)}, [""])


def measure_database(database: Database, count: int) -> None:
    """Build the index, search, edit."""
    rng = random.Random(11)
    before, index = memory_mb(), SearchIndex()
    with database.reading() as connection:
        with timed(f"built of {count:,} recipes"):
            snapshot = index.snapshot(connection)
        print(f"memory: {memory_mb() - before:.0f} MB more")
        known = list_ingredients(connection)
        ordered = "SELECT name_key FROM recipes ORDER BY id"
        keys = connection.exec_driver_sql(ordered).scalars()
        words = [word for key in keys for word in key.split()]
    words = rng.choices(words, k=5_000) + 20 * [each.name for each in known]
    ids = [each.id for each in known]
    measure(snapshot, words, ids, rng)
    measure_pages(database, index, words, ids, rng)
    edit(database, index, renamed_recipe, "a recipe's change")
    edit(database, index, renamed_ingredient, "an ingredient's change")


@contextmanager
def copied_to_postgres(source: Database) -> Iterator[Database]:
    """The same catalogue on a PostgreSQL server of its own."""
    programs = postgres_programs()
    assert programs is not None
    with (
        postgres_server(programs) as server,
        new_postgres_database(server.folder) as url,
        closing(Database(url)) as database,
    ):
        with timed("copied to PostgreSQL"), copied_catalogue(source, database, token_file=[]):
            pass
        yield database


def main() -> None:
    """Make, build, search, edit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        path = (arguments.folder or Path(temporary)) / f"search-{arguments.recipes}.sqlite"
        made = path.exists()
        with closing(Database(sqlite_url(path))) as database:
            migrate(database)
            if not made:
                made_up = json.dumps(document(arguments.recipes, random.Random(11)))
                with timed("made and imported"), database.transaction() as tx:
                    import_file(tx, parse_file(made_up))
            measure_database(database, arguments.recipes)
            if arguments.postgres:
                with copied_to_postgres(database) as other:
                    measure_database(other, arguments.recipes)


if __name__ == "__main__":
    main()
