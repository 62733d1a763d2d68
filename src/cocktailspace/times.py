"""Moments in time: always UTC, written as ISO 8601 with a Z."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The wall clock; pass it in, so that tests can pass another."""
    return datetime.now(UTC)


def later(moment: datetime, duration: timedelta) -> datetime:
    """So long after a moment, or the last moment that there is."""
    try:
        return moment + duration
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def to_text(moment: datetime) -> str:
    """A moment as fixed-width text, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """The moment that `to_text` wrote (any ISO 8601 with an offset will do)."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"the time {text!r} has no offset; write it in UTC with a Z")
    return moment.astimezone(UTC)
