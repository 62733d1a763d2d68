"""Recipes and their lines."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.lookup import chunks, missing_ids, name_problems, require
from cocktailspace.catalogue.measures import volume_ml
from cocktailspace.catalogue.models import Limits, Line, LineDraft, Recipe, RecipeDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.schema import ingredients, recipe_ingredients, recipes, units
from cocktailspace.catalogue.search import Found, search
from cocktailspace.catalogue.validation import at


@dataclass(frozen=True, slots=True)
class RecipePage:
    """Some recipes in order of name; `next_after` continues, or is None at the end."""

    items: list[Recipe]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class RecipeName:
    """A recipe's id and name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class NamePage:
    """Names of recipes in their order; `next_after` continues, or is None at the end."""

    items: list[RecipeName]
    next_after: str | None


def find_recipes(
    connection: Connection,
    *,
    name: str = "",
    ingredient_ids: Collection[int] = (),
    after: str | None = None,
    limit: int = 50,
) -> RecipePage:
    """Recipes with every word of `name` in theirs, and with every ingredient or a kind of it."""
    found = search(
        connection, name=name, ingredient_ids=ingredient_ids, after=after, limit=limit + 1
    )
    shown = found[:limit]
    loaded = load_recipes(connection, [row.id for row in shown])
    return RecipePage([loaded[row.id] for row in shown], _next_after(found, limit))


def find_names(
    connection: Connection,
    *,
    ingredient_ids: Collection[int] = (),
    after: str | None = None,
    limit: int = 50,
) -> NamePage:
    """The same, but only what the recipes are called: a hundredth of the work for a long list."""
    found = search(connection, name="", ingredient_ids=ingredient_ids, after=after, limit=limit + 1)
    shown = [RecipeName(row.id, row.name) for row in found[:limit]]
    return NamePage(shown, _next_after(found, limit))


def _next_after(found: Sequence[Found], limit: int) -> str | None:
    return found[limit - 1].name_key if len(found) > limit else None


def get_recipe(connection: Connection, recipe_id: int) -> Recipe:
    """One recipe; NotFoundError when there is none."""
    require(connection, recipes, recipe_id)
    return load_recipes(connection, [recipe_id])[recipe_id]


def load_recipes(connection: Connection, ids: Collection[int]) -> dict[int, Recipe]:
    """The recipes with these ids, lines in order; ids without a recipe are left out."""
    found: dict[int, Recipe] = {}
    for chunk in chunks(ids):
        lines: dict[int, list[Line]] = {}
        for recipe_id, line in _lines(connection, chunk):
            lines.setdefault(recipe_id, []).append(line)
        for row in connection.execute(select(recipes).where(recipes.c.id.in_(chunk))):
            found[row.id] = Recipe.model_validate(
                {**row._mapping, "ingredients": lines.get(row.id, [])}
            )
    return found


def create_recipes(
    tx: Transaction, drafts: Sequence[RecipeDraft], places: Sequence[str]
) -> list[int]:
    """Make recipes and return their ids; InvalidError lists every bad one."""
    _check(tx, drafts, places, [None] * len(drafts))
    if not drafts:
        return []
    stamps = {"created_at": tx.now, "updated_at": tx.now}
    statement = insert(recipes).returning(recipes.c.id, sort_by_parameter_order=True)
    rows = [_values(draft) | stamps for draft in drafts]
    ids = list(tx.connection.execute(statement, rows).scalars())
    _insert_lines(tx, dict(zip(ids, drafts, strict=True)))
    for recipe_id in ids:
        tx.record("recipe", recipe_id, "create")
    return ids


def replace_recipes(
    tx: Transaction, drafts: Mapping[int, RecipeDraft], places: Sequence[str]
) -> None:
    """Give existing recipes new contents; those that stay the same are left alone."""
    _check(tx, list(drafts.values()), places, list(drafts))
    current = load_recipes(tx.connection, drafts)
    changed = {key: draft for key, draft in drafts.items() if draft_of(current[key]) != draft}
    for recipe_id, draft in changed.items():
        change = update(recipes).where(recipes.c.id == recipe_id)
        tx.connection.execute(change.values(**_values(draft), updated_at=tx.now))
        _delete_lines(tx, recipe_id)
        tx.record("recipe", recipe_id, "update")
    _insert_lines(tx, changed)


def delete_recipe(tx: Transaction, recipe_id: int) -> None:
    """Delete a recipe and its lines."""
    require(tx.connection, recipes, recipe_id)
    _delete_lines(tx, recipe_id)
    tx.connection.execute(delete(recipes).where(recipes.c.id == recipe_id))
    tx.record("recipe", recipe_id, "delete")


def draft_of(recipe: Recipe) -> RecipeDraft:
    """The draft that would make this recipe again."""
    fields = recipe.model_dump(include=set(RecipeDraft.model_fields) - {"ingredients"})
    lines = tuple(
        LineDraft(ingredient_id=line.ingredient_id, amount=line.amount, unit_id=line.unit_id)
        for line in recipe.ingredients
    )
    return RecipeDraft.model_validate(fields | {"ingredients": lines})


def _lines(connection: Connection, recipe_ids: Collection[int]) -> Iterator[tuple[int, Line]]:
    lines = recipe_ingredients.c
    query = (
        select(
            lines.recipe_id,
            lines.ingredient_id,
            ingredients.c.name.label("ingredient"),
            lines.amount,
            lines.unit_id,
            units.c.name.label("unit"),
            units.c.millilitres,
        )
        .join_from(recipe_ingredients, ingredients)
        .outerjoin(units)
        .where(lines.recipe_id.in_(recipe_ids))
        .order_by(lines.recipe_id, lines.position)
    )
    for row in connection.execute(query):
        yield (
            row.recipe_id,
            Line(
                ingredient_id=row.ingredient_id,
                ingredient=row.ingredient,
                amount=row.amount,
                unit_id=row.unit_id,
                unit=row.unit,
                volume_ml=volume_ml(row.amount, row.millilitres),
            ),
        )


def _insert_lines(tx: Transaction, drafts: Mapping[int, RecipeDraft]) -> None:
    rows = [
        {"recipe_id": recipe_id, "position": position, **line.model_dump()}
        for recipe_id, draft in drafts.items()
        for position, line in enumerate(draft.ingredients)
    ]
    if rows:
        tx.connection.execute(insert(recipe_ingredients), rows)


def _delete_lines(tx: Transaction, recipe_id: int) -> None:
    lines = delete(recipe_ingredients).where(recipe_ingredients.c.recipe_id == recipe_id)
    tx.connection.execute(lines)


def _check(
    tx: Transaction,
    drafts: Sequence[RecipeDraft],
    places: Sequence[str],
    owners: Sequence[int | None],
) -> None:
    names = [draft.name for draft in drafts]
    problems = name_problems(tx.connection, recipes, names, places, owners)
    lines = [line for draft in drafts for line in draft.ingredients]
    no_ingredient = missing_ids(tx.connection, ingredients, {line.ingredient_id for line in lines})
    used_units = {line.unit_id for line in lines if line.unit_id is not None}
    no_unit = missing_ids(tx.connection, units, used_units)
    for draft, place in zip(drafts, places, strict=True):
        problems += _line_problems(draft, place, no_ingredient, no_unit, tx.limits)
    if problems:
        raise InvalidError(problems)


def _line_problems(
    draft: RecipeDraft, place: str, no_ingredient: set[int], no_unit: set[int], limits: Limits
) -> Iterator[Problem]:
    count, most = len(draft.ingredients), limits.ingredients_per_recipe
    if count > most:
        yield Problem(at(place, "ingredients"), f"{count} ingredients are too many; at most {most}")
    for position, line in enumerate(draft.ingredients):
        where = at(place, f"ingredients[{position}]")
        if line.ingredient_id in no_ingredient:
            yield Problem(f"{where}.ingredient_id", f"there is no ingredient {line.ingredient_id}")
        if line.unit_id in no_unit:
            yield Problem(f"{where}.unit_id", f"there is no unit {line.unit_id}")


def _values(draft: RecipeDraft) -> dict[str, Any]:
    return draft.model_dump(exclude={"ingredients"}) | {"name_key": name_key(draft.name)}
