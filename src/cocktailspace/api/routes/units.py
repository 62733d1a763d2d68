"""Units of measure."""

from fastapi import APIRouter
from pydantic import BaseModel

from cocktailspace.api.context import Context
from cocktailspace.api.errors import answers
from cocktailspace.api.routes.entities import Entity, add_entity_routes
from cocktailspace.catalogue import units
from cocktailspace.catalogue.models import Unit, UnitDraft


class UnitList(BaseModel):
    """All units, in the order in which they were made."""

    items: list[Unit]


def unit_routes(context: Context) -> APIRouter:
    """Routes over this catalogue. Units change the volume of many recipes: they are admins'."""
    router = context.router("/units", "units")
    database = context.services.database

    @router.get("", responses=answers(503))
    def list_units() -> UnitList:
        """All units."""
        with database.reading() as connection:
            return UnitList(items=units.list_units(connection))

    entity = Entity(
        "unit",
        "units",
        draft=UnitDraft,
        answer=Unit,
        get=units.get_unit,
        create=units.create_units,
        replace=units.replace_units,
        delete=units.delete_unit,
        on_replace="The volumes of all recipes that use it follow.",
        on_delete="409 while a recipe uses it.",
    )
    add_entity_routes(router, context, entity, context.admin)
    return router
