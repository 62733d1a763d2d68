"""Rows of a file that say everything: whatever field a model gets, they say it."""

from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from cocktailspace.catalogue.fields import FieldType, field_types, name_in_files
from cocktailspace.catalogue.transfer.file import ROWS
from cocktailspace.catalogue.values import Draft

_GUESSES: dict[type, tuple[Any, ...]] = {
    str: ("something said", "https://example.org/a", "0123456789abcdef" * 2),
    float: (1.5,),
    int: (3,),
    bool: (True,),
    dict: ({"image": {"uri": "https://example.org/a.png", "sizes": [1, 2.5, None]}, "é": "ü"},),
}
_NAMES = {"ingredients": "Lime", "units": "Each"}


def said_of(kind: type[Draft]) -> dict[str, Any]:
    """A row of that kind in a file, every field of which says something."""
    return {name_in_files(name, field): _said(field) for name, field in field_types(kind).items()}


def _said(field: FieldType) -> Any:
    if field.row_model is not None and issubclass(field.row_model, Draft):
        return [said_of(field.row_model)]
    if field.reference is not None:
        return [_NAMES[field.reference]] if field.is_list else _NAMES[field.reference]
    adapter = TypeAdapter(Annotated[(field.info.annotation, "guessed", *field.info.metadata)])
    for guess in _GUESSES[field.base]:
        value = [guess] if field.is_list else guess
        try:
            adapter.validate_python(tuple(value) if field.is_list else value)
        except ValidationError:
            continue
        return value
    raise AssertionError(f"guess a value for {field.info}")


def everything() -> dict[str, Any]:
    """A `catalogue/2` whose last row of each list says everything."""
    rows = {table: said_of(kind) for table, kind in ROWS.items()}
    rows["units"]["name"] = "Handful"
    rows["methods"]["name"] = "Swizzle"
    rows["ingredients"]["name"] = "Everything"
    lime = {"name": "Lime", "parent": None, "allow_substitution": False}
    each = {"name": "Each", "abbreviation": None, "millilitres": None}
    return {
        "format": "catalogue/2",
        "units": [each, rows["units"]],
        "methods": [rows["methods"]],
        "ingredients": [lime, rows["ingredients"]],
        "recipes": [rows["recipes"]],
    }
