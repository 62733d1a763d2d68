"""Imports of what people have: a file becomes a plan, which is decided, applied and undone."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.errors import READ, WRITE, WRITE_ONE, answers
from cocktailspace.api.parameters import FileName, ImportId
from cocktailspace.api.writing import refuse_key
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.importing.decisions import Decisions, OnConflict
from cocktailspace.importing.plan_view import ListedImportView, PlanView, described, listed
from cocktailspace.importing.readers.keys import mapping_of
from cocktailspace.importing.rows import UnreadableError
from cocktailspace.importing.service import Imports

_PREFIX = "/catalogue/imports"

FileBody = Annotated[
    bytes,
    Body(
        media_type="application/octet-stream",
        json_schema_extra={"format": "binary"},  # or clients send it as text
        examples=["name,ingredient,amount\nGin & It,Dry Gin,60 ml\nGin & It,Red Vermouth,30 ml\n"],
    ),
]


class ImportList(BaseModel):
    """Somebody's imports."""

    items: list[ListedImportView]


class Undone(BaseModel):
    """What became of an import."""

    id: str
    state: str = Field(examples=["undone"])


def import_routes(context: Context) -> APIRouter:
    """Routes over the imports of this catalogue. Each belongs to who began it."""
    router = context.router(_PREFIX, "imports", may_take_long=True)
    imports = Imports(context.services.database, context.services.clock)
    Editor = Annotated[Identity, Depends(context.editor)]  # noqa: N806 - a type

    @router.post("", status_code=201, responses=WRITE, dependencies=[Depends(refuse_key)])
    def plan_import(
        file: FileBody,
        identity: Editor,
        name: FileName,
        on_conflict: Annotated[
            OnConflict, Query(description="What a recipe that is there gets")
        ] = "fill",
        source: Annotated[
            str | None, Query(max_length=1_000, description="Of recipes that name none themselves")
        ] = None,
        map: Annotated[  # noqa: A002 - as the command line calls it
            list[str] | None,
            Query(max_length=100, description="Which header is what: `name=Drink name`"),
        ] = None,
    ) -> PlanView:
        """Read a file, whatever its format, and plan what it would do; nothing is changed."""
        decisions = Decisions(on_conflict=on_conflict, source=source)
        try:
            found = imports.start(
                identity.owner, name, file, mapping=_mapping(map or []), decisions=decisions
            )
        except UnreadableError as error:
            raise InvalidError(
                [Problem("", str(error)), *(_unknown(each) for each in error.headers)]
            ) from None
        return described(found)

    @router.get("", responses=READ | answers(401, 403))
    def list_own_imports(identity: Editor) -> ImportList:
        """Your imports that can be gone on with or undone, the newest first."""
        return ImportList(items=[listed(each) for each in imports.list(identity.owner)])

    @router.get("/{import_id:import_id}", responses=READ | answers(401, 403))
    def get_import(import_id: ImportId, identity: Editor) -> PlanView:
        """A plan as it would be carried out now."""
        return described(imports.get(identity.owner, import_id))

    @router.put("/{import_id:import_id}/decisions", responses=WRITE_ONE)
    def decide_import(import_id: ImportId, decisions: Decisions, identity: Editor) -> PlanView:
        """Keep what was decided, in place of what was decided before."""
        return described(imports.decide(identity.owner, import_id, decisions))

    @router.post(
        "/{import_id:import_id}/apply", responses=WRITE_ONE, dependencies=[Depends(refuse_key)]
    )
    def apply_import(
        import_id: ImportId,
        identity: Editor,
        digest: Annotated[
            str, Query(max_length=64, description="Of the plan that you have seen; 409 by now else")
        ],
    ) -> PlanView:
        """Carry a plan out, whole or not at all; one that was carried out already stays so."""
        return described(imports.apply(identity.owner, import_id, digest))

    @router.post(
        "/{import_id:import_id}/undo", responses=WRITE_ONE, dependencies=[Depends(refuse_key)]
    )
    def undo_import(import_id: ImportId, identity: Editor) -> Undone:
        """Put back what an import did, while nobody has touched it."""
        stored = imports.undo(identity.owner, import_id)
        return Undone(id=stored.id, state=stored.state)

    @router.delete("/{import_id:import_id}", status_code=204, responses=WRITE_ONE)
    def discard_import(import_id: ImportId, identity: Editor) -> Response:
        """Forget a plan, or how to undo what it did."""
        imports.discard(identity.owner, import_id)
        return Response(status_code=204)

    return router


def _unknown(header: str) -> Problem:
    return Problem(f"map[{header}]", "no field is called so: say what it is")


def _mapping(pairs: list[str]) -> dict[str, str]:
    try:
        return mapping_of(pairs)
    except ValueError as error:
        raise InvalidError([Problem("map", str(error))]) from None
