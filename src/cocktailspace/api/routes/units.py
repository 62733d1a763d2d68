"""Units of measure."""

from fastapi import APIRouter
from pydantic import BaseModel

from cocktailspace.api.errors import answers
from cocktailspace.catalogue import units
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.models import Unit


class UnitList(BaseModel):
    """All units, in the order in which they were made."""

    items: list[Unit]


def unit_routes(database: Database) -> APIRouter:
    """Routes over this catalogue."""
    router = APIRouter(prefix="/units", tags=["units"])

    @router.get("", responses=answers(503))
    def list_units() -> UnitList:
        """All units."""
        with database.reading() as connection:
            return UnitList(items=units.list_units(connection))

    return router
