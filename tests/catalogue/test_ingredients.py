from collections.abc import Callable
from datetime import timedelta

import pytest

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import ConflictError, InvalidError, NotFoundError
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import (
    create_ingredients,
    delete_ingredient,
    get_ingredient,
    replace_ingredients,
)
from cocktailspace.catalogue.models import IngredientDraft, UnitDraft
from cocktailspace.catalogue.recipes import delete_recipe
from cocktailspace.catalogue.taxonomy import ancestors, children_first, descendants
from cocktailspace.catalogue.units import create_units, delete_unit, get_unit, replace_units
from tests.conftest import BAR, ManualClock

pytestmark = pytest.mark.both_databases

SPIRIT, WHISKEY, BOURBON, RYE, GIN = 1, 2, 3, 4, 5


@pytest.fixture(autouse=True)
def bar(load: Callable[[object], None]) -> None:
    load(BAR)


def _move(database: Database, ingredient_id: int, parent_id: int | None) -> None:
    with database.transaction() as tx:
        draft = as_draft(get_ingredient(tx.connection, ingredient_id), IngredientDraft)
        moved = draft.model_copy(update={"parent_id": parent_id})
        replace_ingredients(tx, {ingredient_id: moved}, [""])


def test_a_subtree_moves_as_a_whole(database: Database) -> None:
    _move(database, WHISKEY, None)
    with database.reading() as connection:
        assert ancestors(connection, BOURBON) == [(WHISKEY, "Whiskey")]
        below_spirit = set(connection.execute(descendants(SPIRIT)).scalars())
    assert below_spirit == {SPIRIT, GIN}


def test_a_change_is_dated_and_what_changes_nothing_is_none(
    database: Database, clock: ManualClock
) -> None:
    made = clock.now
    for _ in range(2):
        clock.advance(hours=1)
        _move(database, RYE, SPIRIT)
    with database.reading() as connection:
        rye = get_ingredient(connection, RYE)
    assert (rye.created_at, rye.updated_at) == (made, made + timedelta(hours=1))


@pytest.mark.parametrize("parent_id", [SPIRIT, WHISKEY, BOURBON])
def test_a_cycle_is_refused(database: Database, parent_id: int) -> None:
    with pytest.raises(InvalidError, match="parent_id: an ingredient cannot be placed under"):
        _move(database, SPIRIT, parent_id)
    with database.reading() as connection:
        assert get_ingredient(connection, SPIRIT).parent_id is None


def test_an_unknown_parent_and_a_taken_name_are_listed_together(database: Database) -> None:
    with pytest.raises(InvalidError) as caught, database.transaction() as tx:
        create_ingredients(tx, [IngredientDraft(name="GIN", parent_id=99)], ["[0]"])
    assert [problem.place for problem in caught.value.problems] == ["[0].name", "[0].parent_id"]


def test_an_ingredient_in_use_is_not_deleted(database: Database) -> None:
    used = pytest.raises(ConflictError, match="'Gin' is used by 'Negroni'")
    with used, database.transaction() as tx:
        delete_ingredient(tx, GIN)


def test_a_family_is_not_deleted_before_its_kinds(database: Database) -> None:
    family = pytest.raises(ConflictError, match="'Whiskey' is the family of 'Bourbon', 'Rye'")
    with family, database.transaction() as tx:
        delete_ingredient(tx, WHISKEY)


def test_an_unused_ingredient_is_deleted(database: Database) -> None:
    with database.transaction() as tx:
        delete_recipe(tx, 1)
        delete_ingredient(tx, GIN)
    with database.reading() as connection, pytest.raises(NotFoundError, match="no ingredient 5"):
        get_ingredient(connection, GIN)


def test_children_come_before_what_they_are_under(database: Database) -> None:
    with database.reading() as connection:
        order = children_first(connection, [SPIRIT, BOURBON, WHISKEY])
    assert order == [BOURBON, WHISKEY, SPIRIT]


def test_a_unit_in_use_is_not_deleted_and_names_at_most_five_users(
    database: Database, load: Callable[[object], None]
) -> None:
    line = [{"ingredient": "Gin", "unit": "Ounce"}]
    load({"recipes": [{"name": f"R{i}", "ingredients": line} for i in range(9)]})
    with pytest.raises(ConflictError) as caught, database.transaction() as tx:
        delete_unit(tx, 1)
    assert str(caught.value).count("'") == 2 * 6  # the unit and five recipes
    assert "and others" in str(caught.value)


def test_units_are_made_changed_and_deleted(database: Database) -> None:
    with database.transaction() as tx:
        [unit_id] = create_units(tx, [UnitDraft(name="Cup", millilitres=240.0)], [""])
        replace_units(tx, {unit_id: UnitDraft(name="Cup", millilitres=250.0)}, [""])
        assert get_unit(tx.connection, unit_id).millilitres == 250.0
        delete_unit(tx, unit_id)
    with database.reading() as connection, pytest.raises(NotFoundError, match="no unit"):
        get_unit(connection, unit_id)
