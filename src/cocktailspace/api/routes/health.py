"""Health checks and metrics."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from pydantic import BaseModel, Field

from cocktailspace.api.context import Context
from cocktailspace.api.errors import OverdueError, RefresherStoppedError, answers
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.refresh.status import RefreshState
from cocktailspace.times import to_text
from cocktailspace.wording import counted

HEALTH = "/healthz"


class Health(BaseModel):
    """The server's own state."""

    status: str
    catalogue_version: int


class RefreshHealth(BaseModel):
    """Whether the published result is as fresh as it should be."""

    status: str
    state: RefreshState
    catalogue_version: int
    published_version: int | None = Field(description="Null when nothing is published")
    overdue_at: datetime | None = Field(
        description="When this turns red unless something is published; null while all is"
    )


def health_routes(context: Context, registry: CollectorRegistry | None) -> APIRouter:
    """Routes for checks and, with a registry, for Prometheus. They are open, as all reading is."""
    router = APIRouter(tags=["health"])
    services = context.services
    own_thread = ThreadPoolExecutor(1, "healthz")  # it never waits for what others ask

    def look() -> Health:
        with services.database.reading() as connection:
            return Health(status="ok", catalogue_version=catalogue_state(connection).version)

    @router.get(HEALTH, responses=answers(503))
    async def healthz() -> Health:
        """Whether the server can read its catalogue."""
        return await asyncio.get_running_loop().run_in_executor(own_thread, look)

    @router.get("/healthz/refresh", responses=answers(503))
    def refresh_health() -> RefreshHealth:
        """Answers 503 when what is published is older than it may be, or the refresher does not
        work. The server serves all the same.
        """
        if trouble := services.refresher.trouble():
            raise RefresherStoppedError(trouble)
        status, now = services.refresher.status(), services.clock()
        published = status.manifest.source_version if status.manifest else None
        if status.overdue_at is not None and status.overdue_at < now:
            since = to_text(status.unpublished_since) if status.unpublished_since else "ever"
            raise OverdueError(
                f"the refresh that was due by {to_text(status.overdue_at)} has not published "
                f"{counted(status.pending_changes, 'change')} since {since} (state: "
                f"{status.state}); /api/v1/refresh says more"
            )
        return RefreshHealth(
            status="ok",
            state=status.state,
            catalogue_version=status.catalogue.version,
            published_version=published,
            overdue_at=status.overdue_at,
        )

    if registry is not None:

        @router.get("/metrics", include_in_schema=False)
        def metrics() -> Response:
            """For Prometheus."""
            return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router
