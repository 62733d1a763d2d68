"""Units of measure."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import InvalidError
from cocktailspace.catalogue.fields import as_draft, column_values, completed, later_fields
from cocktailspace.catalogue.lookup import name_problems, require
from cocktailspace.catalogue.models import Unit, UnitDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.pieces import EACH
from cocktailspace.catalogue.schema import (
    ingredient_pieces,
    ingredients,
    recipe_ingredients,
    recipes,
    units,
)
from cocktailspace.catalogue.uses import refuse_in_use
from cocktailspace.wording import plural

_SAME_FOR_MORE = re.compile(
    r"(^|.* )([a-z]{1,2}|[^aeiouy ]+)\.?|to .*|.*[^s]s", re.IGNORECASE | re.DOTALL
)
"""Names that are abbreviations (oz, fl oz, tsp), words that are no noun (to top), or plurals."""


def list_units(connection: Connection) -> list[Unit]:
    """All units, in the order in which they were made."""
    rows = connection.execute(select(units).order_by(units.c.id))
    return [_unit(row) for row in rows]


def get_unit(connection: Connection, unit_id: int) -> Unit:
    """One unit; NotFoundError when there is none."""
    require(connection, units, unit_id)
    row = connection.execute(select(units).where(units.c.id == unit_id)).one()
    return _unit(row)


def create_units(tx: Transaction, drafts: Sequence[UnitDraft], places: Sequence[str]) -> list[int]:
    """Make units and return their ids; InvalidError lists every bad one."""
    _check(tx, drafts, places, [None] * len(drafts))
    if not drafts:
        return []
    statement = insert(units).returning(units.c.id, sort_by_parameter_order=True)
    ids = list(tx.connection.execute(statement, [_values(draft) for draft in drafts]).scalars())
    for unit_id in ids:
        tx.record("unit", unit_id, "create")
    return ids


def replace_units(
    tx: Transaction,
    drafts: Mapping[int, UnitDraft],
    places: Sequence[str],
    unsaid: Collection[str] = later_fields(UnitDraft),
) -> None:
    """Give existing units new contents; those that stay the same are left alone.

    unsaid: fields that stay as they are where a draft does not say them.
    """
    _check(tx, list(drafts.values()), places, list(drafts))
    for unit_id, given in drafts.items():
        current = as_draft(get_unit(tx.connection, unit_id), UnitDraft)
        draft = completed(given, current, unsaid)
        if draft != current:
            tx.connection.execute(update(units).where(units.c.id == unit_id).values(_values(draft)))
            tx.record("unit", unit_id, "update")


def delete_unit(tx: Transaction, unit_id: int) -> None:
    """Delete a unit that no recipe uses; else ConflictError names some of its users."""
    unit = get_unit(tx.connection, unit_id)
    lines, pieces = recipe_ingredients.c, ingredient_pieces.c
    used_in = select(lines.recipe_id).where(lines.unit_id == unit_id)
    using = select(recipes.c.name).where(recipes.c.id.in_(used_in)).order_by(recipes.c.order_key)
    what = f"unit {unit.name!r}"
    refuse_in_use(tx.connection, what, "used by", using)
    counted = select(pieces.ingredient_id).where(pieces.unit_id == unit_id)
    counting = select(ingredients.c.name).where(ingredients.c.id.in_(counted))
    refuse_in_use(tx.connection, what, "a piece of", counting.order_by(ingredients.c.name_key))
    tx.connection.execute(delete(units).where(units.c.id == unit_id))
    tx.record("unit", unit_id, "delete")


def written(name: str, abbreviation: str | None) -> tuple[str, str]:
    """How a unit is written after a number up to 1, and after more: `1 dash`, `2 dashes`.

    An abbreviation is the same for both (`2 tsp`), unless it is the name itself. Each is not
    written: `8 Mint Leaves`.
    """
    short = abbreviation or name
    if name_key(name) == EACH:
        return "", ""
    if name_key(short) != name_key(name) or _SAME_FOR_MORE.fullmatch(short):
        return short, short
    return short, plural(short)


def _unit(row: Row[Any]) -> Unit:
    one, more = written(row.name, row.abbreviation)
    return Unit.model_construct(**row._mapping, singular=one, plural=more)


def _check(
    tx: Transaction,
    drafts: Sequence[UnitDraft],
    places: Sequence[str],
    owners: Sequence[int | None],
) -> None:
    problems = name_problems(tx.connection, units, [draft.name for draft in drafts], places, owners)
    if problems:
        raise InvalidError(problems)


def _values(draft: UnitDraft) -> dict[str, object]:
    return column_values(draft) | {"name_key": name_key(draft.name)}
