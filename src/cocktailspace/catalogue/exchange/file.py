"""What a catalogue's file holds: rows that refer to each other by name.

Its rows follow from the models of what users write. `catalogue/1` has the first fields alone.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError, create_model

from cocktailspace.catalogue.errors import InvalidError, Problem, problems_of
from cocktailspace.catalogue.fields import FIRST_FIELDS, Shape, name_in_files, shapes_of
from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    MethodDraft,
    PieceDraft,
    Ranged,
    RecipeDraft,
    UnitDraft,
)
from cocktailspace.catalogue.values import Draft, Name
from cocktailspace.collector import paused_collector
from cocktailspace.json_input import BYTES_PER_VALUE, JsonError, parse_json

Format = Literal["catalogue/1", "catalogue/2"]

_NOT_IN_1 = 'catalogue/1 has no such field; say "format": "catalogue/2"'
_ANYHOW = 1_000
"""So many values may a small file have, however close together they are."""


class NamedRow(Draft):
    """A row that others may name."""

    name: Name


def _row_model(kind: type[Draft], title: str, **nested: type[Draft]) -> Any:
    """The model of a row in a file, from that of what users write: names in the place of ids.

    nested: models of the rows that the fields of these names hold.
    """
    fields: dict[str, Any] = {}
    for name, shape in shapes_of(kind).items():
        kind_in_file, info = shape.info.annotation, shape.info
        if shape.reference or name in nested:
            kind_in_file = _in_file(shape, nested.get(name, Name))
            info = Field(
                ... if info.is_required() else info.default,
                title=info.title,
                description=info.description,
            )
        fields[name_in_files(name, shape)] = (kind_in_file, info)
    base = Ranged if issubclass(kind, Ranged) else Draft
    return create_model(title, __base__=base, __module__=__name__, __doc__=kind.__doc__, **fields)


def _in_file(shape: Shape, one: Any) -> Any:
    if shape.many:
        return tuple[one, ...]
    return one if shape.required else one | None


if TYPE_CHECKING:

    class UnitRow(NamedRow):
        """A unit in a file."""

    class MethodRow(NamedRow):
        """A method in a file."""

    class IngredientRow(NamedRow):
        """An ingredient in a file."""

    class RecipeRow(NamedRow):
        """A recipe in a file."""

        source: str | None
        uid: str | None
else:
    PieceRow = _row_model(PieceDraft, "PieceRow")
    LineRow = _row_model(LineDraft, "LineRow")
    UnitRow = _row_model(UnitDraft, "UnitRow")
    MethodRow = _row_model(MethodDraft, "MethodRow")
    IngredientRow = _row_model(IngredientDraft, "IngredientRow", pieces=PieceRow)
    RecipeRow = _row_model(RecipeDraft, "RecipeRow", ingredients=LineRow)


class CatalogueFile(Draft):
    """A whole file."""

    format: Format
    units: tuple[UnitRow, ...] = ()
    methods: tuple[MethodRow, ...] = ()
    ingredients: tuple[IngredientRow, ...] = Field(
        (), description="A parent may follow its children"
    )
    recipes: tuple[RecipeRow, ...] = ()


ROWS: dict[str, type[Draft]] = {
    "units": UnitDraft,
    "methods": MethodDraft,
    "ingredients": IngredientDraft,
    "recipes": RecipeDraft,
}
"""The lists of a file, and of what kind their rows are."""


def parse_file(text: str | bytes) -> CatalogueFile:
    """Read a file's text; InvalidError lists every bad value with its place."""
    body = text.encode() if isinstance(text, str) else text
    try:
        with paused_collector():
            parsed = parse_json(body, most_values=len(body) // BYTES_PER_VALUE + _ANYHOW)
            file = CatalogueFile.model_validate(parsed)
    except ValidationError as error:
        raise InvalidError(problems_of(error)) from None
    except JsonError as error:
        raise InvalidError([Problem("", f"this is not a JSON file: {error}")]) from None
    if file.format == "catalogue/1" and (problems := list(_fields_of_2(file))):
        raise InvalidError(problems)
    return file


def _fields_of_2(file: CatalogueFile) -> Iterator[Problem]:
    """Fields that `catalogue/1` does not have."""
    if "methods" in file.model_fields_set:
        yield Problem("methods", _NOT_IN_1)
    for name, kind in ROWS.items():
        rows: Sequence[Draft] = getattr(file, name)
        for i, row in enumerate(rows):
            yield from _beyond(row, kind, f"{name}[{i}]")
            for j, line in enumerate(getattr(row, "ingredients", ())):
                yield from _beyond(line, LineDraft, f"{name}[{i}].ingredients[{j}]")


def _beyond(row: Draft, kind: type[Draft], place: str) -> Iterator[Problem]:
    for name in sorted(row.model_fields_set - first_names(kind)):
        yield Problem(f"{place}.{name}", _NOT_IN_1)


@cache
def first_names(kind: type[Draft]) -> frozenset[str]:
    """What the fields of `catalogue/1` are called in a file."""
    return frozenset(name_in_files(name, shapes_of(kind)[name]) for name in FIRST_FIELDS[kind])
