"""Any sequence of mutations keeps the catalogue's invariants."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cocktailspace.catalogue import ingredients, recipes, units
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database, Transaction
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.catalogue.models import IngredientDraft, LineDraft, RecipeDraft, UnitDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import export_text, import_file, parse_file
from tests.conftest import RANDOM

names = st.sampled_from(
    ["Gin", "gin", "GIN ", "Rye", "Crème", "Cre\u0300me", "Rum", "Straße", "STRASSE", "Fizz"]
)
ids = st.integers(1, 8)
amounts = st.none() | st.floats(0, 10)
line_drafts = st.builds(LineDraft, ingredient_id=ids, amount=amounts, unit_id=st.none() | ids)
recipe_drafts = st.builds(
    RecipeDraft, name=names, ingredients=st.lists(line_drafts, max_size=3).map(tuple)
)
ingredient_drafts = st.builds(
    IngredientDraft, name=names, parent_id=st.none() | ids, allow_substitution=st.booleans()
)
unit_drafts = st.builds(UnitDraft, name=names, millilitres=st.floats(0, 100))


class History(RuleBasedStateMachine):
    """Mutations of every kind, good and bad, in any order."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="history-"))
        self.signals = 0
        self.database = self._open("catalogue.sqlite")

    def _open(self, name: str) -> Database:
        shutil.copy(self.template, self.folder / name)
        return Database(sqlite_url(self.folder / name), after_commit=self._signal)

    def _signal(self) -> None:
        self.signals += 1

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    @initialize()
    def stock(self) -> None:
        rows = {"ingredients": [{"name": "A"}, {"name": "B", "parent": "A"}], "units": []}
        with self.database.transaction() as tx:
            import_file(tx, parse_file(json.dumps({"format": "catalogue/1", **rows})))

    def mutate(self, change: Callable[[Transaction], object]) -> None:
        """A mutation grows the version by the entities that it changed, or changes nothing."""
        before, version, signals = self._export(), self._version(), self.signals
        touched = 0
        try:
            with self.database.transaction() as tx:
                change(tx)
                touched = len(tx.touched)
        except CatalogueError:
            touched = 0
            assert self._export() == before
        assert self._version() == version + touched
        assert self.signals == signals + (touched > 0)
        if touched == 0:
            assert self._export() == before

    @rule(drafts=st.lists(recipe_drafts, min_size=1, max_size=3))
    def create_recipes(self, drafts: list[RecipeDraft]) -> None:
        self.mutate(lambda tx: recipes.create_recipes(tx, drafts, [""] * len(drafts)))

    @rule(recipe_id=ids, draft=recipe_drafts)
    def replace_recipe(self, recipe_id: int, draft: RecipeDraft) -> None:
        def change(tx: Transaction) -> None:
            recipes.get_recipe(tx.connection, recipe_id)
            recipes.replace_recipes(tx, {recipe_id: draft}, [""])

        self.mutate(change)

    @rule(recipe_id=ids)
    def delete_recipe(self, recipe_id: int) -> None:
        self.mutate(lambda tx: recipes.delete_recipe(tx, recipe_id))

    @rule(drafts=st.lists(ingredient_drafts, min_size=1, max_size=3))
    def create_ingredients(self, drafts: list[IngredientDraft]) -> None:
        self.mutate(lambda tx: ingredients.create_ingredients(tx, drafts, [""] * len(drafts)))

    @rule(ingredient_id=ids, draft=ingredient_drafts)
    def replace_ingredient(self, ingredient_id: int, draft: IngredientDraft) -> None:
        def change(tx: Transaction) -> None:
            ingredients.get_ingredient(tx.connection, ingredient_id)
            ingredients.replace_ingredients(tx, {ingredient_id: draft}, [""])

        self.mutate(change)

    @rule(ingredient_id=ids)
    def delete_ingredient(self, ingredient_id: int) -> None:
        self.mutate(lambda tx: ingredients.delete_ingredient(tx, ingredient_id))

    @rule(draft=unit_drafts)
    def create_unit(self, draft: UnitDraft) -> None:
        self.mutate(lambda tx: units.create_units(tx, [draft], [""]))

    @rule(unit_id=ids)
    def delete_unit(self, unit_id: int) -> None:
        self.mutate(lambda tx: units.delete_unit(tx, unit_id))

    @rule()
    def export_and_import_are_the_identity(self) -> None:
        exported = self._export()
        self.mutate(lambda tx: import_file(tx, parse_file(exported), replace=True))
        other = self._open("other.sqlite")
        with other.transaction() as tx:
            import_file(tx, parse_file(exported))
        with other.reading() as connection:
            assert export_text(connection) == exported
        other.close()

    @invariant()
    def names_are_unique_and_ingredients_are_a_forest(self) -> None:
        document = json.loads(self._export())
        for table in ("units", "ingredients", "recipes"):
            keys = [name_key(row["name"]) for row in document[table]]
            assert len(keys) == len(set(keys))
        parents = {row["name"]: row["parent"] for row in document["ingredients"]}
        for parent in parents.values():
            steps, above = 0, parent
            while above is not None:
                steps, above = steps + 1, parents[above]
                assert steps <= len(parents)

    def _export(self) -> str:
        with self.database.reading() as connection:
            return export_text(connection)

    def _version(self) -> int:
        with self.database.reading() as connection:
            return catalogue_state(connection).version


@pytest.fixture(autouse=True)
def template(empty_catalogue: Path) -> None:
    History.template = empty_catalogue


class TestHistory(History.TestCase):
    """Run by pytest."""

    settings: Any = settings(max_examples=400 if RANDOM else 15, stateful_step_count=20)
