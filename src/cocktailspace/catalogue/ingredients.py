"""Ingredients: what recipes are made of, and where each stands in the taxonomy."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.forest import forest_of
from cocktailspace.catalogue.lookup import chunks, missing_ids, name_problems, require
from cocktailspace.catalogue.models import Ingredient, IngredientDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.schema import ingredients, recipe_ingredients, recipes
from cocktailspace.catalogue.taxonomy import refuse_misplaced
from cocktailspace.catalogue.units import refuse_in_use
from cocktailspace.catalogue.validation import at


def list_ingredients(connection: Connection) -> list[Ingredient]:
    """All ingredients, in the order in which they were made."""
    rows = connection.execute(select(ingredients).order_by(ingredients.c.id))
    return [Ingredient.model_validate(row._mapping) for row in rows]


def families(flat: Sequence[Ingredient]) -> dict[int | None, list[Ingredient]]:
    """Children by parent, roots under None, each by name: a forest to descend into, whatever the
    table holds.
    """
    forest = forest_of({each.id: each.parent_id for each in flat})
    children: dict[int | None, list[Ingredient]] = {}
    for each in sorted(flat, key=lambda ingredient: ingredient.name.casefold()):
        children.setdefault(forest[each.id], []).append(each)
    return children


def get_ingredient(connection: Connection, ingredient_id: int) -> Ingredient:
    """One ingredient; NotFoundError when there is none."""
    require(connection, ingredients, ingredient_id)
    return _load(connection, [ingredient_id])[ingredient_id]


def children_of(connection: Connection, ingredient_id: int) -> list[Ingredient]:
    """The kinds of an ingredient one level down, by name."""
    below = select(ingredients).where(ingredients.c.parent_id == ingredient_id)
    rows = connection.execute(below.order_by(ingredients.c.name_key))
    return [Ingredient.model_validate(row._mapping) for row in rows]


def create_ingredients(
    tx: Transaction, drafts: Sequence[IngredientDraft], places: Sequence[str]
) -> list[int]:
    """Make ingredients and return their ids; InvalidError lists every bad one."""
    _check(tx, drafts, places, [None] * len(drafts))
    if not drafts:
        return []
    stamps = {"created_at": tx.now, "updated_at": tx.now}
    rows = [_values(draft) | stamps for draft in drafts]
    statement = insert(ingredients).returning(ingredients.c.id, sort_by_parameter_order=True)
    ids = list(tx.connection.execute(statement, rows).scalars())
    placed = {}
    for ingredient_id, draft, place in zip(ids, drafts, places, strict=True):
        tx.record("ingredient", ingredient_id, "create")
        if draft.parent_id is not None:
            placed[ingredient_id] = place or "parent_id"
    refuse_misplaced(tx.connection, placed)
    return ids


def replace_ingredients(
    tx: Transaction, drafts: Mapping[int, IngredientDraft], places: Sequence[str]
) -> None:
    """Give existing ingredients new contents, their place in the taxonomy included; what is below
    moves along. Those that stay the same are left alone.
    """
    _check(tx, list(drafts.values()), places, list(drafts))
    current = _load(tx.connection, list(drafts))
    placed = {}
    for (ingredient_id, draft), place in zip(drafts.items(), places, strict=True):
        before = draft_of(current[ingredient_id])
        if before == draft:
            continue
        change = update(ingredients).where(ingredients.c.id == ingredient_id)
        tx.connection.execute(change.values(**_values(draft), updated_at=tx.now))
        tx.record("ingredient", ingredient_id, "update")
        if before.parent_id != draft.parent_id:
            placed[ingredient_id] = place or "parent_id"
    refuse_misplaced(tx.connection, placed)


def delete_ingredient(tx: Transaction, ingredient_id: int) -> None:
    """Delete an ingredient that nothing uses; else ConflictError names some of its users."""
    what = f"ingredient {get_ingredient(tx.connection, ingredient_id).name!r}"
    children = [child.name for child in children_of(tx.connection, ingredient_id)]
    refuse_in_use(what, "the family of", children)
    lines = recipe_ingredients.c
    used_in = select(lines.recipe_id).where(lines.ingredient_id == ingredient_id)
    names = select(recipes.c.name).where(recipes.c.id.in_(used_in)).order_by(recipes.c.name_key)
    refuse_in_use(what, "used by", tx.connection.execute(names.limit(6)).scalars().all())
    tx.connection.execute(delete(ingredients).where(ingredients.c.id == ingredient_id))
    tx.record("ingredient", ingredient_id, "delete")


def draft_of(ingredient: Ingredient) -> IngredientDraft:
    """The draft that would make this ingredient again."""
    return IngredientDraft(
        name=ingredient.name,
        description=ingredient.description,
        allow_substitution=ingredient.allow_substitution,
        parent_id=ingredient.parent_id,
    )


def _load(connection: Connection, ids: Sequence[int]) -> dict[int, Ingredient]:
    found = {}
    for chunk in chunks(ids):
        for row in connection.execute(select(ingredients).where(ingredients.c.id.in_(chunk))):
            found[row.id] = Ingredient.model_validate(row._mapping)
    return found


def _check(
    tx: Transaction,
    drafts: Sequence[IngredientDraft],
    places: Sequence[str],
    owners: Sequence[int | None],
) -> None:
    names = [draft.name for draft in drafts]
    problems = name_problems(tx.connection, ingredients, names, places, owners)
    parents = {draft.parent_id for draft in drafts if draft.parent_id is not None}
    unknown = missing_ids(tx.connection, ingredients, parents)
    problems += [
        Problem(at(place, "parent_id"), f"there is no ingredient {draft.parent_id}")
        for draft, place in zip(drafts, places, strict=True)
        if draft.parent_id in unknown
    ]
    if problems:
        raise InvalidError(problems)


def _values(draft: IngredientDraft) -> dict[str, Any]:
    return draft.model_dump() | {"name_key": name_key(draft.name)}
