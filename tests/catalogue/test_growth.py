"""Work does not grow with the catalogue: SQLite's own steps, counted at two sizes."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.catalogue import taxonomy
from cocktailspace.catalogue.database import Database, Transaction
from cocktailspace.catalogue.ingredients import children_of, create_ingredients, get_ingredient
from cocktailspace.catalogue.models import IngredientDraft, LineDraft, RecipeDraft
from cocktailspace.catalogue.recipes import (
    create_recipes,
    delete_recipe,
    get_recipe,
    replace_recipes,
)
from cocktailspace.catalogue.search import RecipeQuery, SearchIndex
from cocktailspace.catalogue.transfer import export_text
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.status import StatusReader
from cocktailspace.times import utc_now

SMALL, LARGE = 400, 4_000
EVERY = 20
"""Steps between two calls of the counter."""


@dataclass
class Counted:
    """A catalogue whose database counts its steps."""

    database: Database
    recipes: int
    steps: int = 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count from here."""
        self.steps = 0
        yield


@pytest.fixture(scope="module")
def catalogues(
    tmp_path_factory: pytest.TempPathFactory, empty_catalogue: Path
) -> Iterator[tuple[Counted, Counted]]:
    """A small one and one of ten times as many recipes and changes."""
    folder = tmp_path_factory.mktemp("growth")
    made = []
    for count in (SMALL, LARGE):
        path = folder / f"{count}.sqlite"
        path.write_bytes(empty_catalogue.read_bytes())
        made.append(_catalogue(Database(f"sqlite:///{path}"), count))
    yield made[0], made[1]
    for each in made:
        each.database.close()


def _catalogue(database: Database, count: int) -> Counted:
    counted = Counted(database, count)

    def step() -> int:
        counted.steps += EVERY
        return 0

    @event.listens_for(database.engine, "connect")
    def watch(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_progress_handler(step, EVERY)

    with database.transaction() as tx:
        create_ingredients(tx, [IngredientDraft(name=f"Root {i}") for i in range(3)], [""] * 3)
        below = [IngredientDraft(name=f"Kind {i}", parent_id=1 + i % 3) for i in range(60)]
        create_ingredients(tx, below, [""] * 60)
    with database.transaction() as tx:
        drafts = [_draft(f"{number * 7919 % count:05} Sour", number) for number in range(count)]
        create_recipes(tx, drafts, [""] * count)
    return counted


def _draft(name: str, number: int) -> RecipeDraft:
    """Every third recipe has a kind of root 1; one in 400 has root 1 itself."""
    kind = 1 if number % 400 == 0 else 5 + number % 58
    return RecipeDraft(
        name=name, ingredients=tuple(LineDraft(ingredient_id=each) for each in (kind, 4))
    )


class _UndoneError(Exception):
    """Ends a transaction, so that the next test finds the catalogue as it was."""


@contextmanager
def _undone(database: Database) -> Iterator[Transaction]:
    with pytest.raises(_UndoneError), database.transaction() as tx:
        yield tx
        raise _UndoneError


def _create(counted: Counted) -> None:
    with _undone(counted.database) as tx:
        create_recipes(tx, [_draft("New", 1)], [""])


def _replace(counted: Counted) -> None:
    with _undone(counted.database) as tx:
        replace_recipes(tx, {7: _draft("Other", 2)}, [""])


def _delete(counted: Counted) -> None:
    with _undone(counted.database) as tx:
        delete_recipe(tx, 7)


def _ingredient(connection: Connection) -> object:
    return (
        get_ingredient(connection, 20),
        taxonomy.ancestors(connection, 20),
        children_of(connection, 1),
    )


READS: dict[str, Callable[[Connection], object]] = {
    "one recipe": lambda c: get_recipe(c, 7),
    "an ingredient": _ingredient,
}


@pytest.mark.parametrize("name", READS)
def test_reading_costs_the_same(catalogues: tuple[Counted, Counted], name: str) -> None:
    costs = []
    for counted in catalogues:
        with counted.database.reading() as connection, counted.counting():
            READS[name](connection)
            costs.append(counted.steps)
    assert costs[1] <= 1.3 * costs[0] + 200, costs


def test_a_search_asks_the_database_for_nothing_but_its_version(
    catalogues: tuple[Counted, Counted],
) -> None:
    costs = []
    for counted in catalogues:
        index = SearchIndex()
        for _ in range(2):
            with counted.database.reading() as connection, counted.counting():
                query = RecipeQuery(q="sour", ingredient=[1])
                assert index.snapshot(connection).search(query).total > counted.recipes / 4
                costs.append(counted.steps)
    assert costs[1] == costs[3] < costs[0] / 10, costs


@pytest.mark.parametrize("write", [_create, _replace, _delete])
def test_writing_costs_the_same(
    catalogues: tuple[Counted, Counted], write: Callable[[Counted], None]
) -> None:
    costs = []
    for counted in catalogues:
        with counted.counting():
            write(counted)
        costs.append(counted.steps)
    assert costs[1] <= 1.3 * costs[0] + 200, costs


def test_the_status_costs_the_same_however_much_is_pending(
    catalogues: tuple[Counted, Counted], tmp_path: Path
) -> None:
    costs = []
    for counted in catalogues:
        with counted.counting():
            policy = Debounce(timedelta(seconds=2), timedelta(seconds=10))
            facts = StatusReader(counted.database, FolderStore(tmp_path), policy, utc_now).facts()
        assert facts.catalogue.version == counted.recipes + 63
        costs.append(counted.steps)
    assert costs[1] <= costs[0] + 200, costs


def test_an_export_is_linear(catalogues: tuple[Counted, Counted]) -> None:
    costs = []
    for counted in catalogues:
        with counted.database.reading() as connection, counted.counting():
            export_text(connection)
            costs.append(counted.steps / counted.recipes)
    assert costs[1] <= 1.3 * costs[0], costs
