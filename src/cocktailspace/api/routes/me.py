"""What is somebody's own: whoever has signed in reads, changes and deletes it, and nobody else."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import BaseModel, Field

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.errors import answers
from cocktailspace.api.writing import IfMatch, entity_response, refuse_stale
from cocktailspace.catalogue.collections import (
    Collection,
    claims_of,
    delete_collection,
    get_collection,
    put_collection,
)
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.tokens import Role

COLLECTION_BYTES = 1_000_000
"""Size of one person's collection, as JSON."""


class Me(BaseModel):
    """Who has signed in."""

    name: str = Field(examples=["ann"])
    role: Role | None = Field(description="null: may change nothing but what is their own")
    key: str = Field(description="Stands for them in what a browser keeps; tells nobody who it is")


def me_routes(context: Context) -> APIRouter:
    """Routes of what is somebody's own."""
    router = context.router("/me", "me")
    database, most = context.services.database, context.services.settings.max_collections
    Someone = Annotated[Identity, Depends(context.signed_in)]  # noqa: N806 - a type

    @router.get("", response_model=Me, responses=answers(401, 429, 503))
    def me(identity: Someone) -> Response:
        """Who has signed in, and what they may do."""
        key = hashlib.sha256(identity.owner.encode()).hexdigest()[:32]
        said = Me(name=identity.name, role=identity.role, key=key)
        return Response(said.model_dump_json(), media_type="application/json")

    @router.delete("", status_code=204, responses=answers(401, 429, 503, 507))
    def forget_me(identity: Someone) -> Response:
        """Delete all that the server keeps of them."""
        with database.transaction(claims_of(identity.owner)) as tx:
            delete_collection(tx, identity.owner)
        return Response(status_code=204)

    @router.get("/collection", response_model=Collection, responses=answers(401, 429, 503))
    def collection(identity: Someone) -> Response:
        """Their bars, opinions of recipes and lists."""
        with database.reading() as connection:
            found = get_collection(connection, identity.owner)
        return entity_response(found)

    @router.put(
        "/collection",
        response_model=Collection,
        responses=answers(400, 401, 408, 409, 412, 413, 422, 429, 503, 507),
    )
    def replace_collection(
        draft: Collection, identity: Someone, if_match: IfMatch = None
    ) -> Response:
        """Put another in the place of the one that `If-Match` names; it must name one."""
        if if_match is None:
            message = "send the ETag of the collection that you have read"
            raise InvalidError([Problem("If-Match", message)])
        with database.transaction(claims_of(identity.owner)) as tx:
            refuse_stale(if_match, get_collection(tx.connection, identity.owner))
            kept = put_collection(tx, identity.owner, draft, most=most)
        return entity_response(kept)

    return router
