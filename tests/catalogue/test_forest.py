"""The taxonomy is a forest of bounded depth, and whoever follows it comes to an end."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from cocktailspace.analytics.job import run_job
from cocktailspace.api.app import create_app
from cocktailspace.artifacts.attempt import AttemptRecorder
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import InvalidError
from cocktailspace.catalogue.ingredients import create_ingredients, replace_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.schema import ingredients
from cocktailspace.catalogue.taxonomy import MOST_LEVELS, ancestors, forest_of
from cocktailspace.cli.doctor import examine
from tests.conftest import import_document

PLACES = "it or a kind of it would be deeper than 64 levels"


def _chain(levels: int, prefix: str = "Level") -> list[dict[str, object]]:
    return [
        {"name": f"{prefix} {level}", "parent": f"{prefix} {level - 1}" if level > 1 else None}
        for level in range(1, levels + 1)
    ]


def _deepen(database: Database, levels: int) -> None:
    """A chain as a file may bring it that was put in the catalogue's place."""
    import_document(database, {"ingredients": [{"name": f"Level {n + 1}"} for n in range(levels)]})
    with database.schema_change() as connection:
        below = update(ingredients).where(ingredients.c.id > 1)
        connection.execute(below.values(parent_id=ingredients.c.id - 1))


def _knot(database: Database) -> None:
    """One below itself, two below each other, one below these."""
    import_document(database, {"ingredients": [{"name": name} for name in "ABCDE"]})
    with database.schema_change() as connection:
        for child, parent in ((1, 1), (2, 3), (3, 2), (4, 3)):
            row = update(ingredients).where(ingredients.c.id == child)
            connection.execute(row.values(parent_id=parent))


def test_an_import_may_be_64_levels_deep_and_no_deeper(
    database: Database, new_database: Callable[..., Database]
) -> None:
    import_document(database, {"ingredients": _chain(MOST_LEVELS)})
    with pytest.raises(InvalidError) as caught:
        import_document(new_database(), {"ingredients": _chain(MOST_LEVELS + 1)})
    assert str(caught.value.problems[-1]).startswith(f"ingredients[{MOST_LEVELS}]: {PLACES}")


def test_nothing_is_made_below_the_last_level(database: Database) -> None:
    import_document(database, {"ingredients": _chain(MOST_LEVELS)})
    drafts = [IngredientDraft(name="On it", parent_id=MOST_LEVELS - 1)]
    drafts.append(IngredientDraft(name="Below it", parent_id=MOST_LEVELS))
    with pytest.raises(InvalidError, match=PLACES) as caught, database.transaction() as tx:
        create_ingredients(tx, drafts, ["ingredients[0]", "ingredients[1]"])
    assert [problem.place for problem in caught.value.problems] == ["ingredients[1]"]


def test_nothing_is_moved_so_that_its_kinds_are_too_deep(database: Database) -> None:
    import_document(database, {"ingredients": _chain(40) + _chain(25, "Other")})
    draft = IngredientDraft(name="Other 1", parent_id=40)
    with pytest.raises(InvalidError, match=f"parent_id: {PLACES}"), database.transaction() as tx:
        replace_ingredients(tx, {41: draft}, [""])
    with database.transaction() as tx:
        replace_ingredients(tx, {41: draft.model_copy(update={"parent_id": 39})}, [""])


def test_what_is_too_deep_already_may_be_renamed_and_brought_up(database: Database) -> None:
    _deepen(database, 70)
    with database.transaction() as tx:
        renamed = IngredientDraft(name="Renamed", parent_id=69)
        replace_ingredients(tx, {70: renamed}, [""])
        replace_ingredients(tx, {70: renamed.model_copy(update={"parent_id": 1})}, [""])


@pytest.mark.parametrize(
    ("parents", "forest"),
    [
        ({1: 1}, {1: None}),
        ({1: 2, 2: 1, 3: 2}, {1: None, 2: None, 3: None}),
        ({2: None, 1: 2}, {2: None, 1: 2}),
        ({1: 9}, {1: None}),
    ],
    ids=["below itself", "in and below a cycle", "a forest", "a parent that is gone"],
)
def test_a_forest_is_made_of_whatever_there_is(
    parents: dict[int, int | None], forest: dict[int, int | None]
) -> None:
    assert forest_of(parents) == forest


def test_what_is_too_deep_is_placed_on_the_last_level() -> None:
    forest = forest_of({n: n - 1 if n > 1 else None for n in range(1, 1_001)})
    assert {forest[n] for n in range(MOST_LEVELS, 1_001)} == {MOST_LEVELS - 1}


@pytest.mark.parametrize(
    ("spoil", "named"),
    [(lambda database: _deepen(database, 500), "'Level 65'"), (_knot, "'A', 'B', 'C', 'D'")],
    ids=["deep", "knot"],
)
def test_a_spoilt_forest_stops_neither_job_nor_reader_and_doctor_names_it(
    services: Services,
    spoil: Callable[[Database], None],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoil(services.database)
    with services.database.reading() as connection:
        rows = connection.execute(ingredients.select()).all()
        for row in rows:
            assert len(ancestors(connection, row.id)) <= MOST_LEVELS
    lines = [{"ingredient": row.name, "amount": 1.0} for row in rows[-2:]]
    recipes = [{"name": name, "ingredients": lines} for name in ("One", "Other")]
    import_document(services.database, {"recipes": recipes})
    client = TestClient(create_app(services))
    for path in ("/ingredient/3", "/api/v1/ingredients/3", "/api/v1/ingredients/tree"):
        assert client.get(path).status_code == 200, path
    page = client.get("/ingredients").text
    assert all(page.count(f'"/ingredient/{row.id}"') == 1 for row in rows)
    note = AttemptRecorder(services.store, clock=services.clock)
    assert run_job(
        services.settings.catalogue_file, services.store, note, clock=services.clock
    ).manifest
    for name in ("db_path", "analytics_path", "tokens_path"):
        monkeypatch.setenv(name.upper(), str(getattr(services.settings, name)))
    [finding] = [each for each in examine() if "below themselves" in each.what]
    assert not finding.ok
    assert named in finding.what
