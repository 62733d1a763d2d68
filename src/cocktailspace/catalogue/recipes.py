"""Recipes: reading, creating, replacing, deleting."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection, Row, delete, insert, select, update

from cocktailspace.catalogue.calculated import calculate
from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.fields import column_values, completed, field_types, later_fields
from cocktailspace.catalogue.lookup import chunks, names_by_id, require
from cocktailspace.catalogue.models import Calculated, LineDraft, Recipe, RecipeDraft
from cocktailspace.catalogue.names import alike_key, name_key, order_key
from cocktailspace.catalogue.recipe_checks import check_recipes
from cocktailspace.catalogue.recipe_lines import (
    alternatives_of,
    delete_lines,
    insert_lines,
    read_lines,
)
from cocktailspace.catalogue.reference import reference_for
from cocktailspace.catalogue.schema import (
    ingredients,
    recipe_ingredients,
    recipes,
)
from cocktailspace.catalogue.values import Draft


@dataclass(frozen=True, slots=True)
class RecipeName:
    """A recipe's id and name."""

    id: int
    name: str


def recipe_names(connection: Connection, ids: Collection[int]) -> list[RecipeName]:
    """What recipes are called, in the order of the ids; a hundredth of the work of loading them."""
    found = names_by_id(connection, recipes, ids)
    return [RecipeName(each, found[each]) for each in ids]


@dataclass(frozen=True, slots=True)
class HouseMade:
    """A recipe that makes an ingredient. The map of cocktails does not have it."""

    id: int
    name: Annotated[str, Field(examples=["Honey Syrup"])]
    source: str | None
    makes_id: int
    makes: Annotated[
        str, Field(description="The ingredient that it makes", examples=["Honey Syrup"])
    ]


def house_made(connection: Connection, makes: Collection[int], most: int) -> list[HouseMade]:
    """Recipes that make one of these ingredients, or any where none is named: up to so many, in
    order of name.
    """
    query = (
        select(recipes.c.id, recipes.c.name, recipes.c.source, ingredients.c.id, ingredients.c.name)
        .join(ingredients, recipes.c.makes_id == ingredients.c.id)
        .order_by(recipes.c.order_key)
        .limit(most)
    )
    if makes:
        query = query.where(recipes.c.makes_id.in_(makes))
    return [HouseMade(*row) for row in connection.execute(query)]


def get_recipe(connection: Connection, recipe_id: int) -> Recipe:
    """One recipe; NotFoundError when there is none."""
    found = load_recipes(connection, [recipe_id])
    if not found:
        require(connection, recipes, recipe_id)
        raise NotFoundError(f"there is no recipe {recipe_id} yet")  # it is made at this moment
    return found[recipe_id]


def load_recipes(connection: Connection, ids: Collection[int]) -> dict[int, Recipe]:
    """The recipes with these ids (some hundreds at once), lines in order; ids without a recipe are
    left out.
    """
    reference = reference_for(connection)
    measures, curves = reference.measures, reference.curves
    lines = read_lines(connection, ids, measures)
    found: dict[int, Recipe] = {}
    for row in connection.execute(select(recipes).where(recipes.c.id.in_(ids))):
        own = lines.get(row.id, [])
        parts = [part for _, part in own]
        result = calculate(parts, row.method, measures.ingredients, curves)
        found[row.id] = Recipe.model_construct(
            **row._mapping,
            ingredients=[line for line, _ in own],
            calculated=Calculated.model_validate(result),
        )
    return found


def load_drafts(connection: Connection, ids: Collection[int]) -> dict[int, RecipeDraft]:
    """The drafts that would make these recipes again, in order of id."""
    found: dict[int, RecipeDraft] = {}
    for chunk in chunks(ids):
        lines: dict[int, list[LineDraft]] = {}
        others = alternatives_of(connection, chunk)
        table = recipe_ingredients.c
        query = select(recipe_ingredients).where(table.recipe_id.in_(chunk))
        for row in connection.execute(query.order_by(table.recipe_id, table.position)):
            named = tuple(each for each, _ in others.get((row.recipe_id, row.position), ()))
            line = LineDraft.model_construct(**_fields_of(LineDraft, row), alternatives=named)
            lines.setdefault(row.recipe_id, []).append(line)
        query = select(recipes).where(recipes.c.id.in_(chunk))
        for row in connection.execute(query.order_by(recipes.c.id)):
            found[row.id] = RecipeDraft.model_construct(
                **_fields_of(RecipeDraft, row), ingredients=tuple(lines.get(row.id, ()))
            )
    return found


def claims_of(draft: RecipeDraft | None, recipe_id: int | None) -> set[str]:
    """What a write of one recipe changes, and what its checks rest on besides ingredients and
    units: the recipe, its uid, and all whose names are or look like its name.

    draft: its new contents, None where it is deleted. recipe_id: None for a new one.
    """
    claims = set() if recipe_id is None else {f"recipe {recipe_id}"}
    if draft is not None:
        claims.add(f"recipes named {alike_key(draft.name)}")
        if draft.uid is not None:
            claims.add(f"uid {draft.uid}")
    return claims


def create_recipes(
    tx: Transaction, drafts: Sequence[RecipeDraft], places: Sequence[str]
) -> list[int]:
    """Make recipes and return their ids; InvalidError lists every bad one."""
    check_recipes(tx, drafts, places, [None] * len(drafts))
    if not drafts:
        return []
    stamps = {"created_at": tx.now, "updated_at": tx.now}
    statement = insert(recipes).returning(recipes.c.id, sort_by_parameter_order=True)
    rows = [
        _values(draft) | stamps | {"uid": draft.uid or secrets.token_hex(16)} for draft in drafts
    ]
    ids = list(tx.connection.execute(statement, rows).scalars())
    insert_lines(tx, dict(zip(ids, drafts, strict=True)))
    for recipe_id in ids:
        tx.record("recipe", recipe_id, "create")
    return ids


def replace_recipes(
    tx: Transaction,
    drafts: Mapping[int, RecipeDraft],
    places: Sequence[str],
    unsaid: Collection[str] = later_fields(RecipeDraft),
) -> None:
    """Give existing recipes new contents; those that stay the same are left alone.

    unsaid: fields that stay as they are where a draft does not say them.
    """
    current = load_drafts(tx.connection, drafts)
    whole = {each: _completed(draft, current[each], unsaid) for each, draft in drafts.items()}
    check_recipes(tx, list(whole.values()), places, list(whole))
    changed = {each: draft for each, draft in whole.items() if draft != current[each]}
    for recipe_id, draft in changed.items():
        change = update(recipes).where(recipes.c.id == recipe_id)
        tx.connection.execute(change.values(**_values(draft), updated_at=tx.now))
        delete_lines(tx, [recipe_id])
        tx.record("recipe", recipe_id, "update")
    insert_lines(tx, changed)


def delete_recipe(tx: Transaction, recipe_id: int) -> None:
    """Delete a recipe and its lines."""
    require(tx.connection, recipes, recipe_id)
    delete_lines(tx, [recipe_id])
    tx.connection.execute(delete(recipes).where(recipes.c.id == recipe_id))
    tx.record("recipe", recipe_id, "delete")


def delete_recipes(tx: Transaction, ids: Sequence[int]) -> None:
    """Delete recipes and their lines; those that are gone already are passed over."""
    for chunk in chunks(ids):
        delete_lines(tx, chunk)
        gone = delete(recipes).where(recipes.c.id.in_(chunk)).returning(recipes.c.id)
        for recipe_id in tx.connection.execute(gone).scalars().all():
            tx.record("recipe", recipe_id, "delete")


def _completed(draft: RecipeDraft, current: RecipeDraft, unsaid: Collection[str]) -> RecipeDraft:
    """The draft with all that it leaves as it is, also in lines of an ingredient that stays."""
    whole = completed(draft, current, unsaid)
    if whole.uid is None:
        whole = whole.model_copy(update={"uid": current.uid})
    if "ingredients" not in draft.model_fields_set:
        return whole
    left: dict[int, list[LineDraft]] = {}
    for line in current.ingredients:
        left.setdefault(line.ingredient_id, []).append(line)
    lines = []
    for line in draft.ingredients:
        same = left.get(line.ingredient_id)
        lines.append(completed(line, same.pop(0), later_fields(LineDraft)) if same else line)
    return whole.model_copy(update={"ingredients": tuple(lines)})


def _fields_of(model: type[Draft], row: Row[Any]) -> dict[str, Any]:
    """Those of a row's columns that are the model's fields."""
    types = field_types(model)
    return {name: getattr(row, name) for name, field in types.items() if field.is_column}


def _values(draft: RecipeDraft) -> dict[str, Any]:
    keys = {
        "name_key": name_key(draft.name),
        "order_key": order_key(draft.name, draft.source),
        "alike_key": alike_key(draft.name),
    }
    return column_values(draft) | keys
