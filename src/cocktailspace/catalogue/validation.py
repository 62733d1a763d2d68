"""Problems with their places, from what pydantic finds."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from cocktailspace.catalogue.errors import Problem


def problems_of(error: ValidationError) -> list[Problem]:
    """Every finding of a failed validation."""
    return [problem_of(finding) for finding in error.errors(include_url=False)]


def problem_of(finding: Any) -> Problem:
    """One finding (pydantic's `ErrorDetails`) with its place and the offending value."""
    return Problem(place_of(finding["loc"]), _describe(finding["msg"], finding.get("input")))


def place_of(location: Sequence[int | str]) -> str:
    """A path such as ("recipes", 12, "name") as text: `recipes[12].name`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{_short(step)}" for step in location)
    return "".join(steps).removeprefix(".")


def at(place: str, field: str) -> str:
    """The place of a field within a place: `recipes[3]` and `name` give `recipes[3].name`."""
    return f"{place}.{field}" if place else field


def _describe(message: str, value: object) -> str:
    text = message.removeprefix("Value error, ")
    if not isinstance(value, str | int | float | None):
        return text
    return f"{text} (got {_short(repr(value))})"


def _short(text: str) -> str:
    """Of a key or a value that somebody else made up, what is enough to find it."""
    return text if len(text) <= 60 else f"{text[:57]}..."
