from collections.abc import Callable
from datetime import timedelta

import pytest

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database, Limits
from cocktailspace.catalogue.errors import InvalidError, NotFoundError
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.models import LineDraft, RecipeDraft
from cocktailspace.catalogue.recipes import (
    create_recipes,
    delete_recipe,
    get_recipe,
    replace_recipes,
)
from tests.catalogue.finding import find
from tests.conftest import BAR, ManualClock

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def bar(load: Callable[[object], None]) -> None:
    load(BAR)


def _create(database: Database, *drafts: RecipeDraft) -> list[int]:
    with database.transaction() as tx:
        return create_recipes(tx, drafts, [f"[{i}]" for i in range(len(drafts))])


def test_a_recipe_comes_back_as_it_was_made(database: Database) -> None:
    line = LineDraft(ingredient_id=5, amount=2.5, unit_id=1)
    draft = RecipeDraft(name="Gin Neat", instructions="Pour.", ingredients=(line,))
    [recipe_id] = _create(database, draft)
    with database.reading() as connection:
        recipe = get_recipe(connection, recipe_id)
    assert as_draft(recipe, RecipeDraft) == draft.model_copy(update={"uid": recipe.uid})
    assert recipe.ingredients[0].volume_ml == 75.0
    assert recipe.ingredients[0].ingredient == "Gin"


def test_lines_keep_their_order(database: Database) -> None:
    lines = tuple(LineDraft(ingredient_id=each) for each in (5, 3, 8, 3))
    [recipe_id] = _create(database, RecipeDraft(name="Mix", ingredients=lines))
    with database.reading() as connection:
        recipe = get_recipe(connection, recipe_id)
    assert [line.ingredient_id for line in recipe.ingredients] == [5, 3, 8, 3]


def test_a_change_is_dated_and_what_changes_nothing_is_none(
    database: Database, clock: ManualClock
) -> None:
    made = clock.now
    [recipe_id] = _create(database, RecipeDraft(name="Mix"))
    for _ in range(2):
        clock.advance(hours=1)
        with database.transaction() as tx:
            replace_recipes(tx, {recipe_id: RecipeDraft(name="Mixed")}, [""])
    with database.reading() as connection:
        recipe = get_recipe(connection, recipe_id)
    assert (recipe.created_at, recipe.updated_at) == (made, made + timedelta(hours=1))


def test_every_problem_of_every_recipe_is_listed_and_nothing_is_written(
    database: Database,
) -> None:
    bad_line = LineDraft(ingredient_id=99, unit_id=77)
    with pytest.raises(InvalidError) as caught:
        _create(
            database,
            RecipeDraft(name="NEGRONI"),
            RecipeDraft(name="New", ingredients=(bad_line,)),
            RecipeDraft(name="new"),
        )
    assert [problem.place for problem in caught.value.problems] == [
        "[0].name",
        "[2].name",
        "[1].ingredients[0].ingredient_id",
        "[1].ingredients[0].unit_id",
    ]
    with database.reading() as connection:
        assert [recipe.name for recipe in find(connection)] == [
            "Boulevardier",
            "Manhattan",
            "Negroni",
        ]


def test_too_many_lines_are_refused(new_database: Callable[..., Database]) -> None:
    database = new_database(limits=Limits(ingredients_per_recipe=1))
    lines = (LineDraft(ingredient_id=1), LineDraft(ingredient_id=1))
    with pytest.raises(InvalidError, match="at most 1"):
        _create(database, RecipeDraft(name="Long", ingredients=lines))


def test_replacing_a_recipe_by_itself_is_no_change(database: Database) -> None:
    with database.transaction() as tx:
        before = catalogue_state(tx.connection).version
        replace_recipes(tx, {1: as_draft(get_recipe(tx.connection, 1), RecipeDraft)}, [""])
    with database.reading() as connection:
        assert catalogue_state(connection).version == before


def test_a_recipe_may_change_the_case_of_its_own_name(database: Database) -> None:
    with database.transaction() as tx:
        draft = as_draft(get_recipe(tx.connection, 1), RecipeDraft).model_copy(
            update={"name": "NEGRONI"}
        )
        replace_recipes(tx, {1: draft}, [""])
    with database.reading() as connection:
        assert get_recipe(connection, 1).name == "NEGRONI"


def test_a_deleted_recipe_is_gone_and_its_id_is_not_given_again(database: Database) -> None:
    with database.transaction() as tx:
        delete_recipe(tx, 3)
    with database.reading() as connection, pytest.raises(NotFoundError, match="no recipe 3"):
        get_recipe(connection, 3)
    assert _create(database, RecipeDraft(name="Later")) == [4]
