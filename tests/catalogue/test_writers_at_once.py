"""Writers at once on one PostgreSQL: their order in the change log, and what must hold after all
that they do.
"""

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cocktailspace.catalogue import postgres
from cocktailspace.catalogue.changes import CatalogueState, catalogue_state, touched_after
from cocktailspace.catalogue.collections import Collection, put_collection
from cocktailspace.catalogue.collections import claims_of as collection_claims
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import (
    ConflictError,
    InvalidError,
    MergedError,
    NotFoundError,
)
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import (
    create_ingredients,
    delete_ingredient,
    get_ingredient,
    list_ingredients,
    replace_ingredients,
)
from cocktailspace.catalogue.lookup import refuse_alike
from cocktailspace.catalogue.merge import merge_ingredients, merge_recipes
from cocktailspace.catalogue.models import IngredientDraft, LineDraft, RecipeDraft
from cocktailspace.catalogue.names import alike_key, name_key
from cocktailspace.catalogue.recipes import (
    claims_of,
    create_recipes,
    delete_recipe,
    get_recipe,
    load_drafts,
    replace_recipes,
)
from cocktailspace.catalogue.schema import changes, collections, recipes
from cocktailspace.catalogue.taxonomy import misplaced
from tests.catalogue.writers import gate_at_commit, waiting

NewServer = Callable[..., Database]
STEPS = int(os.environ.get("WRITERS_STEPS", "12"))
MOST_COLLECTIONS = 3


def _create_recipe(database: Database, name: str, *ingredients: int) -> int:
    lines = tuple(LineDraft(ingredient_id=each, amount=1.0) for each in ingredients)
    draft = RecipeDraft(name=name, ingredients=lines)
    with database.transaction(claims_of(draft, None)) as tx:
        refuse_alike(tx.connection, recipes, [name], [""], [None])
        [recipe_id] = create_recipes(tx, [draft], [""])
    return recipe_id


def _seen(database: Database) -> tuple[CatalogueState, set[tuple[str, int]]]:
    with database.reading() as connection:
        return catalogue_state(connection), touched_after(connection, 0)


def test_a_lower_version_never_commits_after_a_higher_one(new_server: NewServer) -> None:
    """Else what is published would count as newer than a change that it lacks."""
    slow, quick, reader = new_server(), new_server(), new_server()
    with ThreadPoolExecutor() as writers, gate_at_commit(new_server()) as gate:
        first = writers.submit(_create_recipe, slow, "Rickey")
        gate.wait_for(1, unless=first.done)
        second = writers.submit(_create_recipe, quick, "Sour")
        gate.wait_for(2, unless=second.done)
        published, computed_from = _seen(reader)
        gate.open()
        assert {first.result(), second.result()} == {1, 2}
    state, everything = _seen(reader)
    assert (state.version, len(everything)) == (2, 2)
    with reader.reading() as connection:
        assert touched_after(connection, published.version) == everything - computed_from


def test_writers_of_different_recipes_overlap(new_server: NewServer) -> None:
    one, other = new_server(), new_server()
    draft = RecipeDraft(name="Rickey")
    with one.transaction(claims_of(draft, None)) as tx:
        create_recipes(tx, [draft], [""])
        assert _create_recipe(other, "Sour") == 2
        assert _seen(other)[1] == {("recipe", 2)}
    assert _seen(other)[0].version == 2


def test_a_place_among_the_collections_is_given_once(new_server: NewServer) -> None:
    one, other, reader = new_server(), new_server(), new_server()
    with ThreadPoolExecutor() as writers:
        with one.transaction(collection_claims("ann")) as tx, reader.engine.connect() as looking:
            put_collection(tx, "ann", Collection(), most=1)
            second = writers.submit(_keep, other, "eve", most=1)
            while waiting(looking) == 0 and not second.done():
                pass
        with pytest.raises(ConflictError, match="keeps bars and lists for 1 people"):
            second.result()


def _keep(database: Database, owner: str, *, most: int) -> None:
    with database.transaction(collection_claims(owner)) as tx:
        put_collection(tx, owner, Collection(), most=most)


def test_a_recipe_that_is_made_while_it_is_looked_for_is_not_there_yet(
    new_server: NewServer,
) -> None:
    one, other = new_server(), new_server()

    @sa.event.listens_for(one.engine, "after_cursor_execute")
    def make(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM recipes" in statement and _seen(other)[0].version == 0:
            _create_recipe(other, "Rickey")

    with pytest.raises(NotFoundError), one.transaction(claims_of(None, 1)) as tx:
        delete_recipe(tx, get_recipe(tx.connection, 1).id)
    assert _seen(other)[0].version == 1


def test_who_has_claims_changes_nothing_but_recipes(new_server: NewServer) -> None:
    with pytest.raises(RuntimeError), new_server().transaction({"ingredients"}) as tx:
        create_ingredients(tx, [IngredientDraft(name="Gin")], [""])


def test_claims_are_taken_in_one_order_so_that_no_two_wait_for_each_other() -> None:
    assert postgres._begin_write(["a", "b", "b"]) == postgres._begin_write(["b", "a"])


@dataclass
class Server:
    """A writer that chooses at random, and what it was told."""

    database: Database
    rng: random.Random
    added: dict[int, int] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def run(self) -> "Server":
        recipe_writes = [self.make, self.pour, self.pour, self.remove, self.join, self.keep]
        others = [self.make_ingredient, self.move, self.remove_ingredient, self.join_ingredients]
        for _ in range(STEPS):
            choice = self.rng.choice(recipe_writes + others)
            try:
                choice()
            except (InvalidError, ConflictError, NotFoundError, MergedError):
                continue  # as one who comes second; BusyError and all else are not expected
            self.done.append(choice.__name__)
        return self

    def any(self, most: int = 8) -> int:
        return self.rng.randint(1, most)

    def make(self) -> None:
        name = self.rng.choice(["Sour", "Sours", "Fizz", "FIZZ", "Flip", "Daisy", "Rickey"])
        _create_recipe(self.database, name, self.any(), self.any())

    def pour(self) -> None:
        """Add one to the amount of a recipe: none of these may be lost."""
        recipe_id = self.any()
        with self.database.transaction(claims_of(None, recipe_id)) as tx:
            get_recipe(tx.connection, recipe_id)
            draft = load_drafts(tx.connection, [recipe_id])[recipe_id]
            servings = (draft.servings or 0) + 1
            replace_recipes(tx, {recipe_id: draft.model_copy(update={"servings": servings})}, [""])
        self.added[recipe_id] = self.added.get(recipe_id, 0) + 1

    def remove(self) -> None:
        recipe_id = self.rng.randint(5, 30)
        with self.database.transaction(claims_of(None, recipe_id)) as tx:
            delete_recipe(tx, recipe_id)

    def join(self) -> None:
        with self.database.transaction() as tx:
            merge_recipes(tx, self.rng.randint(5, 30), self.any(4))

    def make_ingredient(self) -> None:
        names = [f"I{self.any(12)}", f"i{self.any(12)}"]
        draft = IngredientDraft(name=names[0], aliases=(names[1] + "x",), parent_id=self.any())
        with self.database.transaction() as tx:
            create_ingredients(tx, [draft], [""])

    def move(self) -> None:
        moved = self.any()
        with self.database.transaction() as tx:
            draft = as_draft(get_ingredient(tx.connection, moved), IngredientDraft)
            placed = draft.model_copy(update={"parent_id": self.any()})
            replace_ingredients(tx, {moved: placed}, [""])

    def remove_ingredient(self) -> None:
        with self.database.transaction() as tx:
            delete_ingredient(tx, self.any())

    def join_ingredients(self) -> None:
        with self.database.transaction() as tx:
            merge_ingredients(tx, self.any(), self.any())

    def keep(self) -> None:
        _keep(self.database, f"owner {self.any()}", most=MOST_COLLECTIONS)


def _content(connection: sa.Connection) -> dict[tuple[str, int], Any]:
    ids = connection.execute(sa.select(recipes.c.id)).scalars().all()
    found: dict[tuple[str, int], Any] = {
        ("recipe", each): draft for each, draft in load_drafts(connection, ids).items()
    }
    return found | {("ingredient", each.id): each for each in list_ingredients(connection)}


def _watch(database: Database, done: Callable[[], bool]) -> None:
    """What has changed between any two looks is what the log says."""
    before, version = {}, 0
    while not done():
        with database.reading() as connection:
            now, state = _content(connection), catalogue_state(connection)
            said = touched_after(connection, version)
        changed = {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
        assert changed <= said
        before, version = now, state.version


def test_whatever_writers_do_at_once_the_catalogue_and_its_log_are_whole(
    new_server: NewServer,
) -> None:
    _write_at_once(new_server(), new_server(), new_server())


def test_a_pooler_may_give_each_transaction_another_connection(
    new_server: NewServer, pooler_folder: Path
) -> None:
    url = new_server().url.set(query={"host": str(pooler_folder)})
    with ExitStack() as stack:
        _write_at_once(*[stack.enter_context(closing(Database(url))) for _ in range(3)])


def _write_at_once(first: Database, *databases: Database) -> None:
    with first.transaction() as tx:
        drafts = [IngredientDraft(name=f"I{each}") for each in range(1, 9)]
        create_ingredients(tx, drafts, [""] * 8)
        create_recipes(tx, [RecipeDraft(name=f"Counter {each}") for each in range(1, 5)], [""] * 4)
    servers = [Server(databases[seed % 2], random.Random(seed)) for seed in range(4)]
    with ThreadPoolExecutor() as threads:
        running = [threads.submit(each.run) for each in servers]
        watching = threads.submit(_watch, first, lambda: all(each.done() for each in running))
        assert {kind for each in running for kind in each.result().done} >= {"make", "pour", "move"}
        watching.result()
    with first.reading() as connection:
        _check(connection, servers)


def _check(connection: sa.Connection, servers: list[Server]) -> None:
    versions = connection.execute(sa.select(changes.c.version).order_by(changes.c.version))
    found = versions.scalars().all()
    assert found == list(range(1, len(found) + 1))
    assert misplaced(connection) == []
    everything = list_ingredients(connection)
    names = [name_key(name) for each in everything for name in (each.name, *each.aliases)]
    assert len(names) == len(set(names))
    drafts = load_drafts(connection, range(1, 1_000))
    alike = [alike_key(each.name) for each in drafts.values()]
    assert len(alike) == len(set(alike))
    for recipe_id in range(1, 5):
        added = sum(each.added.get(recipe_id, 0) for each in servers)
        assert (drafts[recipe_id].servings or 0) == added
    count = sa.select(sa.func.count()).select_from(collections)
    assert connection.execute(count).scalar_one() <= MOST_COLLECTIONS
