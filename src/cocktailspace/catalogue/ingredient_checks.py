"""Checks of ingredient drafts against the catalogue: names, and that what they name is there."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from cocktailspace.catalogue.errors import InvalidError, Problem, at
from cocktailspace.catalogue.lookup import missing_ids, name_problems
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.schema import ingredients, units

Drafts = Sequence[IngredientDraft]


def check_ingredients(
    connection: Connection, drafts: Drafts, places: Sequence[str], owners: Sequence[int | None]
) -> None:
    """Raise InvalidError with everything that is wrong.

    owners: whose new contents these are; None for a new ingredient.
    """
    names = [draft.name for draft in drafts]
    problems = name_problems(connection, ingredients, names, places, owners)
    problems += _alias_problems(connection, drafts, places, owners)
    problems += _unknown(connection, drafts, places)
    for draft, place, owner in zip(drafts, places, owners, strict=True):
        if owner is not None and draft.made_from_id == owner:
            problems.append(Problem(at(place, "made_from_id"), "nothing is made from itself"))
    if problems:
        raise InvalidError(problems)


def aliases_by_key(connection: Connection) -> dict[str, tuple[int, str]]:
    """Of all ingredients: whose other name it is, and how that is spelt."""
    table = ingredients.c
    query = select(table.id, table.aliases).where(table.aliases.is_not(None))
    return {
        name_key(alias): (row.id, alias)
        for row in connection.execute(query)
        for alias in row.aliases
    }


def _alias_problems(
    connection: Connection, drafts: Drafts, places: Sequence[str], owners: Sequence[int | None]
) -> Iterator[Problem]:
    """Other names that are names, or other names, of something else."""
    changing = {owner for owner in owners if owner is not None}
    aliases = {
        key: f"another name of ingredient {holder}"
        for key, (holder, _) in aliases_by_key(connection).items()
        if holder not in changing
    }
    for draft, place in zip(drafts, places, strict=True):
        if holder := aliases.get(name_key(draft.name)):
            message = f"{draft.name!r} is {holder}; choose another, or take it away there"
            yield Problem(at(place, "name"), message)
    if not any(draft.aliases for draft in drafts):
        return
    taken = dict(aliases)
    for row in connection.execute(select(ingredients.c.id, ingredients.c.name_key)):
        if row.id not in changing:
            taken[row.name_key] = f"the name of ingredient {row.id}"
    own = {name_key(draft.name): place for draft, place in zip(drafts, places, strict=True)}
    taken |= {key: f"the name at {place or 'name'}" for key, place in own.items()}
    for draft, place in zip(drafts, places, strict=True):
        for position, alias in enumerate(draft.aliases):
            key, where = name_key(alias), at(place, f"aliases[{position}]")
            if key in taken and key != name_key(draft.name):
                yield Problem(where, f"{alias!r} is {taken[key]} already")
            taken.setdefault(key, f"at {where}")


def _unknown(connection: Connection, drafts: Drafts, places: Sequence[str]) -> Iterator[Problem]:
    """Ids that no row has."""
    others = {draft.parent_id for draft in drafts} | {draft.made_from_id for draft in drafts}
    no_ingredient = missing_ids(connection, ingredients, {i for i in others if i is not None})
    counted = {piece.unit_id for draft in drafts for piece in draft.pieces}
    counts_pieces: Mapping[int, bool] = (
        {
            row.id: row.millilitres is None
            for row in connection.execute(select(units.c.id, units.c.millilitres))
        }
        if counted
        else {}
    )
    for draft, place in zip(drafts, places, strict=True):
        for field in ("parent_id", "made_from_id"):
            if (wanted := getattr(draft, field)) in no_ingredient:
                yield Problem(at(place, field), f"there is no ingredient {wanted}")
        for position, piece in enumerate(draft.pieces):
            where = at(place, f"pieces[{position}].unit_id")
            if piece.unit_id not in counts_pieces:
                yield Problem(where, f"there is no unit {piece.unit_id}")
            elif not counts_pieces[piece.unit_id]:
                yield Problem(where, f"unit {piece.unit_id} measures a volume, not pieces")
        repeated = len({piece.unit_id for piece in draft.pieces}) < len(draft.pieces)
        if repeated:
            yield Problem(at(place, "pieces"), "each unit may stand once")
