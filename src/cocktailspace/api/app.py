"""The HTTP application."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from cocktailspace import __version__
from cocktailspace.analytics.published import ARTIFACTS, PublishedRun
from cocktailspace.api.auth.choose import choose_authenticator, choose_sign_in
from cocktailspace.api.auth.identity import Authenticator
from cocktailspace.api.auth.sign_in import SignIn
from cocktailspace.api.content import ContentResponses
from cocktailspace.api.context import Context
from cocktailspace.api.deferred import DeferredRequests
from cocktailspace.api.error_handlers import install_error_handlers
from cocktailspace.api.error_pages import ErrorPages
from cocktailspace.api.event_feed import MOST_STREAMS, EventFeed
from cocktailspace.api.fair_queue import FairQueueMiddleware
from cocktailspace.api.guarded_route import BodyLimits, GuardedRoute, WriteRateLimits
from cocktailspace.api.metrics import make_registry
from cocktailspace.api.middleware import HttpRules, RequestTimer, SecurityHeaders
from cocktailspace.api.rendered import RenderedRecipes
from cocktailspace.api.routes.analytics import analytics_routes
from cocktailspace.api.routes.app_page import app_page_routes
from cocktailspace.api.routes.bar import BAR_BYTES, BarQuestion, bar_routes
from cocktailspace.api.routes.catalogue import catalogue_routes
from cocktailspace.api.routes.discovery import discovery_routes
from cocktailspace.api.routes.docs import add_docs
from cocktailspace.api.routes.events import event_routes
from cocktailspace.api.routes.health import HEALTH, health_routes
from cocktailspace.api.routes.imports import import_routes
from cocktailspace.api.routes.ingredients import ingredient_routes
from cocktailspace.api.routes.me import COLLECTION_BYTES, me_routes
from cocktailspace.api.routes.methods import method_routes
from cocktailspace.api.routes.pages import page_routes
from cocktailspace.api.routes.place import PLACE_BYTES, PlaceDraft, place_routes
from cocktailspace.api.routes.recipe_list import recipe_list_routes
from cocktailspace.api.routes.recipes import recipe_routes
from cocktailspace.api.routes.refresh import refresh_routes
from cocktailspace.api.routes.search import search_routes
from cocktailspace.api.routes.units import unit_routes
from cocktailspace.api.routes.uploads import upload_routes
from cocktailspace.api.runs import PublishedRuns
from cocktailspace.api.site import Site
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.collections import Collection
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.catalogue.search import SearchIndex
from cocktailspace.catalogue.transfer import CatalogueFile
from cocktailspace.settings import Settings, SettingsError

if TYPE_CHECKING:  # an extra
    from cocktailspace.api.agents.endpoint import AgentEndpoint

API = "/api/v1"
AGENTS = "/mcp"
_STREAM_SHARE = 5
_UPLOAD = (
    f"`POST {API}/catalogue/uploads` says where a larger file goes, to be planned as an import"
)

_API_ROUTES: tuple[Callable[[Context], APIRouter], ...] = (
    recipe_routes,
    search_routes,
    ingredient_routes,
    unit_routes,
    method_routes,
    catalogue_routes,
    upload_routes,
    import_routes,
    me_routes,
    analytics_routes,
    refresh_routes,
)

DESCRIPTION = """
Recipes, ingredients and units of a cocktail catalogue, and the analytics that follow them:
exact Earth Mover's Distance between all recipes, and maps of them.

Reading is public; writing needs `Authorization: Bearer <token>`.
Errors of these routes have one shape:
`{"error": {"code", "message", "problems", "more_problems"}}`.
"""


def create_app(
    services: Services,
    authenticator: Authenticator | None = None,
    *,
    sign_in: SignIn | None = None,
    refresh: bool = False,
    lasting: bool = True,
) -> FastAPI:
    """The application over these services.

    authenticator: who may write; the one that the settings ask for where none is given.
    sign_in: how the page signs people in, likewise.
    refresh: also keep the analytics up to date, in a thread of this process.
    lasting: this process stays and has an address: it offers metrics at `/metrics`, and a stream of
    events, from `app.state.feed`. On Lambda neither would be of use.
    """
    settings = services.settings
    index = SearchIndex(services.database if lasting else None)
    authenticator = authenticator or choose_authenticator(settings, services.database)
    sign_in = sign_in or choose_sign_in(settings, authenticator)
    app = FastAPI(
        title="cocktailspace",
        version=__version__,
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        generate_unique_id_function=lambda route: route.name,  # what clients call the operation
        docs_url=None,  # FastAPI's loads scripts from other hosts; `add_docs` serves our own
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        lifespan=_serving(services, index, sign_in, refresh=refresh),
    )
    registry = make_registry(services) if lasting else None
    app.state.feed = _event_feed(services) if lasting else None
    _add_middleware(app, settings, services.data_origins, registry)
    site = Site()
    error_pages = ErrorPages(site, API)
    install_error_handlers(app, error_pages)
    context = Context(
        services,
        authenticator,
        sign_in,
        rate_limits=WriteRateLimits(settings.max_writes_per_minute),
        responses=ContentResponses(),
        search=index,
        rendered=RenderedRecipes(),
        route_class=_route_class(settings, uploads=services.links is not None),
        deferred=_deferred(services),
    )
    for routes in _API_ROUTES:
        app.include_router(routes(context), prefix=API)
    app.include_router(event_routes(context, app.state.feed), prefix=API)
    runs = PublishedRuns(services.store, services.integrity, ARTIFACTS, PublishedRun)
    app.include_router(place_routes(context, runs), prefix=API)
    app.include_router(bar_routes(context, runs), prefix=API)
    app.include_router(app_page_routes(context, site, tells=app.state.feed is not None))
    app.include_router(page_routes(context, site, error_pages))
    app.include_router(recipe_list_routes(context, site, error_pages))
    app.state.agents = _agent_endpoint(app, settings) if lasting else None
    if app.state.agents is not None:
        app.router.routes.append(Route(AGENTS, app.state.agents, methods=["POST"]))
    app.include_router(discovery_routes(context, AGENTS if app.state.agents else None))
    add_docs(app, site)
    app.include_router(health_routes(context, registry))
    return app


def _event_feed(services: Services) -> EventFeed:
    """Streams leave most connections to others, however few there may be."""
    share = max(1, services.settings.max_connections // _STREAM_SHARE)
    return EventFeed(services.refresher.status, most=min(MOST_STREAMS, share))


def _deferred(services: Services) -> DeferredRequests | None:
    if services.links is None:
        return None
    return DeferredRequests(services.store, services.links, services.clock)


def _route_class(settings: Settings, *, uploads: bool) -> type[GuardedRoute]:
    class Route(GuardedRoute):
        """With the settings' limits."""

        body_limits = BodyLimits(
            settings.max_body_bytes,
            {
                CatalogueFile: settings.max_import_bytes,
                bytes: settings.max_import_bytes,
                PlaceDraft: PLACE_BYTES,
                BarQuestion: BAR_BYTES,
                Collection: COLLECTION_BYTES,
            },
            settings.max_request_seconds,
            dict.fromkeys((CatalogueFile, bytes), _UPLOAD) if uploads else {},
        )

    return Route


def _agent_endpoint(app: FastAPI, settings: Settings) -> "AgentEndpoint | None":
    """Where agents are served, if a setting names hosts; SettingsError without the extra."""
    if not settings.mcp_hosts:
        return None
    try:
        from cocktailspace.api.agents.endpoint import AgentEndpoint  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = "MCP_HOSTS takes more: pip install 'cocktailspace[mcp]'"
        raise SettingsError(message) from error
    return AgentEndpoint(app, AGENTS, settings.mcp_hosts.split(), settings.max_request_seconds)


def _serving(
    services: Services, index: SearchIndex, sign_in: SignIn, *, refresh: bool
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    def build_index() -> None:
        # Before anybody is let in: while it is built, all who search wait, and others for them.
        with suppress(CatalogueError), services.database.reading() as connection:
            index.snapshot(connection)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        agents = app.state.agents
        async with agents.running() if agents else nullcontext():
            if not refresh:
                yield
                return
            await run_in_threadpool(build_index)
            await run_in_threadpool(sign_in)
            with services.refresher.running():
                yield

    return lifespan


def _add_middleware(
    app: FastAPI,
    settings: Settings,
    data_origins: Sequence[str],
    registry: CollectorRegistry | None,
) -> None:
    """Add all middleware; the last one added is the outermost."""
    # Level 6 would keep all others waiting six times as long, for answers a tenth shorter.
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=4)
    if origins := settings.cors_origins.split():
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "HEAD"],
            allow_headers=["If-None-Match", "If-Match", "Idempotency-Key"],
            expose_headers=["ETag", "Cocktailspace-Version", "Cocktailspace-Refresh"],
        )
    app.add_middleware(FairQueueMiddleware, excepted={HEALTH})
    app.add_middleware(HttpRules)
    app.add_middleware(SecurityHeaders, data_origins=data_origins)
    if registry is not None:
        app.add_middleware(RequestTimer, registry=registry, prefix=API)
