"""Rows of a file that say everything: whatever field a model gets, they say it."""

from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from cocktailspace.catalogue.exchange.file import ROWS
from cocktailspace.catalogue.fields import Shape, name_in_files, shapes_of
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
    return {name_in_files(name, shape): _said(shape) for name, shape in shapes_of(kind).items()}


def _said(shape: Shape) -> Any:
    if shape.rows is not None and issubclass(shape.rows, Draft):
        return [said_of(shape.rows)]
    if shape.reference is not None:
        return [_NAMES[shape.reference]] if shape.many else _NAMES[shape.reference]
    adapter = TypeAdapter(Annotated[(shape.info.annotation, "guessed", *shape.info.metadata)])
    for guess in _GUESSES[shape.base]:
        value = [guess] if shape.many else guess
        try:
            adapter.validate_python(tuple(value) if shape.many else value)
        except ValidationError:
            continue
        return value
    raise AssertionError(f"guess a value for {shape.info}")


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
