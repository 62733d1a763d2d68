"""Whether the analytics are up to date, and running them now."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.errors import RUN, answers
from cocktailspace.api.writing import refuse_key
from cocktailspace.artifacts.attempt import Attempt
from cocktailspace.refresh.status import RefreshState, RefreshStatus


class Refresh(BaseModel):
    """Where the published analytics stand against the catalogue."""

    state: RefreshState = Field(
        description="fresh: they are those of the catalogue as it is; pending: a run is due; "
        "running: it runs; failed: it is tried again at due_at"
    )
    now: datetime = Field(description="The server's clock, to count down to due_at by")
    catalogue_id: str
    catalogue_version: int
    published_version: int | None = Field(description="Null when nothing is published")
    published_run_id: str | None
    published_at: datetime | None
    pending_changes: int = Field(description="Changes that are not published")
    pending_since: datetime | None = Field(description="The first change that no run started from")
    due_at: datetime | None = Field(description="When the next run, or the next try, is due")
    overdue_at: datetime | None = Field(
        description="When `/healthz/refresh` turns red unless a newer result is published"
    )
    job_id: str | None = Field(description="The job that runs")
    job_arn: str | None = Field(description="Its ARN, where it is a Batch job")
    attempt: Attempt | None = Field(description="The record of the running or last job")
    starts_at: datetime | None = Field(
        default=None,
        description="Of a run just asked for: when the schedule will start it, where there is one",
    )


def refresh_routes(context: Context) -> APIRouter:
    """Routes over this refresher."""
    router = context.router("/refresh", "refresh")
    refresher, clock = context.services.refresher, context.services.clock

    @router.get("", responses=answers(503))
    def get_refresh() -> Refresh:
        """The state of the analytics."""
        return refresh_of(refresher.status(), clock())

    @router.post("", status_code=202, responses=RUN, dependencies=[Depends(refuse_key)])
    def run_refresh(_identity: Annotated[Identity, Depends(context.editor)]) -> Refresh:
        """Run now, without waiting for edits to end; returns what runs.

        On AWS a schedule starts the job, at the earliest a minute from now: `starts_at` says when.
        """
        asked = refresher.run_now(refresher.status())
        described = refresh_of(refresher.status(), clock())
        return described.model_copy(update={"starts_at": asked.starts_at})

    return router


def refresh_of(status: RefreshStatus, now: datetime) -> Refresh:
    """What a status says, at this moment."""
    manifest, job = status.manifest, status.job
    return Refresh(
        state=status.state,
        now=now,
        catalogue_id=status.catalogue.catalogue_id,
        catalogue_version=status.catalogue.version,
        published_version=manifest.source_version if manifest else None,
        published_run_id=manifest.run_id if manifest else None,
        published_at=manifest.generated_at if manifest else None,
        pending_changes=status.pending_changes,
        pending_since=status.pending_since,
        due_at=status.due_at,
        overdue_at=status.overdue_at,
        job_id=job.id if job else None,
        job_arn=job.arn if job else None,
        attempt=status.attempt,
    )
