"""The stream of events."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api import event_feed
from cocktailspace.api.app import create_app
from cocktailspace.api.errors import TooManyRequestsError
from cocktailspace.api.event_feed import MOST_OF_ADDRESS, EventFeed, event_names
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import BusyError
from tests.conftest import BAR, import_document, run_alone
from tests.publishing import publish_analytics
from tests.waiting import PATIENCE_SECONDS

EVENTS = "/api/v1/events"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_feed, "LOOK_SECONDS", 0.01)


def names_told(feed: EventFeed, *then: tuple[Callable[[], object], str]) -> list[str]:
    """What a stream tells: at first, and after each of these until it tells of this."""

    async def follow() -> list[str]:
        told, left, awaited = [], list(then), "fresh"
        with feed.admitted("a"):
            async for name, _status in feed.follow():
                told.append(name)
                if name == awaited:
                    if not left:
                        break
                    act, awaited = left.pop(0)
                    await asyncio.to_thread(act)
        return told

    return run_alone(asyncio.wait_for(follow(), PATIENCE_SECONDS))


def test_the_first_event_says_how_things_stand(client: TestClient) -> None:
    answer = client.get(EVENTS, params={"limit": 1}, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in answer.headers
    event, data, *_ = answer.text.splitlines()
    assert event == "event: pending"
    said = json.loads(data.removeprefix("data: "))
    assert said == client.get("/api/v1/refresh").json()


def test_what_another_process_writes_and_publishes_is_told(services: Services) -> None:
    feed = EventFeed(services.refresher.status)
    other = Database(services.settings.catalogue_url, clock=services.clock)
    told = names_told(
        feed,
        (lambda: import_document(other, BAR), "pending"),
        (lambda: publish_analytics(services), "published"),
        (lambda: import_document(other, {"units": [{"name": "Tot", "millilitres": 5}]}), "pending"),
    )
    other.close()
    said = iter(told)
    expected = ["fresh", "changed", "pending", "published", "fresh", "changed", "pending"]
    assert all(each in said for each in expected), told  # in this order, whatever else is told


def test_progress_and_countdowns_are_told_as_the_state(services: Services) -> None:
    before = services.refresher.status()
    later = replace(before, overdue_at=services.clock() + timedelta(hours=1))
    assert [*event_names(before, later)] == [before.state]


def test_silence_is_broken_by_the_state(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_feed, "REPEAT_SECONDS", 0.02)
    again: tuple[Callable[[], object], str] = (lambda: None, "fresh")
    assert names_told(EventFeed(services.refresher.status), again, again) == ["fresh"] * 3


@pytest.mark.parametrize("why", ["lifetime", "stopped", "unreadable"])
def test_a_stream_ends(services: Services, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    trouble: list[Exception] = []

    def look() -> Any:
        if trouble:
            raise trouble[0]
        return services.refresher.status()

    feed = EventFeed(look)
    if why == "lifetime":
        monkeypatch.setattr(event_feed, "LIFETIME_SECONDS", 0.05)
        monkeypatch.setattr(event_feed, "REPEAT_SECONDS", 1_000.0)
    end = {
        "lifetime": lambda: None,
        "stopped": feed.stop,
        "unreadable": lambda: trouble.append(BusyError("busy")),
    }
    told = names_told(feed, (end[why], "never"))  # it may end before the first look
    assert told == ["fresh"] or (why == "lifetime" and told == [])
    if why == "stopped":
        assert names_told(feed) == []


def test_nobody_looks_while_nobody_listens(services: Services) -> None:
    looks = 0

    def look() -> Any:
        nonlocal looks
        looks += 1
        return services.refresher.status()

    async def follow() -> int:
        feed = EventFeed(look)
        with feed.admitted("a"), feed.admitted("b"):
            async for _ in feed.follow():
                break
            async for _ in feed.follow():
                break
        while feed._looking is None or not feed._looking.done():
            await asyncio.sleep(0.01)
        seen = looks
        await asyncio.sleep(0.1)
        return looks - seen

    assert run_alone(asyncio.wait_for(follow(), PATIENCE_SECONDS)) == 0
    assert looks > 0


def test_streams_are_bounded_in_all_and_per_address(services: Services) -> None:
    feed = EventFeed(services.refresher.status, most=MOST_OF_ADDRESS + 1)
    held = [feed.admitted("a") for _ in range(MOST_OF_ADDRESS)]
    for each in held:
        each.__enter__()
    with pytest.raises(TooManyRequestsError, match="your address"), feed.admitted("a"):
        pass
    with feed.admitted("b"), pytest.raises(TooManyRequestsError, match="too many streams"):
        feed.admitted("c").__enter__()
    held[0].__exit__(None, None, None)
    with feed.admitted("a"):
        pass


def test_one_stream_too_many_is_told_to_ask_instead(services: Services) -> None:
    application = create_app(services)
    with TestClient(application) as client, application.state.feed.admitted("testclient"):
        for _ in range(MOST_OF_ADDRESS - 1):  # each is over, and so gives its place back
            assert client.get(EVENTS, params={"limit": 1}).status_code == 200
        head = client.head(EVENTS)
        assert (head.status_code, head.content) == (200, b"")
        application.state.feed._most = 1
        refused = client.get(EVENTS)
        assert refused.status_code == 429
        assert "/api/v1/refresh" in refused.json()["error"]["message"]
        assert refused.headers["Retry-After"]


def test_where_no_process_lasts_a_browser_is_told_to_ask_no_more(services: Services) -> None:
    with TestClient(create_app(services, lasting=False)) as client:
        assert client.get(EVENTS).status_code == 204
