"""Between drafts, rows of tables, and records: what all kinds of entity share."""

from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import BaseModel

from cocktailspace.catalogue.fields import shapes_of
from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    MethodDraft,
    RecipeDraft,
    UnitDraft,
)
from cocktailspace.catalogue.values import Draft

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
