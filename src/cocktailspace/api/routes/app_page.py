"""The page with the map and all around it, and the files that pages need."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cocktailspace.api.content import FOREVER, REVALIDATE, SmallContent
from cocktailspace.api.context import Context
from cocktailspace.api.errors import answers
from cocktailspace.api.html import HtmlResponses
from cocktailspace.api.middleware import content_security_policy
from cocktailspace.api.site import Site
from cocktailspace.artifacts.manifest import current_manifest
from cocktailspace.artifacts.store import StoreError
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.catalogue.fields import form_fields
from cocktailspace.catalogue.models import IngredientDraft, LineDraft, RecipeDraft
from cocktailspace.catalogue.transfer import is_as_begun

FIELDS = {
    "recipe": form_fields(RecipeDraft),
    "line": form_fields(LineDraft),
    "ingredient": form_fields(IngredientDraft),
}
"""What the page's forms and panels show."""


def app_page_routes(context: Context, site: Site, *, tells: bool) -> APIRouter:
    """Routes of the page and of files. tells: there is a stream of events to follow."""
    router = APIRouter(include_in_schema=False, route_class=context.route_class)
    responses, html = context.responses, HtmlResponses(site, context.responses)

    def published_run() -> str | None:
        """The run to show, "" before the first; None when the store does not say."""
        try:
            manifest = current_manifest(context.services.store)
        except StoreError:
            return None
        return manifest.run_id if manifest else ""

    def as_begun() -> bool:
        """Whether it is somebody's first evening; the page does without where nobody can say."""
        try:
            with context.services.database.reading() as connection:
                return is_as_begun(connection)
        except CatalogueError:
            return False

    def app_page(request: Request, headers: Mapping[str, str], caching: str) -> Response:
        """The page may fetch from where people sign in, and from nowhere else."""
        config = context.sign_in()
        origins = [*context.services.data_origins, *(config.origins if config else ())]
        return html(
            request,
            "index.html",
            caching=caching,
            headers={"Content-Security-Policy": content_security_policy(*origins), **headers},
            modules=site.modules,
            run_id=published_run(),
            as_begun=as_begun(),
            fields=FIELDS,
            tells=tells,
            sign_in=config.model_dump() if config else None,
        )

    @router.get("/")
    def index(request: Request) -> Response:
        """The map and all around it."""
        return app_page(request, {}, REVALIDATE)

    @router.get("/signed-in")
    def signed_in(request: Request) -> Response:
        """The same, for whoever comes back from the issuer with a code in the address, which is
        nobody else's: neither a cache's nor the next page's.
        """
        return app_page(request, {"Referrer-Policy": "no-referrer"}, "no-store")

    @router.get("/static/{digest}/{path:path}", responses=answers(404))
    def static(request: Request, digest: str, path: str) -> Response:
        """A file that pages need. Its address changes with any of the files, so that it can be
        kept for ever and files of two versions never meet.
        """
        file = site.file(path)
        caching = FOREVER if digest == site.digest else REVALIDATE
        return responses.small(
            request, SmallContent(file.sha256, file.media_type, caching, file.path.read_bytes)
        )

    return router
