"""Neutral rows: what every reader makes of its file, in the file's own words; and as JSON."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Extra = Mapping[str, Any]
"""Keys of a file that the model has no place for, word for word."""
_NONE: Extra = {}


def _none() -> Extra:
    return _NONE


class UnreadableError(ValueError):
    """A file that cannot be read; the message says what it lacks, and what to do.

    headers: of a table whose columns nobody knows, those that somebody may say the meaning of.
    """

    def __init__(self, message: str, headers: Sequence[str] = ()) -> None:
        self.headers = tuple(headers)
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a recipe: as a text, or in the parts that the file has."""

    text: str = ""
    measure: str = ""
    """Amount and unit as a text, words that belong to the ingredient included."""
    ingredient: str = ""
    label: str = ""
    """A brand or kind that the file has beside the ingredient."""
    amount: float | None = None
    amount_max: float | None = None
    unit: str = ""
    note: str = ""
    optional: bool = False
    alternatives: tuple[str, ...] = ()
    extra: Extra = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class RecipeRow:
    """A recipe as its file has it. `origin` says where it stands there."""

    name: str
    lines: tuple[LineRow, ...] = ()
    origin: str = ""
    instructions: str = ""
    description: str = ""
    source: str = ""
    source_url: str = ""
    garnish: str = ""
    glass: str = ""
    method: str = ""
    notes: str = ""
    servings: float | None = None
    tags: tuple[str, ...] = ()
    extra: Extra = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class IngredientRow:
    """What a file says of an ingredient besides its name."""

    name: str
    parent: str = ""
    category: str = ""
    strength: float | None = None
    description: str = ""
    aliases: tuple[str, ...] = ()
    extra: Extra = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class Collection:
    """All that a file has."""

    format: str
    """What kind of file it was taken for, in words."""
    name: str = ""
    recipes: tuple[RecipeRow, ...] = ()
    ingredients: tuple[IngredientRow, ...] = ()
    columns: tuple[str, ...] = ()
    """Of a table: its columns that are not shown anywhere, unless they are mapped."""
    remarks: tuple[str, ...] = ()
    """What a reader has to say: how the text was coded, what was passed over."""


def combined(what: str, found: Sequence[Collection]) -> Collection:
    """All that several parts of a file have. what: the kind of file that it is, in words."""
    return Collection(
        what,
        recipes=tuple(recipe for each in found for recipe in each.recipes),
        ingredients=tuple(row for each in found for row in each.ingredients),
        columns=tuple(dict.fromkeys(column for each in found for column in each.columns)),
        remarks=tuple(remark for each in found for remark in each.remarks),
    )


def as_objects(found: Collection) -> dict[str, Any]:
    """A collection as JSON has it: of each row what is not empty."""
    return {
        "format": found.format,
        "name": found.name,
        "recipes": [
            [_not_empty(recipe), [_not_empty(line) for line in recipe.lines]]
            for recipe in found.recipes
        ],
        "ingredients": [_not_empty(row) for row in found.ingredients],
        "columns": found.columns,
        "remarks": found.remarks,
    }


def from_objects(said: Mapping[str, Any]) -> Collection:
    """The collection of which `as_objects` made this."""
    recipes = [
        RecipeRow(**_tuples(row) | {"lines": tuple(LineRow(**_tuples(line)) for line in lines)})
        for row, lines in said["recipes"]
    ]
    return Collection(
        said["format"],
        said["name"],
        tuple(recipes),
        tuple(IngredientRow(**_tuples(row)) for row in said["ingredients"]),
        tuple(said["columns"]),
        tuple(said["remarks"]),
    )


def _not_empty(row: RecipeRow | IngredientRow | LineRow) -> dict[str, Any]:
    return {
        key: _plain(value) if key == "extra" else value
        for key in row.__slots__
        if key != "lines" and ((value := getattr(row, key)) or value == 0)
    }


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _plain(value: Any) -> Any:
    """A value of whatever kind as JSON can hold it: keys are texts, what is no number is nothing,
    and what JSON has no kind for is said as a text.
    """
    if isinstance(value, Mapping):
        return {str(key): _plain(content) for key, content in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | None) else str(value)
