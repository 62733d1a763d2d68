"""What a model's fields are like, and how rows, drafts and records are made of each other by them.

Columns, files and forms know no more of a field than this.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    MethodDraft,
    RecipeDraft,
    UnitDraft,
)
from cocktailspace.catalogue.values import Draft, Reference

D = TypeVar("D", bound=Draft)

FIRST_FIELDS: dict[type[Draft], frozenset[str]] = {
    UnitDraft: frozenset({"name", "abbreviation", "millilitres"}),
    IngredientDraft: frozenset({"name", "parent_id", "allow_substitution", "description"}),
    RecipeDraft: frozenset(
        {"name", "instructions", "description", "source", "source_url", "ingredients"}
    ),
    LineDraft: frozenset({"ingredient_id", "amount", "unit_id"}),
    MethodDraft: frozenset(),
}
"""Those of `catalogue/1` and of its time's API: whoever knows these alone leaves the others as they
are.
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A field.

    base: the type of its values, or of one of them where it has `many`.
    rows: the model of one of them, where they have fields of their own.
    reference: the table whose ids it holds.
    required: it never is nothing.
    """

    info: FieldInfo
    base: type
    many: bool
    required: bool
    reference: str | None = None
    rows: type[BaseModel] | None = None

    @property
    def is_column(self) -> bool:
        """Whether it fits a column; what refers to several rows needs a table."""
        return self.rows is None and not (self.many and self.reference)


@cache
def shapes_of(model: type[BaseModel]) -> dict[str, Shape]:
    """Each field of a model, in the order in which they are declared."""
    return {name: _shape(info) for name, info in model.model_fields.items()}


def name_in_files(name: str, shape: Shape) -> str:
    """What files call a field: they name rows where the catalogue has their ids."""
    return name.removesuffix("_id") if shape.reference else name


def empty_of(shape: Shape) -> Any:
    """What a field is that nothing is said of."""
    return shape.info.get_default(call_default_factory=True, validated_data={})


@dataclass(slots=True)
class _Found:
    base: type = str
    many: bool = False
    nothing: bool = False
    marks: list[object] = field(default_factory=list)


def _shape(info: FieldInfo) -> Shape:
    found = _Found(marks=list(info.metadata))
    _unwrap(info.annotation, found)
    tables = [mark.table for mark in found.marks if isinstance(mark, Reference)]
    rows = found.base if issubclass(found.base, BaseModel) else None
    words = found.many or found.base is dict
    required = not (found.nothing or words)
    return Shape(info, found.base, found.many, required, tables[0] if tables else None, rows)


def _unwrap(annotation: Any, found: _Found) -> None:
    """Go down through `X | None`, `Annotated` and `tuple[X, ...]` to the type itself."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is None:
        found.base = annotation
    elif origin is Annotated:
        found.marks += inside[1:]
        _unwrap(inside[0], found)
    elif origin is tuple:
        found.many = True
        _unwrap(inside[0], found)
    elif origin is dict:
        found.base = dict
    else:
        found.nothing = NoneType in inside
        _unwrap(next(each for each in inside if each is not NoneType), found)


_WIDGETS = {str: "text", float: "number", int: "number", bool: "check", dict: "no"}


def form_fields(model: type[BaseModel]) -> list[dict[str, Any]]:
    """What a form shows of a model, field by field, and how it asks for each.

    `kind`: text, area, suggested, number, check, words, ingredients, units or rows.
    """
    found = []
    for name, shape in shapes_of(model).items():
        hint = shape.info.json_schema_extra
        said = hint.get("x-form") if isinstance(hint, dict) else None
        if shape.rows is not None:
            kind: object = "rows"
        elif shape.reference is not None:
            kind = shape.reference
        else:
            kind = said or ("words" if shape.many else _WIDGETS[shape.base])
        if kind != "no":
            found.append(
                {
                    "name": name,
                    "label": shape.info.title,
                    "help": shape.info.description,
                    "kind": kind,
                    "many": shape.many,
                    "optional": not shape.info.is_required(),
                }
            )
    return found


def later_fields(model: type[Draft]) -> frozenset[str]:
    """Those that came after the first: not saying them leaves them as they are."""
    return frozenset(model.model_fields) - FIRST_FIELDS[model]


def column_values(draft: Draft) -> dict[str, Any]:
    """What a draft's own row holds."""
    shapes = shapes_of(type(draft))
    return {name: getattr(draft, name) for name, shape in shapes.items() if shape.is_column}


def as_draft(record: BaseModel, kind: type[D]) -> D:
    """The draft that would make this record again."""
    values: dict[str, Any] = {}
    for name, shape in shapes_of(kind).items():
        value = getattr(record, name)
        if shape.rows is not None and issubclass(shape.rows, Draft):
            value = tuple(as_draft(each, shape.rows) for each in value)
        values[name] = value
    return kind.model_construct(**values)


def completed(draft: D, current: D, unsaid: Collection[str]) -> D:
    """The draft; what it does not say of the fields `unsaid` is as it is now."""
    kept = {name: getattr(current, name) for name in set(unsaid) - draft.model_fields_set}
    return draft.model_copy(update=kept) if kept else draft
