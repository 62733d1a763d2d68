"""The HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.middleware.gzip import GZipMiddleware

from cocktailspace import __version__
from cocktailspace.api.bodies import Bodies
from cocktailspace.api.errors import answers, install_error_handlers
from cocktailspace.api.routes.analytics import analytics_routes
from cocktailspace.api.routes.ingredients import ingredient_routes
from cocktailspace.api.routes.pages import page_routes
from cocktailspace.api.routes.recipes import recipe_routes
from cocktailspace.api.routes.units import unit_routes
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.changes import catalogue_state

API = "/api/v1"

DESCRIPTION = """
Recipes, ingredients and units of a cocktail catalogue, and the analytics that follow them:
exact Earth Mover's Distance between all recipes, and maps of them.

Reading is public. Every error has one shape: `{"error": {"code", "message", "problems"}}`.
"""


class Health(BaseModel):
    """The server's own state."""

    status: str
    catalogue_version: int


def create_app(services: Services, *, refresh: bool = False) -> FastAPI:
    """The application over these parts; with `refresh` it also keeps the analytics up to date."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if refresh:
            with services.refresher.running():
                yield
        else:
            yield

    app = FastAPI(
        title="cocktailspace",
        version=__version__,
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # they load scripts from other hosts
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)
    install_error_handlers(app)
    bodies = Bodies()
    app.include_router(recipe_routes(services.database), prefix=API)
    app.include_router(ingredient_routes(services.database), prefix=API)
    app.include_router(unit_routes(services.database), prefix=API)
    app.include_router(analytics_routes(services.store, bodies), prefix=API)
    app.include_router(page_routes(bodies))

    @app.get("/healthz", tags=["health"], responses=answers(503))
    def healthz() -> Health:
        """Whether the server can read its catalogue."""
        with services.database.reading() as connection:
            return Health(status="ok", catalogue_version=catalogue_state(connection).version)

    return app
