"""Units of measure."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.errors import READ, WRITE, WRITE_ONE, answers
from cocktailspace.api.parameters import PathId
from cocktailspace.api.writing import (
    IdempotencyKey,
    IfMatch,
    entity_response,
    read_response,
    refuse_stale,
    write_once,
)
from cocktailspace.catalogue import units
from cocktailspace.catalogue.database import Transaction
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

    @router.get("/{unit_id:id}", response_model=Unit, responses=READ)
    def get_unit(request: Request, unit_id: PathId) -> Response:
        """One unit. Its ETag goes into `If-Match` of a change."""
        with database.reading() as connection:
            return read_response(request, units.get_unit(connection, unit_id))

    @router.post("", status_code=201, response_model=Unit, responses=WRITE)
    def create_unit(
        request: Request,
        draft: UnitDraft,
        identity: Annotated[Identity, Depends(context.admin)],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Make a unit."""

        def write(tx: Transaction) -> Response:
            [unit_id] = units.create_units(tx, [draft], [""])
            unit = units.get_unit(tx.connection, unit_id)
            return entity_response(unit, 201, headers={"Location": f"{request.url.path}/{unit_id}"})

        return write_once(database, request, identity, idempotency_key, draft, write)

    @router.put("/{unit_id:id}", response_model=Unit, responses=WRITE_ONE)
    def replace_unit(
        unit_id: PathId,
        draft: UnitDraft,
        _identity: Annotated[Identity, Depends(context.admin)],
        if_match: IfMatch = None,
    ) -> Response:
        """Give a unit new contents; the volumes of all that use it follow."""
        with database.transaction() as tx:
            refuse_stale(if_match, units.get_unit(tx.connection, unit_id))
            units.replace_units(tx, {unit_id: draft}, [""])
            return entity_response(units.get_unit(tx.connection, unit_id))

    @router.delete("/{unit_id:id}", status_code=204, responses=WRITE_ONE)
    def delete_unit(
        unit_id: PathId,
        _identity: Annotated[Identity, Depends(context.admin)],
        if_match: IfMatch = None,
    ) -> None:
        """Delete a unit that no recipe uses."""
        with database.transaction() as tx:
            refuse_stale(if_match, units.get_unit(tx.connection, unit_id))
            units.delete_unit(tx, unit_id)

    return router
