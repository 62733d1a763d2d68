"""A catalogue's own file is taken as it is; what it changes is kept, so that it can be undone."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import list_ingredients
from cocktailspace.catalogue.methods import list_methods
from cocktailspace.catalogue.models import IngredientDraft, MethodDraft, UnitDraft
from cocktailspace.catalogue.recipes import load_drafts
from cocktailspace.catalogue.transfer import CatalogueFile, ImportSummary, import_file
from cocktailspace.catalogue.transfer.matching import match_recipes
from cocktailspace.catalogue.units import list_units
from cocktailspace.importing.applying import Applied

Drafts = Mapping[int, BaseModel]


def import_own_file(tx: Transaction, file: CatalogueFile) -> tuple[ImportSummary, Applied]:
    """Import a file of `catalogue/1` or `/2`, and what it takes to undo that."""
    before = _before(tx.connection, file)
    summary = import_file(tx, file)
    applied = Applied()
    for (entity, row_id), action in tx.touched.items():
        if action == "create":
            applied.created.setdefault(entity, []).append(row_id)

    def said(entity: str) -> dict[int, dict[str, Any]]:
        return {
            row_id: before[entity][row_id].model_dump(mode="json")
            for (kind, row_id), action in tx.touched.items()
            if kind == entity and action == "update"
        }

    applied.recipes_before, applied.ingredients_before = said("recipe"), said("ingredient")
    applied.units_before, applied.methods_before = said("unit"), said("method")
    return summary, applied


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
