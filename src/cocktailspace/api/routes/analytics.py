"""Published analytics, byte for byte as the job wrote them."""

import hashlib
import json
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from cocktailspace.api.bodies import Bodies, File
from cocktailspace.api.errors import NotYetError, answers
from cocktailspace.api.parameters import QueryId
from cocktailspace.artifacts.manifest import (
    ArtifactName,
    Manifest,
    artifact_key,
    read_published,
)
from cocktailspace.artifacts.publish import is_run_id
from cocktailspace.artifacts.store import ArtifactStore, MissingError
from cocktailspace.catalogue.errors import NotFoundError

FOR_EVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


class Artifact(BaseModel):
    """An artifact as it is published; what `data` holds, the documentation of artifacts says."""

    data: Any
    metadata: dict[str, Any]


def analytics_routes(store: ArtifactStore, bodies: Bodies) -> APIRouter:
    """Routes over this store."""
    router = APIRouter(prefix="/analytics", tags=["analytics"])

    def current() -> Manifest:
        published = read_published(store)
        if published is None or published.manifest is None:
            raise NotYetError(
                "the analytics have not been computed yet; they follow within moments"
            )
        return published.manifest

    @lru_cache(maxsize=2)
    def similar_by_recipe(run_id: str) -> dict[int, Any]:
        body = store.read(artifact_key(run_id, ArtifactName.RECIPE_SIMILAR)).body
        return {row["recipe_id"]: row for row in json.loads(body)["data"]}

    @router.get("/manifest", response_model=Manifest, responses=answers(503))
    def get_manifest(request: Request) -> Response:
        """What is published now. Follow it: read the artifacts of one view from its one run."""
        body = current().model_dump_json(indent=1).encode()
        sha256 = hashlib.sha256(body).hexdigest()
        return bodies.answer(request, File(sha256, "application/json", REVALIDATE, lambda: body))

    @router.get("/runs/{run_id}/{name}", response_model=Artifact, responses=answers(404, 422, 503))
    def get_run_artifact(request: Request, run_id: str, name: ArtifactName) -> Response:
        """An artifact of one run. It never changes; a run is kept for at least ten minutes after
        a newer one replaced it.
        """
        gone = NotFoundError(f"there is no run {run_id[:80]!r}; read the manifest again")
        if not is_run_id(run_id):
            raise gone
        try:
            body = store.read(artifact_key(run_id, name)).body
        except MissingError:
            raise gone from None
        sha256 = hashlib.sha256(body).hexdigest()
        return bodies.answer(request, File(sha256, "application/json", FOR_EVER, lambda: body))

    @router.get("/{name}", response_model=Artifact, responses=answers(404, 422, 503))
    def get_current_artifact(
        request: Request,
        name: ArtifactName,
        recipe_id: Annotated[
            QueryId | None, Query(description="Only this recipe's row (of `recipe-similar`)")
        ] = None,
    ) -> Response:
        """The current artifact, for people and scripts; a page should follow the manifest."""
        manifest = current()
        entry = manifest.artifacts[name]
        if recipe_id is not None and name is ArtifactName.RECIPE_SIMILAR:
            row = similar_by_recipe(manifest.run_id).get(recipe_id)
            if row is None:
                raise NotFoundError(
                    f"recipe {recipe_id} is not in the published analytics (version "
                    f"{manifest.source_version}): it is newer, or has no volume"
                )
            body = json.dumps(row, ensure_ascii=False).encode()
            sha256 = hashlib.sha256(body).hexdigest()
            return bodies.answer(
                request, File(sha256, "application/json", REVALIDATE, lambda: body)
            )
        return bodies.answer(
            request,
            File(entry.sha256, "application/json", REVALIDATE, lambda: store.read(entry.key).body),
        )

    return router
