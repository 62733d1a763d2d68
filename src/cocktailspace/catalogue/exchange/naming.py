"""Between rows of a file, which name others, and drafts, which have their ids."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cocktailspace.catalogue.fields import Shape, empty_of, name_in_files, shapes_of
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.values import Draft

D = TypeVar("D", bound=Draft)

Ids = Mapping[str, Mapping[str, int]]
"""Ids by the key of a name, by table."""


def draft_of_row(row: Draft, kind: type[D], ids: Ids) -> D:
    """The draft that a row of a file means; what the row does not say, it does not say either."""
    values: dict[str, Any] = {}
    said = set()
    for name, shape in shapes_of(kind).items():
        in_file = name_in_files(name, shape)
        values[name] = _with_ids(getattr(row, in_file), shape, ids)
        if in_file in row.model_fields_set:
            said.add(name)
    return kind.model_construct(said, **values)


def row_of_draft(draft: Draft, named: Callable[[str, int], Any]) -> dict[str, Any]:
    """A draft as a row of a file, without what it does not say.

    named(table, id): what stands for a row of that table.
    """
    row: dict[str, Any] = {}
    for name, shape in shapes_of(type(draft)).items():
        value = getattr(draft, name)
        if value != empty_of(shape) or shape.info.is_required():
            row[name_in_files(name, shape)] = _with_names(value, shape, named)
    return row


def _with_ids(value: Any, shape: Shape, ids: Ids) -> Any:
    if shape.rows is not None and issubclass(shape.rows, Draft):
        return tuple(draft_of_row(each, shape.rows, ids) for each in value)
    if shape.reference is None or value is None:
        return value
    known = ids[shape.reference]
    if shape.many:
        return tuple(known[name_key(each)] for each in value)
    return known[name_key(value)]


def _with_names(value: Any, shape: Shape, named: Callable[[str, int], Any]) -> Any:
    if shape.rows is not None:
        return [row_of_draft(each, named) for each in value]
    if shape.reference is None or value is None:
        return list(value) if isinstance(value, tuple) else value
    if shape.many:
        return [named(shape.reference, each) for each in value]
    return named(shape.reference, value)
