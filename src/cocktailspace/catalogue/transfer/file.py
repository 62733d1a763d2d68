"""What a catalogue's file holds: rows that name each other, and drafts, which have ids instead.

Rows follow from the models of what users write. `catalogue/1` has the first fields alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import Field, ValidationError, create_model

from cocktailspace.catalogue.errors import InvalidError, Problem, problems_of
from cocktailspace.catalogue.fields import (
    FIRST_FIELDS,
    FieldType,
    default_of,
    field_types,
    name_in_files,
)
from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    MethodDraft,
    PieceDraft,
    Ranged,
    RecipeDraft,
    UnitDraft,
)
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.values import Draft, Name
from cocktailspace.collector import paused_collector
from cocktailspace.json_input import BYTES_PER_VALUE, JsonError, parse_json

D = TypeVar("D", bound=Draft)
Format = Literal["catalogue/1", "catalogue/2"]
Ids = Mapping[str, Mapping[str, int]]
"""Ids by the key of a name, by table."""

_NOT_IN_1 = 'catalogue/1 has no such field; say "format": "catalogue/2"'
_ANYHOW = 1_000
"""So many values may a small file have, however close together they are."""


class NamedRow(Draft):
    """A row that others may name."""

    name: Name


def _row_model(model: type[Draft], title: str, **nested: type[Draft]) -> Any:
    """The model of a row in a file, from that of what users write: names in the place of ids.

    nested: models of the rows that the fields of these names hold.
    """
    fields: dict[str, Any] = {}
    for name, field in field_types(model).items():
        type_in_file, info = field.info.annotation, field.info
        if field.reference or name in nested:
            type_in_file = _in_file(field, nested.get(name, Name))
            info = Field(
                ... if info.is_required() else info.default,
                title=info.title,
                description=info.description,
            )
        fields[name_in_files(name, field)] = (type_in_file, info)
    base = Ranged if issubclass(model, Ranged) else Draft
    return create_model(title, __base__=base, __module__=__name__, __doc__=model.__doc__, **fields)


def _in_file(field: FieldType, one: Any) -> Any:
    if field.is_list:
        return tuple[one, ...]
    return one if field.required else one | None


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

    format: Format = Field(examples=["catalogue/1"])
    units: tuple[UnitRow, ...] = ()
    methods: tuple[MethodRow, ...] = ()
    ingredients: tuple[IngredientRow, ...] = Field(
        (), description="A parent may follow its children"
    )
    recipes: tuple[RecipeRow, ...] = Field(
        (),
        examples=[
            [{"name": "Gin Rickey", "ingredients": [{"ingredient": "Dry Gin", "amount": 60}]}]
        ],
    )


ROWS: dict[str, type[Draft]] = {
    "units": UnitDraft,
    "methods": MethodDraft,
    "ingredients": IngredientDraft,
    "recipes": RecipeDraft,
}
"""The lists of a file, and of what model their rows are."""


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
    for name, model in ROWS.items():
        rows: Sequence[Draft] = getattr(file, name)
        for i, row in enumerate(rows):
            yield from _beyond(row, model, f"{name}[{i}]")
            for j, line in enumerate(getattr(row, "ingredients", ())):
                yield from _beyond(line, LineDraft, f"{name}[{i}].ingredients[{j}]")


def _beyond(row: Draft, model: type[Draft], place: str) -> Iterator[Problem]:
    for name in sorted(row.model_fields_set - first_names(model)):
        yield Problem(f"{place}.{name}", _NOT_IN_1)


@cache
def first_names(model: type[Draft]) -> frozenset[str]:
    """What the fields of `catalogue/1` are called in a file."""
    return frozenset(name_in_files(name, field_types(model)[name]) for name in FIRST_FIELDS[model])


def draft_of_row(row: Draft, model: type[D], ids: Ids) -> D:
    """The draft that a row of a file means; what the row does not say, it does not say either."""
    values: dict[str, Any] = {}
    said = set()
    for name, field in field_types(model).items():
        in_file = name_in_files(name, field)
        values[name] = _with_ids(getattr(row, in_file), field, ids)
        if in_file in row.model_fields_set:
            said.add(name)
    return model.model_construct(said, **values)


def row_of_draft(draft: Draft, named: Callable[[str, int], Any]) -> dict[str, Any]:
    """A draft as a row of a file, without what it does not say.

    named(table, id): what stands for a row of that table.
    """
    row: dict[str, Any] = {}
    for name, field in field_types(type(draft)).items():
        value = getattr(draft, name)
        if value != default_of(field) or field.info.is_required():
            row[name_in_files(name, field)] = _with_names(value, field, named)
    return row


def _with_ids(value: Any, field: FieldType, ids: Ids) -> Any:
    if field.row_model is not None and issubclass(field.row_model, Draft):
        return tuple(draft_of_row(each, field.row_model, ids) for each in value)
    if field.reference is None or value is None:
        return value
    known = ids[field.reference]
    if field.is_list:
        return tuple(known[name_key(each)] for each in value)
    return known[name_key(value)]


def _with_names(value: Any, field: FieldType, named: Callable[[str, int], Any]) -> Any:
    if field.row_model is not None:
        return [row_of_draft(each, named) for each in value]
    if field.reference is None or value is None:
        return list(value) if isinstance(value, tuple) else value
    if field.is_list:
        return [named(field.reference, each) for each in value]
    return named(field.reference, value)
