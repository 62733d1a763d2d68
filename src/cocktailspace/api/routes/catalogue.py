"""The catalogue as a whole: import and export in the format `catalogue/1`."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.errors import WRITE, answers
from cocktailspace.api.exports import Exports
from cocktailspace.api.writing import refuse_key
from cocktailspace.catalogue.transfer import OUTPUTS, CatalogueFile, ExportFormat, load_file


class Imported(BaseModel):
    """What an import did."""

    created: int
    updated: int
    deleted: int
    unchanged: int = Field(description="Rows that were in the catalogue as they are")


_KINDS: dict[int | str, dict[str, Any]] = {
    200: {"content": {output.media_type.partition(";")[0]: {} for output in OUTPUTS.values()}}
}


def catalogue_routes(context: Context) -> APIRouter:
    """Routes over this catalogue."""
    router = context.router("/catalogue", "catalogue")
    database = context.services.database
    exports = Exports(database, context.responses)

    @router.get("/export", response_model=CatalogueFile, responses=answers(422, 503) | _KINDS)
    async def export_catalogue(
        request: Request,
        version: Annotated[
            ExportFormat,
            Query(alias="format", description="catalogue/2 has all; recipes alone in the others"),
        ] = "catalogue/1",
    ) -> Response:
        """The whole catalogue as a file that imports to the same catalogue.

        The header `X-Left-Out` counts what `catalogue/1` has no place for.
        """
        return await exports.answer(request, version)

    @router.post("/import", responses=WRITE, dependencies=[Depends(refuse_key)])
    def import_catalogue(
        file: CatalogueFile,
        _identity: Annotated[Identity, Depends(context.admin)],
        replace: Annotated[
            bool, Query(description="Also delete what the file does not have")
        ] = False,
    ) -> Imported:
        """Add and update by name, all of the file or nothing; every bad row is reported."""
        return Imported(**asdict(load_file(database, file, replace=replace)))

    return router
