"""Import: a file's rows become drafts with ids, and the drafts become rows of the catalogue."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, Table, select

from cocktailspace.catalogue import schema
from cocktailspace.catalogue.database import Database, Transaction
from cocktailspace.catalogue.errors import MOST_PROBLEMS, InvalidError
from cocktailspace.catalogue.fields import field_types, name_in_files
from cocktailspace.catalogue.ingredients import (
    create_ingredients,
    delete_ingredient,
    replace_ingredients,
)
from cocktailspace.catalogue.methods import create_methods, list_methods, replace_methods
from cocktailspace.catalogue.models import IngredientDraft, MethodDraft, RecipeDraft, UnitDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.recipes import create_recipes, delete_recipe, replace_recipes
from cocktailspace.catalogue.taxonomy import children_first
from cocktailspace.catalogue.transfer.checks import Known, known_names, refuse_bad_names
from cocktailspace.catalogue.transfer.file import ROWS, CatalogueFile, draft_of_row
from cocktailspace.catalogue.transfer.matching import match_recipes
from cocktailspace.catalogue.units import create_units, delete_unit, list_units, replace_units
from cocktailspace.collector import paused_collector

D = TypeVar("D", UnitDraft, MethodDraft, IngredientDraft, RecipeDraft)
Create = Callable[[Transaction, Sequence[D], Sequence[str]], list[int]]
Replace = Callable[[Transaction, Mapping[int, D], Sequence[str], Collection[str]], None]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many entities an import touched, and how many it found as they were."""

    created: int
    updated: int
    deleted: int
    unchanged: int


def would_delete(connection: Connection, file: CatalogueFile) -> dict[str, list[str]]:
    """What an import with `replace` would delete, by table: names, of recipes with their source."""
    known = known_names(connection)
    found: dict[str, list[str]] = {}
    for table, names in known.names.items():
        said = {name_key(row.name) for row in getattr(file, table)}
        kept_ids = {row_id for key, (_, row_id) in names.items() if key in said}
        absent = {row_id: name for name, row_id in names.values() if row_id not in kept_ids}
        proper = known.proper if table == "ingredients" else {}
        found[table] = sorted(proper.get(each, name) for each, name in absent.items())
    kept = set(match_recipes(connection, file.recipes).ids)
    columns = schema.recipes.c
    rows = connection.execute(
        select(columns.id, columns.name, columns.source).order_by(columns.order_key)
    )
    found["recipes"] = [
        f"{row.name} ({row.source})" if row.source else row.name
        for row in rows
        if row.id not in kept
    ]
    return found


def import_file(tx: Transaction, file: CatalogueFile, *, replace: bool = False) -> ImportSummary:
    """Create and update by name; with `replace`, also delete what the file lacks.

    What a row does not say stays as it is.
    Raises InvalidError with every bad row and its place; then nothing is imported.
    """
    known = known_names(tx.connection)
    refuse_bad_names(file, known, hints=0)
    matching = match_recipes(tx.connection, file.recipes)
    if matching.problems:
        raise InvalidError(matching.problems)
    ids = known.ids()
    units = _unit_drafts(tx, file)
    owners = [ids["units"].get(name_key(draft.name)) for draft in units]
    unit_ids = _upsert(tx, "units", units, owners, create_units, replace_units)
    ids["units"] |= _by_key(units, unit_ids)
    _import_methods(tx, file)
    ingredient_ids = _import_ingredients(tx, file, ids, known)
    drafts = [
        _keeping_uid(draft_of_row(row, RecipeDraft, ids), owner)
        for row, owner in zip(file.recipes, matching.ids, strict=True)
    ]
    recipe_ids = _upsert(tx, "recipes", drafts, matching.ids, create_recipes, replace_recipes)
    if replace:
        _delete_absent(tx, unit_ids, ingredient_ids, recipe_ids)
    return _summary(tx, file)


def load_file(
    database: Database,
    file: CatalogueFile,
    *,
    load: Callable[[Transaction, CatalogueFile], ImportSummary] = import_file,
) -> ImportSummary:
    """Import a file in one transaction. What can be said of it before anybody has to wait for it
    is said before: also which names were meant by those that are unknown.

    load: imports the file; it may do more in the transaction than `import_file`.
    """
    with paused_collector():
        with database.reading() as connection:
            refuse_bad_names(file, known_names(connection), hints=MOST_PROBLEMS)
        with database.transaction() as tx:
            return load(tx, file)


def _unit_drafts(tx: Transaction, file: CatalogueFile) -> list[UnitDraft]:
    """`catalogue/1` had no units that count pieces: `Each` was 1 ml, and it says so of all that
    count pieces here.
    """
    drafts = [draft_of_row(row, UnitDraft, {}) for row in file.units]
    if file.format != "catalogue/1":
        return drafts
    units = list_units(tx.connection)
    of_pieces = {name_key(unit.name) for unit in units if unit.millilitres is None} | {"each"}
    return [
        draft.model_copy(update={"millilitres": None})
        if name_key(draft.name) in of_pieces and draft.millilitres == 1
        else draft
        for draft in drafts
    ]


def _import_methods(tx: Transaction, file: CatalogueFile) -> None:
    drafts = [draft_of_row(row, MethodDraft, {}) for row in file.methods]
    there = {name_key(each.name): each.id for each in list_methods(tx.connection)}
    owners = [there.get(name_key(draft.name)) for draft in drafts]
    _upsert(tx, "methods", drafts, owners, create_methods, replace_methods)


def _import_ingredients(
    tx: Transaction, file: CatalogueFile, ids: dict[str, dict[str, int]], known: Known
) -> list[int]:
    """New ones first, then all with what they refer to: rows may come in any order.

    A row that says another name of an ingredient means it, and does not rename it.
    """
    there = ids["ingredients"]
    new = [(i, row) for i, row in enumerate(file.ingredients) if name_key(row.name) not in there]
    alone = [
        draft_of_row(row.model_copy(update=dict.fromkeys(_REFERENCES)), IngredientDraft, ids)
        for _, row in new
    ]
    created = create_ingredients(tx, alone, [f"ingredients[{i}]" for i, _ in new])
    own = _by_key(alone, created)
    others = {
        name_key(alias): row_id
        for draft, row_id in zip(alone, created, strict=True)
        for alias in draft.aliases
    }
    ids["ingredients"] = {**others, **there, **own}
    owners, drafts = [], []
    for row in file.ingredients:
        owner = ids["ingredients"][name_key(row.name)]
        draft = draft_of_row(row, IngredientDraft, ids)
        proper = known.proper.get(owner, row.name)
        meant = name_key(proper) != name_key(row.name)
        drafts.append(draft.model_copy(update={"name": proper}) if meant else draft)
        owners.append(owner)
    return _upsert(tx, "ingredients", drafts, owners, create_ingredients, replace_ingredients)


_REFERENCES = [
    name_in_files(name, field)
    for name, field in field_types(IngredientDraft).items()
    if field.reference and field.is_column
]


def _keeping_uid(draft: RecipeDraft, owner: int | None) -> RecipeDraft:
    """A recipe that is there keeps its uid, whatever the file says."""
    return draft if owner is None else draft.model_copy(update={"uid": None})


def _upsert(
    tx: Transaction,
    table: str,
    drafts: Sequence[D],
    owners: Sequence[int | None],
    create: "Create[D]",
    replace: "Replace[D]",
) -> list[int]:
    """Replace the drafts that have owners, create the others; the ids of all."""
    new: dict[str, D] = {}
    known: dict[int, D] = {}
    places = []
    for i, (draft, owner) in enumerate(zip(drafts, owners, strict=True)):
        place = f"{table}[{i}]"
        if owner is None:
            new[place] = draft
        else:
            known[owner] = draft
            places.append(place)
    if known:
        model = type(next(iter(known.values())))
        replace(tx, known, places, frozenset(model.model_fields))
    created = iter(create(tx, list(new.values()), list(new)))
    return [next(created) if owner is None else owner for owner in owners]


def _delete_absent(
    tx: Transaction,
    unit_ids: Sequence[int],
    ingredient_ids: Sequence[int],
    recipe_ids: Sequence[int],
) -> None:
    for recipe_id in _absent(tx, schema.recipes, recipe_ids):
        delete_recipe(tx, recipe_id)
    absent = _absent(tx, schema.ingredients, ingredient_ids)
    for ingredient_id in children_first(tx.connection, absent):
        delete_ingredient(tx, ingredient_id)
    for unit_id in _absent(tx, schema.units, unit_ids):
        delete_unit(tx, unit_id)


def _absent(tx: Transaction, table: Table, kept: Sequence[int]) -> list[int]:
    ids = tx.connection.execute(select(table.c.id).order_by(table.c.id)).scalars()
    return sorted(set(ids) - set(kept))


def _by_key(drafts: Sequence[D], ids: Sequence[int]) -> dict[str, int]:
    return {name_key(draft.name): row_id for draft, row_id in zip(drafts, ids, strict=True)}


def _summary(tx: Transaction, file: CatalogueFile) -> ImportSummary:
    actions = list(tx.touched.values())
    created, updated = actions.count("create"), actions.count("update")
    rows = sum(len(getattr(file, table)) for table in ROWS)
    return ImportSummary(created, updated, actions.count("delete"), rows - created - updated)
