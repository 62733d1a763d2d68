"""A catalogue's own file: what it would do, by name; then it is taken as it is, to be undone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database, Transaction
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import list_ingredients, replace_ingredients
from cocktailspace.catalogue.methods import list_methods
from cocktailspace.catalogue.models import IngredientDraft, MethodDraft, UnitDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.recipes import load_drafts
from cocktailspace.catalogue.transfer import (
    CatalogueFile,
    ImportSummary,
    import_file,
    load_file,
    would_delete,
)
from cocktailspace.catalogue.transfer.matching import match_recipes
from cocktailspace.catalogue.units import list_units
from cocktailspace.importing.applying import Applied
from cocktailspace.importing.catalogue_view import view_of

Drafts = Mapping[int, BaseModel]
_NAMED = 12
"""So many of what is created, changed or deleted are named."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are, and the first of them by name."""

    count: int
    names: list[str]


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """What a catalogue's own file would do to the catalogue as it is."""

    version: int
    summary: ImportSummary
    rows: Mapping[tuple[str, str], Counted]
    """By what would be done (`create`, `update`, `delete`) and to what (`recipe`, `unit`…)."""
    alike: Mapping[str, str]
    """New ingredients that are called like one that is there: `Gins`, beside `Gin`."""


class _TriedError(Exception):
    """Ends a transaction that was only to show what it would do."""

    def __init__(self, plan: OwnPlan) -> None:
        self.plan = plan


def plan_own_file(database: Database, file: CatalogueFile, *, replace: bool = False) -> OwnPlan:
    """What an import would do: it is tried and taken back. replace: also delete what it lacks."""

    def tried(tx: Transaction, file: CatalogueFile) -> ImportSummary:
        version = catalogue_state(tx.connection).version
        deleted = would_delete(tx.connection, file) if replace else {}
        alike = _alike(tx.connection, file)
        summary = import_file(tx, file, replace=replace)
        rows = {
            ("delete", table.removesuffix("s")): Counted(len(names), names[:_NAMED])
            for table, names in deleted.items()
            if names
        }
        raise _TriedError(OwnPlan(version, summary, _written(tx) | rows, alike))

    try:
        load_file(database, file, load=tried)
    except _TriedError as ended:
        return ended.plan
    raise AssertionError("a tried import always ends with its plan")


def _written(tx: Transaction) -> dict[tuple[str, str], Counted]:
    ids: dict[tuple[str, str], list[int]] = {}
    for (entity, row_id), action in tx.touched.items():
        if action != "delete":
            ids.setdefault((action, entity), []).append(row_id)
    return {
        (action, entity): Counted(len(found), _names(tx.connection, entity, found))
        for (action, entity), found in ids.items()
    }


def _names(connection: Connection, entity: str, ids: Iterable[int]) -> list[str]:
    first = list(islice(ids, _NAMED))
    if entity == "recipe":
        return [draft.name for draft in load_drafts(connection, set(first)).values()]
    listed: dict[str, Callable[[Connection], Iterable[Any]]] = {
        "ingredient": list_ingredients, "unit": list_units, "method": list_methods
    }  # fmt: skip
    names = {each.id: each.name for each in listed[entity](connection)}
    return [names[each] for each in first]


def _alike(connection: Connection, file: CatalogueFile) -> dict[str, str]:
    """Plural, accents and joined words aside, new names that the catalogue has."""
    known = view_of(connection).known
    there = {name_key(name) for each in known.by_id.values() for name in (each.name, *each.aliases)}
    found = {
        row.name: known.called(row.name)
        for row in file.ingredients
        if name_key(row.name) not in there
    }
    return {name: known.by_id[met].name for name, met in found.items() if met is not None}


def import_own_file(
    tx: Transaction, file: CatalogueFile, same: Mapping[str, str]
) -> tuple[ImportSummary, Applied]:
    """Import a file of `catalogue/1` or `/2`, and what it takes to undo that.

    same: of its ingredients, those that are another name of one that is there, and of which.
    """
    before = _before(tx.connection, file)
    if same:
        _learn(tx, same)
        kept = tuple(row for row in file.ingredients if row.name not in same)
        file = file.model_copy(update={"ingredients": kept})
    summary = import_file(tx, file)
    applied = Applied()
    for (entity, row_id), action in tx.touched.items():
        if action == "create":
            applied.created.setdefault(entity, []).append(row_id)
        elif action == "update":
            draft = before[entity][row_id].model_dump(mode="json")
            applied.before.setdefault(entity, {})[row_id] = draft
    return summary, applied


def _learn(tx: Transaction, same: Mapping[str, str]) -> None:
    """Names of the file become other names of what is there."""
    changed = {}
    for each in list_ingredients(tx.connection):
        learned = [name for name, other in same.items() if other == each.name]
        if learned:
            draft = as_draft(each, IngredientDraft)
            changed[each.id] = draft.model_copy(update={"aliases": (*draft.aliases, *learned)})
    replace_ingredients(tx, changed, [draft.name for draft in changed.values()], frozenset())


def _before(connection: Connection, file: CatalogueFile) -> dict[str, Drafts]:
    """All that an import of the file may change, as it is."""
    recipes = {each for each in match_recipes(connection, file.recipes).ids if each is not None}
    return {
        "recipe": load_drafts(connection, recipes),
        "ingredient": {
            each.id: as_draft(each, IngredientDraft) for each in list_ingredients(connection)
        },
        "unit": {each.id: as_draft(each, UnitDraft) for each in list_units(connection)},
        "method": {each.id: as_draft(each, MethodDraft) for each in list_methods(connection)},
    }
