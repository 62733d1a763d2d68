"""What is calculated of recipes follows the ingredients that it rests on, which are cached."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import get_ingredient, replace_ingredients
from cocktailspace.catalogue.models import IngredientDraft, RecipeDraft
from cocktailspace.catalogue.recipes import get_recipe, replace_recipes

DOCUMENT = {
    "format": "catalogue/1",
    "units": [{"name": "Millilitre", "abbreviation": "ml", "millilitres": 1}],
    "ingredients": [{"name": "Gin", "parent": None, "allow_substitution": False}],
    "recipes": [
        {"name": name, "ingredients": [{"ingredient": "Gin", "amount": 50, "unit": "Millilitre"}]}
        for name in ("Martini", "Pink Gin")
    ],
}
GIN, MARTINI, PINK_GIN = 1, 1, 2


@pytest.fixture(autouse=True)
def _loaded(load: Callable[[object], None]) -> None:
    load(DOCUMENT)


def _strength(database: Database, recipe_id: int = MARTINI) -> float | None:
    with database.reading() as connection:
        return get_recipe(connection, recipe_id).calculated.strength


def _set_strength(tx: Any, strength: float) -> None:
    draft = as_draft(get_ingredient(tx.connection, GIN), IngredientDraft)
    replace_ingredients(tx, {GIN: draft.model_copy(update={"strength": strength})}, ["x"])


def test_an_ingredient_that_changes_changes_what_was_calculated_with_it(database: Database) -> None:
    for strength in (40.0, 47.0):
        with database.transaction() as tx:
            _set_strength(tx, strength)
            assert get_recipe(tx.connection, MARTINI).calculated.strength == strength
        assert _strength(database) == strength


def test_a_change_that_is_taken_back_leaves_nothing(database: Database) -> None:
    with database.transaction() as tx:
        _set_strength(tx, 40.0)
    assert _strength(database) == 40.0
    with pytest.raises(RuntimeError), database.transaction() as tx:
        _set_strength(tx, 99.0)
        get_recipe(tx.connection, MARTINI)
        raise RuntimeError
    assert _strength(database) == 40.0


def test_a_file_put_back_by_hand_is_read_anew(database: Database) -> None:
    """It has the identity and the version of the other, and other changes at other times."""
    with database.transaction() as tx:
        _set_strength(tx, 40.0)
    assert _strength(database) == 40.0
    with database.schema_change() as connection:
        connection.exec_driver_sql("UPDATE ingredients SET strength = 47.0")
        connection.exec_driver_sql("UPDATE changes SET changed_at = '2020-01-01T00:00:00.000000Z'")
    assert _strength(database) == 47.0


def test_changed_recipes_have_no_ingredient_read_again(database: Database) -> None:
    _strength(database)
    asked = _asked(database.engine)
    with database.transaction() as tx:
        draft = as_draft(get_recipe(tx.connection, PINK_GIN), RecipeDraft)
        replace_recipes(tx, {PINK_GIN: draft.model_copy(update={"name": "Pinker Gin"})}, ["x"])
        get_recipe(tx.connection, PINK_GIN)
    _strength(database)
    assert asked
    assert not any("ingredients.strength" in each for each in asked)


def _asked(engine: Engine) -> list[str]:
    statements: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    return statements
