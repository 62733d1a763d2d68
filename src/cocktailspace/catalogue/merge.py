"""Merging: all that names one ingredient or recipe names another, and its address leads there."""

from sqlalchemy import ColumnElement, Table, delete, insert, select, update

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import InvalidError, MergedError, NotFoundError, Problem
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import get_ingredient, replace_ingredients
from cocktailspace.catalogue.lookup import require
from cocktailspace.catalogue.models import Ingredient, IngredientDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.recipes import delete_recipe, get_recipe
from cocktailspace.catalogue.schema import (
    ingredient_pieces,
    ingredients,
    line_alternatives,
    merged,
    recipe_ingredients,
    recipes,
)
from cocktailspace.catalogue.taxonomy import descendants, refuse_misplaced
from cocktailspace.catalogue.values import MOST_WORDS


def merge_ingredients(tx: Transaction, old_id: int, into_id: int) -> None:
    """Lines, alternatives, kinds and other names of the old one become the other's, and its name
    another name of it.

    Raises InvalidError for one that cannot take them: itself, a kind of it, one that is gone.
    """
    old = get_ingredient(tx.connection, old_id)
    _require_target(tx, ingredients, old_id, into_id)
    if into_id in {row.id for row in tx.connection.execute(descendants(old_id))}:
        raise _refused(f"{into_id} is a kind of {old.name!r}; merge it the other way round")
    into = get_ingredient(tx.connection, into_id)
    aliases = _aliases(old, into)
    _move_uses(tx, old_id, into_id)
    children = _set_column(tx, ingredients, ingredients.c.parent_id == old_id, "parent_id", into_id)
    refuse_misplaced(tx.connection, dict.fromkeys(children, "into"))
    _set_column(tx, ingredients, ingredients.c.made_from_id == old_id, "made_from_id", into_id)
    itself = (ingredients.c.id == into_id) & (ingredients.c.made_from_id == into_id)
    tx.connection.execute(update(ingredients).where(itself).values(made_from_id=None))
    tx.connection.execute(
        delete(ingredient_pieces).where(ingredient_pieces.c.ingredient_id == old_id)
    )
    tx.connection.execute(delete(ingredients).where(ingredients.c.id == old_id))
    tx.record("ingredient", old_id, "delete")
    current = as_draft(get_ingredient(tx.connection, into_id), IngredientDraft)
    extended = current.model_copy(update={"aliases": aliases})
    replace_ingredients(tx, {into_id: extended}, ["into"])
    _redirect(tx, "ingredient", old_id, into_id)


def merge_recipes(tx: Transaction, old_id: int, into_id: int) -> None:
    """The old recipe is gone, and whoever names it means the other."""
    old = get_recipe(tx.connection, old_id)
    _require_target(tx, recipes, old_id, into_id)
    key = select(recipes.c.order_key).where(recipes.c.id == old_id)
    order_key = tx.connection.execute(key).scalar_one()
    delete_recipe(tx, old_id)
    _redirect(tx, "recipe", old_id, into_id, uid=old.uid, order_key=order_key)
    tx.record("recipe", into_id, "update")


def _require_target(tx: Transaction, table: Table, old_id: int, into_id: int) -> None:
    if old_id == into_id:
        raise _refused("nothing is merged into itself")
    try:
        require(tx.connection, table, into_id)
    except (NotFoundError, MergedError) as error:
        raise _refused(str(error)) from None


def _refused(message: str) -> InvalidError:
    return InvalidError([Problem("into", message)])


def _aliases(old: Ingredient, into: Ingredient) -> tuple[str, ...]:
    """The other's own, then the old one's name and other names, but not the other's name."""
    wanted = {name_key(name): name for name in (*into.aliases, old.name, *old.aliases)}
    wanted.pop(name_key(into.name), None)
    if len(wanted) > MOST_WORDS:
        raise _refused(f"it would have {len(wanted)} other names; at most {MOST_WORDS}")
    return tuple(wanted.values())


def _move_uses(tx: Transaction, old_id: int, into_id: int) -> None:
    """Recipes name the other: in lines, as alternatives, and as what they make."""
    touched = set(_set_column(tx, recipes, recipes.c.makes_id == old_id, "makes_id", into_id))
    for table in (recipe_ingredients, line_alternatives):
        named = table.c.ingredient_id == old_id
        touched |= set(tx.connection.execute(select(table.c.recipe_id).where(named)).scalars())
        tx.connection.execute(update(table).where(named).values(ingredient_id=into_id))
    _drop_repeated_alternatives(tx, into_id)
    for recipe_id in sorted(touched):
        change = update(recipes).where(recipes.c.id == recipe_id)
        tx.connection.execute(change.values(updated_at=tx.now))
        tx.record("recipe", recipe_id, "update")


def _drop_repeated_alternatives(tx: Transaction, into_id: int) -> None:
    """An alternative that is the line's own ingredient now, or stands there twice, says nothing."""
    other, line = line_alternatives.c, recipe_ingredients.c
    query = (
        select(other.recipe_id, other.position, other.rank, line.ingredient_id)
        .join(
            recipe_ingredients,
            (line.recipe_id == other.recipe_id) & (line.position == other.position),
        )
        .where(other.ingredient_id == into_id)
        .order_by(other.recipe_id, other.position, other.rank)
    )
    seen: set[tuple[int, int]] = set()
    for recipe_id, position, rank, own in tx.connection.execute(query).all():
        if own == into_id or (recipe_id, position) in seen:
            row = (other.recipe_id == recipe_id) & (other.position == position)
            tx.connection.execute(delete(line_alternatives).where(row & (other.rank == rank)))
        seen.add((recipe_id, position))


def _set_column(
    tx: Transaction, table: Table, which: ColumnElement[bool], column: str, value: int
) -> list[int]:
    """Give a column of some rows another value, and note it; their ids."""
    ids = list(tx.connection.execute(select(table.c.id).where(which)).scalars())
    tx.connection.execute(update(table).where(which).values({column: value, "updated_at": tx.now}))
    for row_id in ids:
        tx.record("ingredient" if table is ingredients else "recipe", row_id, "update")
    return ids


def _redirect(
    tx: Transaction,
    entity: str,
    old_id: int,
    into_id: int,
    *,
    uid: str | None = None,
    order_key: str | None = None,
) -> None:
    """Whoever asks for the old one, or for one that was merged into it, is sent to the other."""
    columns = merged.c
    earlier = (columns.entity == entity) & (columns.into_id == old_id)
    tx.connection.execute(update(merged).where(earlier).values(into_id=into_id))
    row = {"entity": entity, "old_id": old_id, "into_id": into_id}
    tx.connection.execute(insert(merged), [row | {"uid": uid, "order_key": order_key}])
