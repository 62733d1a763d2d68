"""What can go wrong with a catalogue, in its own words; the edges translate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what reads a catalogue need not load it
    from pydantic import ValidationError

MOST_PROBLEMS = 20
"""So many are shown of those that one input has, and looked for in what may have very many."""


class CatalogueError(Exception):
    """Base of the errors that a caller can do something about."""


class NotFoundError(CatalogueError):
    """There is no such recipe, ingredient or unit."""


class MergedError(CatalogueError):
    """What was asked for was merged into another, which has its address now."""

    def __init__(self, entity: str, old_id: int, into_id: int) -> None:
        self.old_id, self.into_id = old_id, into_id
        super().__init__(f"{entity} {old_id} was merged into {entity} {into_id}; use that")


class ConflictError(CatalogueError):
    """The change contradicts what the catalogue holds: a name taken, an ingredient in use."""


class BusyError(CatalogueError):
    """Others kept the database, or what does the work, busy for longer than we wait; nothing was
    written.
    """

    def __init__(
        self,
        message: str = "other writers kept the catalogue busy and nothing was written; try again",
    ) -> None:
        super().__init__(message)


class UnavailableError(CatalogueError):
    """The database cannot be read or written for now; the message says why."""


class MissingDriverError(CatalogueError):
    """The package that connects to such a database is not installed."""


class FullError(CatalogueError):
    """There is no room left where the database lies; nothing was written."""


class DamagedError(CatalogueError):
    """The file is no database, or not a whole one."""


class SchemaError(CatalogueError):
    """The database is not one that this version of the program can use."""


class MissingCatalogueError(SchemaError):
    """There is no database at all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad value: where it stands (`recipes[3].name`) and what to do about it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class InvalidError(CatalogueError):
    """The input breaks rules; nothing was written. Lists every problem, not just the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class AlikeError(InvalidError):
    """A new name looks like one that there is; it is made if that is confirmed."""


def problems_of(error: "ValidationError") -> list[Problem]:
    """Every finding of a failed validation."""
    return [problem_of(finding) for finding in error.errors(include_url=False)]


def problem_of(finding: Any) -> Problem:
    """One finding (pydantic's `ErrorDetails`) with its place and the offending value."""
    return Problem(place_of(finding["loc"]), _describe(finding["msg"], finding.get("input")))


def place_of(location: Sequence[int | str]) -> str:
    """A path such as ("recipes", 12, "name") as text: `recipes[12].name`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{short(step)}" for step in location)
    return "".join(steps).removeprefix(".")


def at(place: str, field: str) -> str:
    """The place of a field within a place: `recipes[3]` and `name` give `recipes[3].name`."""
    return f"{place}.{field}" if place else field


def _describe(message: str, value: object) -> str:
    text = message.removeprefix("Value error, ")
    if not isinstance(value, str | int | float | None):
        return text
    return f"{text} (got {short(repr(value))})"


def short(text: str) -> str:
    """The beginning of a text that somebody else made up: enough to find it by."""
    return text if len(text) <= 60 else f"{text[:57]}..."
