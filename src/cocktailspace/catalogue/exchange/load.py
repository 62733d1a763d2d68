"""Import: a file's rows become drafts with ids, and the drafts become rows of the catalogue."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select

from cocktailspace.catalogue import schema
from cocktailspace.catalogue.database import Database, Transaction
from cocktailspace.catalogue.errors import MOST_PROBLEMS, InvalidError, Problem
from cocktailspace.catalogue.exchange.file import CatalogueFile, IngredientRow, RecipeRow
from cocktailspace.catalogue.ingredients import (
    create_ingredients,
    delete_ingredient,
    replace_ingredients,
)
from cocktailspace.catalogue.models import (
    IngredientDraft,
    IngredientFields,
    LineDraft,
    RecipeDraft,
    RecipeFields,
    UnitDraft,
)
from cocktailspace.catalogue.names import did_you_mean, name_key
from cocktailspace.catalogue.recipes import create_recipes, delete_recipe, replace_recipes
from cocktailspace.catalogue.taxonomy import children_first
from cocktailspace.catalogue.units import create_units, delete_unit, replace_units
from cocktailspace.collector import paused_collector

D = TypeVar("D", UnitDraft, IngredientDraft, RecipeDraft)
Create = Callable[[Transaction, Sequence[D], Sequence[str]], list[int]]
Replace = Callable[[Transaction, Mapping[int, D], Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many entities an import touched, and how many it found as they were."""

    created: int
    updated: int
    deleted: int
    unchanged: int


def load_file(database: Database, file: CatalogueFile, *, replace: bool = False) -> ImportSummary:
    """Import a file in one transaction. What can be said of it before anybody has to wait for it
    is said before: also which names were meant by those that are unknown.
    """
    with paused_collector():
        with database.reading() as connection:
            units = _names(connection, schema.units)
            ingredients = _names(connection, schema.ingredients)
        _refuse_bad_names(file, units, ingredients, hints=MOST_PROBLEMS)
        with database.transaction() as tx:
            return import_file(tx, file, replace=replace)


def import_file(tx: Transaction, file: CatalogueFile, *, replace: bool = False) -> ImportSummary:
    """Create and update by name; with `replace`, also delete what the file lacks.

    A row replaces the one of its name as a whole: what it leaves out is emptied.
    Raises InvalidError with every bad row and its place; then nothing is imported.
    """
    units = _names(tx.connection, schema.units)
    ingredients = _names(tx.connection, schema.ingredients)
    _refuse_bad_names(file, units, ingredients, hints=0)

    unit_ids = _upsert(tx, "units", file.units, _ids(units), create_units, replace_units)
    ingredient_ids = _import_ingredients(tx, file.ingredients, _ids(ingredients))
    drafts = [_recipe_draft(row, ingredient_ids, unit_ids) for row in file.recipes]
    recipe_ids = _ids(_names(tx.connection, schema.recipes))
    recipe_ids = _upsert(tx, "recipes", drafts, recipe_ids, create_recipes, replace_recipes)
    if replace:
        _delete_absent(tx, file, unit_ids, ingredient_ids, recipe_ids)
    return _summary(tx, file)


def _import_ingredients(
    tx: Transaction, rows: Sequence[IngredientRow], ids: dict[str, int]
) -> dict[str, int]:
    """New ones first as roots, then all with their parents: rows may come in any order."""
    new = [(i, row) for i, row in enumerate(rows) if name_key(row.name) not in ids]
    roots = [IngredientDraft(**_fields(row, IngredientFields)) for _, row in new]
    created = create_ingredients(tx, roots, [f"ingredients[{i}]" for i, _ in new])
    ids = ids | {name_key(draft.name): new_id for draft, new_id in zip(roots, created, strict=True)}
    placed = [
        IngredientDraft(
            **_fields(row, IngredientFields),
            parent_id=None if row.parent is None else ids[name_key(row.parent)],
        )
        for row in rows
    ]
    return _upsert(tx, "ingredients", placed, ids, create_ingredients, replace_ingredients)


def _recipe_draft(
    row: RecipeRow, ingredient_ids: Mapping[str, int], unit_ids: Mapping[str, int]
) -> RecipeDraft:
    lines = tuple(
        LineDraft(
            ingredient_id=ingredient_ids[name_key(line.ingredient)],
            amount=line.amount,
            unit_id=None if line.unit is None else unit_ids[name_key(line.unit)],
        )
        for line in row.ingredients
    )
    return RecipeDraft(**_fields(row, RecipeFields), ingredients=lines)


def _upsert(
    tx: Transaction,
    table: str,
    drafts: Sequence[D],
    ids: Mapping[str, int],
    create: "Create[D]",
    replace: "Replace[D]",
) -> dict[str, int]:
    """Replace the drafts whose names have ids, create the others; all names' ids afterwards."""
    new: dict[str, tuple[str, D]] = {}
    known: dict[int, tuple[str, D]] = {}
    for i, draft in enumerate(drafts):
        key, place = name_key(draft.name), f"{table}[{i}]"
        if key in ids:
            known[ids[key]] = (place, draft)
        else:
            new[key] = (place, draft)
    replace(
        tx,
        {key: draft for key, (_, draft) in known.items()},
        [place for place, _ in known.values()],
    )
    created = create(tx, [draft for _, draft in new.values()], [place for place, _ in new.values()])
    return {**ids, **dict(zip(new, created, strict=True))}


def _delete_absent(
    tx: Transaction,
    file: CatalogueFile,
    unit_ids: Mapping[str, int],
    ingredient_ids: Mapping[str, int],
    recipe_ids: Mapping[str, int],
) -> None:
    for recipe_id in _absent(recipe_ids, file.recipes):
        delete_recipe(tx, recipe_id)
    for ingredient_id in children_first(tx.connection, _absent(ingredient_ids, file.ingredients)):
        delete_ingredient(tx, ingredient_id)
    for unit_id in _absent(unit_ids, file.units):
        delete_unit(tx, unit_id)


def _absent(
    ids: Mapping[str, int], rows: Sequence[UnitDraft | IngredientFields | RecipeFields]
) -> list[int]:
    kept = {name_key(row.name) for row in rows}
    return [row_id for key, row_id in ids.items() if key not in kept]


def _repeated_names(file: CatalogueFile) -> Iterator[Problem]:
    for table in ("units", "ingredients", "recipes"):
        first: dict[str, int] = {}
        for i, row in enumerate(getattr(file, table)):
            earlier = first.setdefault(name_key(row.name), i)
            if earlier != i:
                message = f"{row.name!r} stands at {table}[{earlier}] already; names are unique"
                yield Problem(f"{table}[{i}].name", message)


def _refuse_bad_names(
    file: CatalogueFile, units: "_Names", ingredients: "_Names", *, hints: int
) -> None:
    """Raise InvalidError for names that stand twice in the file or nowhere.

    hints: for so many of the unknown names, look for what was meant.
    """
    problems = list(_repeated_names(file))
    for number, unknown in enumerate(_unknown_names(file, units, ingredients)):
        hint = did_you_mean(unknown.name, unknown.known.values()) if number < hints else ""
        problems.append(Problem(unknown.place, f"unknown {unknown.what} {unknown.name!r}{hint}"))
    if problems:
        raise InvalidError(problems)


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A name in the file that nothing has; `known` are the names that there are, by key."""

    place: str
    what: str
    name: str
    known: Mapping[str, str]


def _unknown_names(
    file: CatalogueFile, units: "_Names", ingredients: "_Names"
) -> Iterator[_Unknown]:
    unit_names = {key: name for key, (name, _) in units.items()}
    unit_names |= {name_key(row.name): row.name for row in file.units}
    ingredient_names = {key: name for key, (name, _) in ingredients.items()}
    ingredient_names |= {name_key(row.name): row.name for row in file.ingredients}

    def unknown(
        place: str, what: str, name: str | None, known: Mapping[str, str]
    ) -> Iterator[_Unknown]:
        if name is not None and name_key(name) not in known:
            yield _Unknown(place, what, name, known)

    for i, ingredient in enumerate(file.ingredients):
        yield from unknown(
            f"ingredients[{i}].parent", "ingredient", ingredient.parent, ingredient_names
        )
    for i, recipe in enumerate(file.recipes):
        for j, line in enumerate(recipe.ingredients):
            place = f"recipes[{i}].ingredients[{j}]"
            yield from unknown(place, "ingredient", line.ingredient, ingredient_names)
            yield from unknown(place, "unit", line.unit, unit_names)


_Names = Mapping[str, tuple[str, int]]


def _names(connection: Connection, table: Table) -> _Names:
    rows = connection.execute(select(table.c.name_key, table.c.name, table.c.id))
    return {row.name_key: (row.name, row.id) for row in rows}


def _ids(names: _Names) -> dict[str, int]:
    return {key: row_id for key, (_, row_id) in names.items()}


def _fields(
    row: IngredientRow | RecipeRow, kind: type[IngredientFields | RecipeFields]
) -> dict[str, Any]:
    return row.model_dump(include=set(kind.model_fields))


def _summary(tx: Transaction, file: CatalogueFile) -> ImportSummary:
    actions = list(tx.touched.values())
    created, updated = actions.count("create"), actions.count("update")
    rows = len(file.units) + len(file.ingredients) + len(file.recipes)
    return ImportSummary(created, updated, actions.count("delete"), rows - created - updated)
