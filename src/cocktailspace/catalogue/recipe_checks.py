"""Checks of recipe drafts against the catalogue: names, uids, and that what they name is there."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from cocktailspace.catalogue.database import Limits, Transaction
from cocktailspace.catalogue.errors import InvalidError, Problem, at, short
from cocktailspace.catalogue.lookup import chunks, ids_by_key, key_problems, missing_ids
from cocktailspace.catalogue.models import LineDraft, RecipeDraft
from cocktailspace.catalogue.names import order_key
from cocktailspace.catalogue.schema import ingredients, recipes, units

Drafts = Sequence[RecipeDraft]


def check_recipes(
    tx: Transaction, drafts: Drafts, places: Sequence[str], owners: Sequence[int | None]
) -> None:
    """Raise InvalidError with everything that is wrong.

    owners: whose new contents these are; None for a new recipe.
    """
    problems = [
        *_name_problems(tx, drafts, places, owners),
        *_uid_problems(tx, drafts, places, owners),
    ]
    lines = [line for draft in drafts for line in draft.ingredients]
    wanted = {draft.makes_id for draft in drafts if draft.makes_id is not None}
    wanted |= {each for line in lines for each in (line.ingredient_id, *line.alternatives)}
    no_ingredient = missing_ids(tx.connection, ingredients, wanted)
    used_units = {line.unit_id for line in lines if line.unit_id is not None}
    no_unit = missing_ids(tx.connection, units, used_units)
    for draft, place in zip(drafts, places, strict=True):
        if draft.makes_id in no_ingredient:
            message = f"there is no ingredient {draft.makes_id}"
            problems.append(Problem(at(place, "makes_id"), message))
        problems += line_problems(draft.ingredients, place, no_ingredient, no_unit, tx.limits)
    if problems:
        raise InvalidError(problems)


def _name_problems(
    tx: Transaction, drafts: Drafts, places: Sequence[str], owners: Sequence[int | None]
) -> list[Problem]:
    """Of one name and one source there is one recipe."""
    keys = [order_key(draft.name, draft.source) for draft in drafts]
    shown = [
        repr(draft.name) + (f" from {short(draft.source)!r}" if draft.source else "")
        for draft in drafts
    ]
    holders = {
        key: (row_id, f"recipes {row_id}")
        for key, row_id in ids_by_key(tx.connection, recipes.c.order_key, set(keys)).items()
    }
    return key_problems(keys, shown, places, owners, holders)


def _uid_problems(
    tx: Transaction, drafts: Drafts, places: Sequence[str], owners: Sequence[int | None]
) -> Iterator[Problem]:
    """Each has another uid than all others, and keeps it."""
    uids = {draft.uid for draft in drafts if draft.uid is not None}
    holders = ids_by_key(tx.connection, recipes.c.uid, uids)
    current = {
        row_id: uid
        for chunk in chunks(owner for owner in owners if owner is not None)
        for row_id, uid in tx.connection.execute(
            select(recipes.c.id, recipes.c.uid).where(recipes.c.id.in_(chunk))
        )
    }
    seen: set[str] = set()
    for draft, place, owner in zip(drafts, places, owners, strict=True):
        if draft.uid is None:
            continue
        if owner is not None and draft.uid != current.get(owner, draft.uid):
            message = "it is permanent; leave it out, or say the one that there is"
            yield Problem(at(place, "uid"), message)
        elif draft.uid in seen or holders.get(draft.uid, owner) != owner:
            yield Problem(at(place, "uid"), f"{draft.uid} is another recipe's; leave it out")
        seen.add(draft.uid)


def line_problems(
    lines: Sequence[LineDraft],
    place: str,
    no_ingredient: set[int],
    no_unit: set[int],
    limits: Limits,
) -> Iterator[Problem]:
    """What is wrong with lines, of which these ids of ingredients and units are nobody's."""
    count, most = len(lines), limits.ingredients_per_recipe
    if count > most:
        yield Problem(at(place, "ingredients"), f"{count} ingredients are too many; at most {most}")
    for position, line in enumerate(lines):
        where = f"ingredients[{position}]"
        if line.ingredient_id in no_ingredient:
            message = f"there is no ingredient {line.ingredient_id}"
            yield Problem(at(place, f"{where}.ingredient_id"), message)
        if line.unit_id in no_unit:
            yield Problem(at(place, f"{where}.unit_id"), f"there is no unit {line.unit_id}")
        for number, each in enumerate(line.alternatives):
            if each in no_ingredient:
                message = f"there is no ingredient {each}"
                yield Problem(at(place, f"{where}.alternatives[{number}]"), message)
