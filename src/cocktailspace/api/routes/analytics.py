"""Published analytics, byte for byte as the job wrote them."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.convertors import Convertor, register_url_convertor

from cocktailspace.api.bodies import FOR_EVER, File
from cocktailspace.api.context import Context
from cocktailspace.api.delivery import Delivery
from cocktailspace.api.errors import NotYetError, answers
from cocktailspace.api.parameters import QueryId
from cocktailspace.api.similar import SimilarRows
from cocktailspace.artifacts.manifest import (
    ArtifactName,
    Manifest,
    read_published,
)
from cocktailspace.artifacts.publish import is_run_id
from cocktailspace.artifacts.store import MissingError
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.refresh.status import RefreshState

REVALIDATE = "no-cache"

OneRecipe = Annotated[
    QueryId | None, Query(description="Only this recipe's row (of `recipe-similar`)")
]


class Artifact(BaseModel):
    """An artifact as it is published; what `data` holds, the documentation of artifacts says."""

    data: Any
    metadata: dict[str, Any]


FRESHNESS: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Cocktailspace-Version": {
                "description": "The version of the catalogue that the result shows",
                "schema": {"type": "integer"},
            },
            "Cocktailspace-Refresh": {
                "description": "`fresh`, or whether a newer result is coming: `pending`, "
                "`running` or `failed`",
                "schema": {"type": "string", "enum": list(RefreshState)},
            },
        }
    }
}


ELSEWHERE: dict[int | str, dict[str, Any]] = {
    307: {"description": "It is too large for an answer of ours; Location has it for five minutes"}
}


class SimilarRow(BaseModel):
    """One recipe's row of `recipe-similar`: its nearest recipes, and why they are near."""

    recipe_id: int
    name: str
    similar: list[dict[str, Any]]


class _ArtifactConvertor(Convertor[str]):
    """Matches names of artifacts alone, so that other addresses below stay free."""

    regex = "|".join(ArtifactName)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("artifact", _ArtifactConvertor())


def analytics_routes(context: Context) -> APIRouter:
    """Routes over this store.

    Every answer but a run's own, which never changes, says which version it shows and whether a
    newer one is coming: `Cocktailspace-Version` and `Cocktailspace-Refresh`.
    """
    router = context.router("/analytics", "analytics")
    store, bodies = context.services.store, context.bodies
    inspection = context.services.inspection
    delivery = Delivery(store, inspection, context.services.links, bodies, context.large)
    similar = SimilarRows(store)

    def current() -> Manifest:
        published = read_published(store)
        if published is None or published.manifest is None:
            raise NotYetError(
                "the analytics have not been computed yet; they follow within moments"
            )
        return published.manifest

    def freshness() -> dict[str, str]:
        status = context.services.refresher.status()
        version = status.manifest.source_version if status.manifest else 0
        return {"Cocktailspace-Version": str(version), "Cocktailspace-Refresh": status.state}

    def similar_to(request: Request, run_id: str, recipe_id: int, caching: str) -> Response:
        inspection.check(inspection.entry(run_id, ArtifactName.RECIPE_SIMILAR))
        row = similar.find(run_id, recipe_id)
        if row is None:
            raise NotFoundError(
                f"recipe {recipe_id} is not in the published analytics ({run_id}): it is newer, or "
                "has no volume"
            )
        sha256 = hashlib.sha256(row).hexdigest()
        file = File(sha256, "application/json", caching, lambda: row)
        return bodies.answer(request, file, freshness() if caching == REVALIDATE else None)

    @router.get("/manifest", response_model=Manifest, responses=FRESHNESS | answers(503))
    def get_manifest(request: Request) -> Response:
        """What is published now. Follow it: read the artifacts of one view from its one run."""
        body = current().model_dump_json(indent=1).encode()
        sha256 = hashlib.sha256(body).hexdigest()
        file = File(sha256, "application/json", REVALIDATE, lambda: body)
        return bodies.answer(request, file, freshness())

    @router.get(
        "/runs/{run_id}/{name}",
        response_model=Artifact | SimilarRow,
        responses=ELSEWHERE | answers(404, 422, 503),
    )
    def get_run_artifact(
        request: Request, run_id: str, name: ArtifactName, recipe_id: OneRecipe = None
    ) -> Response:
        """An artifact of one run. It never changes; a run is kept for at least ten minutes after
        a newer one replaced it.
        """
        gone = NotFoundError(f"there is no run {run_id[:80]!r}; read the manifest again")
        if not is_run_id(run_id):
            raise gone
        try:
            if recipe_id is not None and name is ArtifactName.RECIPE_SIMILAR:
                return similar_to(request, run_id, recipe_id, FOR_EVER)
            return delivery.answer(request, inspection.entry(run_id, name), caching=FOR_EVER)
        except MissingError:
            raise gone from None

    @router.get(
        "/{name:artifact}",
        response_model=Artifact | SimilarRow,
        responses=FRESHNESS | ELSEWHERE | answers(404, 422, 503),
    )
    def get_current_artifact(
        request: Request, name: ArtifactName, recipe_id: OneRecipe = None
    ) -> Response:
        """The current artifact, for people and scripts; a page should follow the manifest."""
        manifest = current()
        entry = manifest.artifacts.get(name)
        if entry is None:
            raise NotYetError(f"what is published has no {name}; the next refresh brings it")
        if recipe_id is not None and name is ArtifactName.RECIPE_SIMILAR:
            return similar_to(request, manifest.run_id, recipe_id, REVALIDATE)
        return delivery.answer(request, entry, caching=REVALIDATE, more=freshness())

    return router
