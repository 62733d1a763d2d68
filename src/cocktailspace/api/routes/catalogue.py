"""The catalogue as a whole: import, export, and what is left of the starter catalogue."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.errors import WRITE, answers
from cocktailspace.api.exports import Exports
from cocktailspace.api.writing import refuse_key
from cocktailspace.catalogue.transfer import (
    OUTPUTS,
    CatalogueFile,
    ExportFormat,
    delete_untouched_recipes,
    import_file,
    load_file,
    untouched_recipes,
)


class Imported(BaseModel):
    """What an import did."""

    created: int
    updated: int
    deleted: int
    unchanged: int = Field(description="Rows that were in the catalogue as they are")


class StarterRecipes(BaseModel):
    """What is left of the starter catalogue."""

    recipes: int = Field(description="Its recipes that nobody has changed")


class Deleted(BaseModel):
    """What was deleted."""

    uids: list[str] = Field(description="Permanent identities, by which a file brings them again")


_KINDS: dict[int | str, dict[str, Any]] = {
    200: {"content": {output.media_type.partition(";")[0]: {} for output in OUTPUTS.values()}}
}


def catalogue_routes(context: Context) -> APIRouter:
    """Routes over this catalogue."""
    router = context.router("/catalogue", "catalogue")
    services = context.services
    database = services.database
    exports = Exports(database, context.responses, services.store, services.links)

    @router.get("/export", response_model=CatalogueFile, responses=answers(422, 503, 507) | _KINDS)
    async def export_catalogue(
        request: Request,
        version: Annotated[
            ExportFormat,
            Query(alias="format", description="catalogue/2 has all; recipes alone in the others"),
        ] = "catalogue/1",
    ) -> Response:
        """The whole catalogue as a file that imports to the same catalogue.

        The header `X-Left-Out` counts what `catalogue/1` has no place for. What is too large to be
        sent from here is behind a redirect (307): `curl -L` follows it.
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
        load = partial(import_file, replace=replace)
        return Imported(**asdict(load_file(database, file, load=load)))

    @router.get("/starter", responses=answers(503))
    def get_starter() -> StarterRecipes:
        """How many recipes are as the starter catalogue brought them."""
        with database.reading() as connection:
            return StarterRecipes(recipes=len(untouched_recipes(connection)))

    @router.delete("/starter", responses=WRITE, dependencies=[Depends(refuse_key)])
    def delete_starter(_identity: Annotated[Identity, Depends(context.admin)]) -> Deleted:
        """Take these recipes away, to start with one's own; ingredients and units stay."""
        with database.transaction() as tx:
            return Deleted(uids=delete_untouched_recipes(tx))

    return router
