"""Ingredients: what recipes are made of, and where each stands in the taxonomy."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.fields import as_draft, column_values, completed, later_fields
from cocktailspace.catalogue.forest import forest_of
from cocktailspace.catalogue.ingredient_checks import check_ingredients
from cocktailspace.catalogue.lookup import chunks, require
from cocktailspace.catalogue.models import Ingredient, IngredientDraft, PieceDraft
from cocktailspace.catalogue.names import alike_key, name_key
from cocktailspace.catalogue.schema import ingredient_pieces, ingredients
from cocktailspace.catalogue.taxonomy import refuse_misplaced
from cocktailspace.catalogue.uses import refuse_needed


def list_ingredients(connection: Connection) -> list[Ingredient]:
    """All ingredients, in the order in which they were made."""
    pieces = _pieces(connection, None)
    rows = connection.execute(select(ingredients).order_by(ingredients.c.id))
    return [_record(row._mapping, pieces) for row in rows]


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
    return load_ingredients(connection, [ingredient_id])[ingredient_id]


def children_of(connection: Connection, ingredient_id: int) -> list[Ingredient]:
    """The kinds of an ingredient one level down, by name."""
    below = select(ingredients.c.id).where(ingredients.c.parent_id == ingredient_id)
    ids = connection.execute(below.order_by(ingredients.c.name_key)).scalars().all()
    found = load_ingredients(connection, ids)
    return [found[each] for each in ids]


def load_ingredients(connection: Connection, ids: Collection[int]) -> dict[int, Ingredient]:
    """The ingredients with these ids; ids without one are left out."""
    found = {}
    for chunk in chunks(ids):
        pieces = _pieces(connection, chunk)
        for row in connection.execute(select(ingredients).where(ingredients.c.id.in_(chunk))):
            found[row.id] = _record(row._mapping, pieces)
    return found


def create_ingredients(
    tx: Transaction, drafts: Sequence[IngredientDraft], places: Sequence[str]
) -> list[int]:
    """Make ingredients and return their ids; InvalidError lists every bad one."""
    check_ingredients(tx.connection, drafts, places, [None] * len(drafts))
    if not drafts:
        return []
    stamps = {"created_at": tx.now, "updated_at": tx.now}
    rows = [_values(draft) | stamps for draft in drafts]
    statement = insert(ingredients).returning(ingredients.c.id, sort_by_parameter_order=True)
    ids = list(tx.connection.execute(statement, rows).scalars())
    _insert_pieces(tx, dict(zip(ids, drafts, strict=True)))
    placed = {}
    for ingredient_id, draft, place in zip(ids, drafts, places, strict=True):
        tx.record("ingredient", ingredient_id, "create")
        if draft.parent_id is not None:
            placed[ingredient_id] = place or "parent_id"
    refuse_misplaced(tx.connection, placed)
    return ids


def replace_ingredients(
    tx: Transaction,
    drafts: Mapping[int, IngredientDraft],
    places: Sequence[str],
    unsaid: Collection[str] = later_fields(IngredientDraft),
) -> None:
    """Give existing ingredients new contents, their place in the taxonomy included; what is below
    moves along. Those that stay the same are left alone.

    unsaid: fields that stay as they are where a draft does not say them.
    """
    loaded = load_ingredients(tx.connection, drafts)
    current = {each: as_draft(record, IngredientDraft) for each, record in loaded.items()}
    whole = {each: completed(draft, current[each], unsaid) for each, draft in drafts.items()}
    check_ingredients(tx.connection, list(whole.values()), places, list(whole))
    changed = {each: draft for each, draft in whole.items() if draft != current[each]}
    place_of = dict(zip(whole, places, strict=True))
    placed = {}
    for ingredient_id, draft in changed.items():
        change = update(ingredients).where(ingredients.c.id == ingredient_id)
        tx.connection.execute(change.values(**_values(draft), updated_at=tx.now))
        tx.record("ingredient", ingredient_id, "update")
        if draft.pieces != current[ingredient_id].pieces:
            _delete_pieces(tx, ingredient_id)
            _insert_pieces(tx, {ingredient_id: draft})
        if draft.parent_id != current[ingredient_id].parent_id:
            placed[ingredient_id] = place_of[ingredient_id] or "parent_id"
    refuse_misplaced(tx.connection, placed)


def delete_ingredient(tx: Transaction, ingredient_id: int) -> None:
    """Delete an ingredient that nothing needs; else ConflictError names some of what does."""
    name = get_ingredient(tx.connection, ingredient_id).name
    refuse_needed(tx.connection, ingredient_id, name)
    _delete_pieces(tx, ingredient_id)
    tx.connection.execute(delete(ingredients).where(ingredients.c.id == ingredient_id))
    tx.record("ingredient", ingredient_id, "delete")


def _record(row: RowMapping, pieces: Mapping[int, list[PieceDraft]]) -> Ingredient:
    return Ingredient.model_construct(**row, pieces=tuple(pieces.get(row["id"], ())))


def _pieces(connection: Connection, ids: Sequence[int] | None) -> dict[int, list[PieceDraft]]:
    """Of these ingredients, or of all."""
    query = select(ingredient_pieces).order_by(
        ingredient_pieces.c.ingredient_id, ingredient_pieces.c.position
    )
    if ids is not None:
        query = query.where(ingredient_pieces.c.ingredient_id.in_(ids))
    found: dict[int, list[PieceDraft]] = {}
    for row in connection.execute(query):
        found.setdefault(row.ingredient_id, []).append(PieceDraft.model_construct(**row._mapping))
    return found


def _insert_pieces(tx: Transaction, drafts: Mapping[int, IngredientDraft]) -> None:
    rows = [
        {"ingredient_id": ingredient_id, "position": position, **column_values(piece)}
        for ingredient_id, draft in drafts.items()
        for position, piece in enumerate(draft.pieces)
    ]
    if rows:
        tx.connection.execute(insert(ingredient_pieces), rows)


def _delete_pieces(tx: Transaction, ingredient_id: int) -> None:
    pieces = ingredient_pieces.c.ingredient_id == ingredient_id
    tx.connection.execute(delete(ingredient_pieces).where(pieces))


def _values(draft: IngredientDraft) -> dict[str, Any]:
    keys = {"name_key": name_key(draft.name), "alike_key": alike_key(draft.name)}
    return column_values(draft) | keys
