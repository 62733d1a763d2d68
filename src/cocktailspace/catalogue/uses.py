"""What needs an ingredient: it cannot be deleted then, and a merge moves all of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Connection, Select, func, select

from cocktailspace.catalogue.errors import ConflictError
from cocktailspace.catalogue.schema import (
    ingredients,
    line_alternatives,
    recipe_ingredients,
    recipes,
)

_MOST_NAMED = 5

Need = Literal["kind", "made_from", "line", "alternative", "house_made"]
_WORDS: dict[Need, str] = {
    "kind": "the family of",
    "made_from": "what is used for",
    "line": "used by",
    "alternative": "an alternative in",
    "house_made": "made by",
}


@dataclass(frozen=True, slots=True)
class Use:
    """One way in which an ingredient is needed: a merge moves it, and deleting is refused."""

    need: Annotated[
        Need,
        Field(
            description="`kind` and `made_from`: by ingredients; `line`, `alternative` and "
            "`house_made`: by recipes"
        ),
    ]
    total: Annotated[int, Field(description="By how many")]
    names: Annotated[list[str], Field(description="The first of these, by name")]


def uses_of(connection: Connection, ingredient_id: int) -> Iterator[Use]:
    """All ways in which it is needed."""
    for need, names in _queries(ingredient_id):
        total = connection.execute(select(func.count()).select_from(names.subquery())).scalar_one()
        if total:
            first = connection.execute(names.limit(_MOST_NAMED)).scalars()
            yield Use(need, total, list(first))


def refuse_needed(connection: Connection, ingredient_id: int, name: str) -> None:
    """Raise ConflictError, with some names, for the first way in which it is needed."""
    for need, names in _queries(ingredient_id):
        refuse_in_use(connection, f"ingredient {name!r}", _WORDS[need], names)


def refuse_in_use(connection: Connection, what: str, how: str, names: Select[Any]) -> None:
    """Raise ConflictError where a query finds names of users, with the first of them."""
    found = connection.execute(names.limit(_MOST_NAMED + 1)).scalars().all()
    if found:
        more = " and others" if len(found) > _MOST_NAMED else ""
        named = ", ".join(map(repr, found[:_MOST_NAMED])) + more
        raise ConflictError(f"{what} is {how} {named}; change those first")


def _queries(ingredient_id: int) -> Iterator[tuple[Need, Select[Any]]]:
    """Names of what needs it, by name."""
    kinds = select(ingredients.c.name).order_by(ingredients.c.name_key)
    yield "kind", kinds.where(ingredients.c.parent_id == ingredient_id)
    yield "made_from", kinds.where(ingredients.c.made_from_id == ingredient_id)
    named = select(recipes.c.name).order_by(recipes.c.order_key)
    need: Need
    for need, table in (("line", recipe_ingredients), ("alternative", line_alternatives)):
        holding = select(table.c.recipe_id).where(table.c.ingredient_id == ingredient_id)
        yield need, named.where(recipes.c.id.in_(holding))
    yield "house_made", named.where(recipes.c.makes_id == ingredient_id)
