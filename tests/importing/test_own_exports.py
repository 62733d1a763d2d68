"""What this program writes for people, it reads again."""

import pytest

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.transfer import OUTPUTS, import_file, starter_file
from cocktailspace.catalogue.units import written
from cocktailspace.importing.decisions import Decisions
from cocktailspace.importing.planning import stand_in_drafter
from cocktailspace.importing.quantities import read_quantity
from cocktailspace.importing.service import Imports
from cocktailspace.importing.vocabulary import Unit, units
from tests.conftest import ManualClock


@pytest.mark.parametrize(
    ("kind", "name"), [("markdown", "a.md"), ("csv", "a.csv"), ("json-ld", "a.json")]
)
def test_the_lines_of_an_export_are_read_as_they_were(
    database: Database, clock: ManualClock, kind: str, name: str
) -> None:
    """`2 dashes`, `6 leaves`; a bare number is of whole ones again; lines keep their notes."""
    with database.transaction() as tx:
        import_file(tx, starter_file())
    with database.reading() as connection:
        text = "".join(OUTPUTS[kind].parts(connection))
    replace = Decisions(on_conflict="replace")
    plan = Imports(database, clock).start("me", name, text.encode(), decisions=replace).plan
    drafter = stand_in_drafter(plan)
    assert len(plan.current) == 126
    for (recipe, lines), target in zip(plan.understood.recipes, plan.targets, strict=True):
        read = drafter.draft(recipe, lines, target)
        assert read.ingredients == plan.current[target.recipe_id or 0].ingredients, recipe.name


@pytest.mark.parametrize("unit", units().values(), ids=lambda unit: unit.key)
def test_every_unit_is_read_in_singular_and_plural(unit: Unit) -> None:
    one, more = written(unit.name, None)
    assert read_quantity(f"1 {one} Gin").unit == (unit.key if one else None)
    assert read_quantity(f"2 {more} Gin").unit == (unit.key if more else None)
