"""The stream of events, so that who follows the refresh need not ask again and again."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from cocktailspace.api.context import Context
from cocktailspace.api.errors import answers
from cocktailspace.api.event_feed import EventFeed
from cocktailspace.api.fair_queue import client_address
from cocktailspace.api.routes.refresh import refresh_of

RETRY_MS = 2_000


def event_routes(context: Context, feed: EventFeed | None) -> APIRouter:
    """The route over this feed; without one it answers what makes a browser ask no more."""
    router = context.router("/events", "refresh")
    clock = context.services.clock
    if feed is None:

        @router.get("", status_code=204)
        def no_events() -> None:
            """There is no stream here: `GET /refresh` says how things stand."""

        return router

    async def admitted(request: Request, response: Response) -> AsyncIterator[None]:
        response.headers["Cache-Control"] = "no-store"
        with feed.admitted(client_address(request)):
            yield

    @router.get(
        "",
        response_class=EventSourceResponse,
        responses=answers(422, 429, 503),
        dependencies=[Depends(admitted)],
    )
    async def events(
        limit: Annotated[
            int | None, Query(ge=1, le=1_000, description="End after so many", examples=[1])
        ] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        """Server-sent events. `changed`: the catalogue; `published`: another run. After these, at
        first, and every 15 s one that is named as the state is: `pending`, `running`, `failed` or
        `fresh`. The data of each is what `GET /refresh` answers. A stream ends after ten minutes:
        come back then.
        """
        told = 0
        async with aclosing(feed.follow()) as found:
            async for name, status in found:
                told += 1
                data = refresh_of(status, clock())
                yield ServerSentEvent(data=data, event=name, retry=RETRY_MS if told == 1 else None)
                if told == limit:
                    return

    return router
