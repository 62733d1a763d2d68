"""What a model's fields are like, and how rows, drafts and records are made of each other by them.

Columns, files and forms know no more of a field than this.
"""

from collections.abc import Collection
from dataclasses import dataclass
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
class FieldType:
    """What a field may hold.

    base: the type of its value, or of one of them in a list.
    required: it never is None; neither is a list, but that may be empty.
    reference: the table whose ids it holds.
    row_model: the model of one of a list's values, where these have fields of their own.
    """

    info: FieldInfo
    base: type
    is_list: bool
    required: bool
    reference: str | None = None
    row_model: type[BaseModel] | None = None

    @property
    def is_column(self) -> bool:
        """Whether it fits a column; what refers to several rows needs a table."""
        return self.row_model is None and not (self.is_list and self.reference)


@cache
def field_types(model: type[BaseModel]) -> dict[str, FieldType]:
    """Each field of a model, in the order in which they are declared."""
    return {name: _field_type(info) for name, info in model.model_fields.items()}


def name_in_files(name: str, field: FieldType) -> str:
    """What files call a field: they name rows where the catalogue has their ids."""
    return name.removesuffix("_id") if field.reference else name


def default_of(field: FieldType) -> Any:
    """The value of a field that a draft does not say."""
    return field.info.get_default(call_default_factory=True, validated_data={})


@dataclass(slots=True)
class _Unwrapped:
    """What an annotation says, with everything that is wrapped around the type itself."""

    marks: list[object]
    base: type = str
    is_list: bool = False
    optional: bool = False


def _field_type(info: FieldInfo) -> FieldType:
    found = _Unwrapped(marks=list(info.metadata))
    _unwrap(info.annotation, found)
    tables = [mark.table for mark in found.marks if isinstance(mark, Reference)]
    rows = found.base if issubclass(found.base, BaseModel) else None
    words = found.is_list or found.base is dict
    required = not (found.optional or words)
    return FieldType(info, found.base, found.is_list, required, tables[0] if tables else None, rows)


def _unwrap(annotation: Any, found: _Unwrapped) -> None:
    """Go down through `X | None`, `Annotated` and `tuple[X, ...]` to the type itself."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is None:
        found.base = annotation
    elif origin is Annotated:
        found.marks += inside[1:]
        _unwrap(inside[0], found)
    elif origin is tuple:
        found.is_list = True
        _unwrap(inside[0], found)
    elif origin is dict:
        found.base = dict
    else:
        found.optional = NoneType in inside
        _unwrap(next(each for each in inside if each is not NoneType), found)


_WIDGETS = {str: "text", float: "number", int: "number", bool: "check", dict: "no"}


def form_fields(model: type[BaseModel]) -> list[dict[str, Any]]:
    """What a form shows of a model, field by field, and how it asks for each.

    `kind`: text, area, suggested, number, check, words, ingredients, units or rows.
    """
    found = []
    for name, field in field_types(model).items():
        hint = field.info.json_schema_extra
        said = hint.get("x-form") if isinstance(hint, dict) else None
        if field.row_model is not None:
            kind: object = "rows"
        elif field.reference is not None:
            kind = field.reference
        else:
            kind = said or ("words" if field.is_list else _WIDGETS[field.base])
        if kind != "no":
            found.append(
                {
                    "name": name,
                    "label": field.info.title,
                    "help": field.info.description,
                    "kind": kind,
                    "many": field.is_list,
                    "optional": not field.info.is_required(),
                }
            )
    return found


def later_fields(model: type[Draft]) -> frozenset[str]:
    """Those that came after the first: not saying them leaves them as they are."""
    return frozenset(model.model_fields) - FIRST_FIELDS[model]


def column_values(draft: Draft) -> dict[str, Any]:
    """What a draft's own row holds."""
    types = field_types(type(draft))
    return {name: getattr(draft, name) for name, field in types.items() if field.is_column}


def as_draft(record: BaseModel, model: type[D]) -> D:
    """The draft that would make this record again."""
    values: dict[str, Any] = {}
    for name, field in field_types(model).items():
        value = getattr(record, name)
        if field.row_model is not None and issubclass(field.row_model, Draft):
            value = tuple(as_draft(each, field.row_model) for each in value)
        values[name] = value
    return model.model_construct(**values)


def completed(draft: D, current: D, unsaid: Collection[str]) -> D:
    """The draft; what it does not say of the fields `unsaid` is as it is now."""
    kept = {name: getattr(current, name) for name in set(unsaid) - draft.model_fields_set}
    return draft.model_copy(update=kept) if kept else draft
