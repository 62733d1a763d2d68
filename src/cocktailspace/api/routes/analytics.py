"""Published analytics, byte for byte as the job wrote them."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel
from pydantic_core import from_json, to_json
from starlette.convertors import Convertor, register_url_convertor

from cocktailspace.analytics.published import is_readable
from cocktailspace.api.artifact_responses import ArtifactResponses
from cocktailspace.api.content import FOREVER, REVALIDATE, SmallContent
from cocktailspace.api.context import Context
from cocktailspace.api.differences import SimilarRow
from cocktailspace.api.errors import GoneError, NotPublishedError, answers
from cocktailspace.api.freshness import FRESHNESS, freshness_of
from cocktailspace.api.runs import published_manifest
from cocktailspace.artifacts.manifest import RETIRED, ArtifactName, Manifest, current_manifest
from cocktailspace.artifacts.publish import is_run_id
from cocktailspace.artifacts.rows import IndexedRows
from cocktailspace.artifacts.store import MissingError
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.values import AddressId

PathName = Annotated[
    ArtifactName, Path(description="An artifact's name", examples=["recipe-similar"])
]
OneRecipe = Annotated[
    AddressId | None,
    Query(
        description="Only this recipe's row (of `recipe-similar`), and of it those that are near"
    ),
]


class Artifact(BaseModel):
    """An artifact as it is published; what `data` holds, the documentation of artifacts says."""

    data: Any
    metadata: dict[str, Any]


ELSEWHERE: dict[int | str, dict[str, Any]] = {
    307: {"description": "It is too large for an answer of ours; Location has it for five minutes"}
}


class _ArtifactConvertor(Convertor[str]):
    """Matches names of artifacts alone, so that other addresses below stay free."""

    regex = "|".join(ArtifactName)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("artifact", _ArtifactConvertor())


def analytics_routes(context: Context) -> APIRouter:
    """Routes to the published artifacts.

    Every answer but a run's own, which never changes, says which version it shows and whether a
    newer one is coming: `Cocktailspace-Version` and `Cocktailspace-Refresh`.
    """
    router = context.router("/analytics", "analytics")
    services, responses = context.services, context.responses
    store, integrity = services.store, services.integrity
    artifacts = ArtifactResponses(store, integrity, services.links, responses)
    similar = IndexedRows(store, ArtifactName.RECIPE_SIMILAR)

    def similar_to(request: Request, run_id: str, recipe_id: int, caching: str) -> Response:
        integrity.verify_artifact(run_id, ArtifactName.RECIPE_SIMILAR)
        row = similar.find(run_id, recipe_id)
        if row is None:
            raise NotFoundError(
                f"recipe {recipe_id} is not in the published analytics ({run_id}): it is newer, or "
                "has no volume"
            )
        content = SmallContent.of(_only_near(row), "application/json", caching)
        return responses.small(
            request, content, freshness_of(services) if caching == REVALIDATE else None
        )

    for retired, successor in RETIRED.items():
        for address in (f"/{retired}", f"/runs/{{run_id}}/{retired}"):
            router.add_api_route(address, _gone(retired, successor), include_in_schema=False)

    @router.get("/manifest", response_model=Manifest, responses=FRESHNESS | answers(503))
    def get_manifest(request: Request) -> Response:
        """What is published now. Follow it: read the artifacts of one view from its one run."""
        body = published_manifest(store).model_dump_json(indent=1).encode()
        content = SmallContent.of(body, "application/json")
        return responses.small(request, content, freshness_of(services))

    @router.get(
        "/runs/{run_id}/{name}",
        response_model=Artifact | SimilarRow,
        responses=ELSEWHERE | answers(404, 422, 503, 507),
    )
    def get_run_artifact(
        request: Request, run_id: str, name: PathName, recipe_id: OneRecipe = None
    ) -> Response:
        """An artifact of one run. It never changes; a run is kept for at least ten minutes after
        a newer one replaced it.
        """
        gone = NotFoundError(f"there is no run {run_id[:80]!r}; read the manifest again")
        if not is_run_id(run_id):
            raise gone
        try:
            if recipe_id is not None and name is ArtifactName.RECIPE_SIMILAR:
                return similar_to(request, run_id, recipe_id, FOREVER)
            return artifacts.answer(request, integrity.entry(run_id, name), caching=FOREVER)
        except MissingError:
            current = current_manifest(store)
            is_current = current is not None and current.run_id == run_id
            raise (_not_yet(name) if is_current else gone) from None

    @router.get(
        "/{name:artifact}",
        response_model=Artifact | SimilarRow,
        responses=FRESHNESS | ELSEWHERE | answers(404, 422, 503, 507),
    )
    def get_current_artifact(
        request: Request, name: PathName, recipe_id: OneRecipe = None
    ) -> Response:
        """The current artifact, for people and scripts; a page should follow the manifest."""
        manifest = published_manifest(store)
        entry = manifest.artifacts.get(name)
        unreadable = name is ArtifactName.RECIPE_SIMILAR and not is_readable(manifest)
        if entry is None or unreadable:
            raise _not_yet(name)
        if recipe_id is not None and name is ArtifactName.RECIPE_SIMILAR:
            return similar_to(request, manifest.run_id, recipe_id, REVALIDATE)
        return artifacts.answer(request, entry, caching=REVALIDATE, headers=freshness_of(services))

    return router


def _gone(retired: str, successor: str) -> Callable[[], Response]:
    def get_retired() -> Response:
        raise GoneError(f"there is no {retired} any more; {successor} takes its place")

    return get_retired


def _not_yet(name: str) -> NotPublishedError:
    return NotPublishedError(
        f"{name} is being computed by a newer version; it follows within moments"
    )


def _only_near(row: bytes) -> bytes:
    """The row without recipes that are not near; NotPublishedError for an older program's row."""
    found = from_json(row)
    try:
        found["similar"] = [each for each in found["similar"] if each["near"]]
    except KeyError:
        raise NotPublishedError(
            "similar recipes are being computed anew by a newer version; they follow within moments"
        ) from None
    return to_json(found)
