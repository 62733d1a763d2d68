"""Which recipes a search finds, in order of name, a page at a time, however many there are.

A search walks along the names. What many recipes have fills the page soon. Where it does not (a
rare word, two families that hardly ever meet, names that all begin with Z), the walk stops after a
bounded stretch: then the recipes are few or lie far off, and indexes say which they are.
"""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    column,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    union_all,
)

from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.schema import line_alternatives, recipe_ingredients, recipes
from cocktailspace.catalogue.taxonomy import descendants

STRETCH = 1_500
"""How many names a walk looks at before it thinks again."""

STRETCHES = 8
"""So many stretches a walk takes at most, and not one more when they would not fill the page."""

FEW = 10_000
"""Up to so many recipes are counted, to find out which condition the fewest have."""

_GRAM = 3
_MOST_TERMS = 200
_LAST = chr(0x10FFFF)
_IN_NO_NAME = {"Cc", "Cf", "Cs", "Zl", "Zp"}

# The index of all three characters in a row in all names; migration 0003 makes it. Names in it are
# padded, so that a word of one or two letters begins some three characters wherever it stands.
_names = table("recipe_names", column("rowid"))
_terms = table("recipe_name_terms", column("term"))

Found = Row[Any]
"""id, name and order_key of a recipe."""


class Condition(Protocol):
    """What a search asks for."""

    @property
    def holds(self) -> ColumnElement[bool]:
        """Whether the row of `recipes` at hand has it."""
        ...

    def ids(self, connection: Connection) -> Select[tuple[int]] | None:
        """The recipes that have it, in any order, from an index; None where no index tells."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """Every one of these is in the name, each long enough to be looked up."""

    words: tuple[str, ...]

    @property
    def holds(self) -> ColumnElement[bool]:
        """The name of the recipe at hand has them all."""
        return and_(*map(_contains, self.words))

    def ids(self, connection: Connection) -> Select[tuple[int]] | None:
        """From the index of names."""
        return _matching(connection, " AND ".join(map(_quoted, self.words)))


@dataclass(frozen=True, slots=True)
class ShortWord:
    """This is in the name; it is looked up by all three characters in a row that it begins."""

    word: str

    @property
    def holds(self) -> ColumnElement[bool]:
        """The name of the recipe at hand has it."""
        return _contains(self.word)

    def ids(self, connection: Connection) -> Select[tuple[int]] | None:
        """From the index of names; None where the word begins too much to be worth it."""
        if connection.dialect.name != "sqlite":
            return None
        begun = _terms.c.term >= self.word, _terms.c.term < self.word + _LAST
        terms = connection.execute(select(_terms.c.term).where(*begun).limit(_MOST_TERMS + 1))
        any_of = [_quoted(term) for term in terms.scalars()]
        if len(any_of) > _MOST_TERMS:
            return None
        if not any_of:
            return select(recipes.c.id).where(false())
        return _matching(connection, " OR ".join(any_of))


@dataclass(frozen=True, slots=True)
class Holding:
    """The ingredient, or a kind of it, is in the recipe."""

    ingredient_id: int

    @property
    def holds(self) -> ColumnElement[bool]:
        """A line of the recipe at hand is of its kind, or an alternative to one."""
        # `+ 0` keeps SQLite from trying every kind in turn: a recipe has fewer lines than that.
        kinds = descendants(self.ingredient_id)
        return or_(
            *(
                exists().where(each.recipe_id == recipes.c.id, (each.ingredient_id + 0).in_(kinds))
                for each in (recipe_ingredients.c, line_alternatives.c)
            )
        )

    def ids(self, connection: Connection) -> Select[tuple[int]] | None:  # noqa: ARG002
        """From the index of lines by ingredient."""
        kinds = descendants(self.ingredient_id)
        found = (
            select(each.recipe_id.label("id")).where(each.ingredient_id.in_(kinds))
            for each in (recipe_ingredients.c, line_alternatives.c)
        )
        return select(union_all(*found).subquery().c.id)


def rebuild_index(connection: Connection) -> None:
    """Make the index of names anew from the names; a file from elsewhere may bring another."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO recipe_names (recipe_names) VALUES ('rebuild')")


def search(
    connection: Connection,
    *,
    name: str,
    ingredient_ids: Collection[int],
    after: str | None,
    limit: int,
) -> Sequence[Found]:
    """The first recipes after an order key with every word of `name` in theirs, and with every
    ingredient or a kind of it.
    """
    words = set(name_key(name).split())
    if any(unicodedata.category(letter) in _IN_NO_NAME for word in words for letter in word):
        return []
    conditions = [*_conditions(words), *map(Holding, sorted(set(ingredient_ids)))]
    if not conditions:
        return _walk(connection, [], after, None, limit)
    met: list[Found] = []
    for walked in range(1, STRETCHES + 1):
        end = _end_of_stretch(connection, after)
        met += _walk(connection, conditions, after, end, limit - len(met))
        if end is None or len(met) == limit:
            return met
        after = end
        if len(met) * STRETCHES < walked * limit:
            break
    return [*met, *_from_indexes(connection, conditions, after, limit - len(met))]


def _conditions(words: set[str]) -> Iterator[Condition]:
    if long := sorted(word for word in words if len(word) >= _GRAM):
        yield Words(tuple(long))
    yield from map(ShortWord, sorted(words.difference(long)))


def _contains(word: str) -> ColumnElement[bool]:
    return recipes.c.name_key.contains(word, autoescape=True)


def _matching(connection: Connection, expression: str) -> Select[tuple[int]] | None:
    if connection.dialect.name != "sqlite":
        return None
    return select(_names.c.rowid).where(literal_column("recipe_names").op("MATCH")(expression))


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _end_of_stretch(connection: Connection, after: str | None) -> str | None:
    """The last order key of the stretch that a walk looks at; None when it reaches the end."""
    keys = select(recipes.c.order_key).order_by(recipes.c.order_key).offset(STRETCH - 1).limit(1)
    if after is not None:
        keys = keys.where(recipes.c.order_key > after)
    return connection.execute(keys).scalar_one_or_none()


def _walk(
    connection: Connection,
    conditions: Sequence[Condition],
    after: str | None,
    end: str | None,
    limit: int,
) -> Sequence[Found]:
    """Along the index of names, looking at one recipe after another."""
    key = recipes.c.order_key
    holds = [condition.holds for condition in conditions]
    bounds = [key > after] if after is not None else []
    bounds += [key <= end] if end is not None else []
    return _run(connection, [*bounds, *holds], key, limit)


def _from_indexes(
    connection: Connection, conditions: Sequence[Condition], after: str | None, limit: int
) -> Sequence[Found]:
    """Ids from the index that gives the fewest, looked at one by one, then sorted by name."""
    indexed = {
        condition: ids for condition in conditions if (ids := condition.ids(connection)) is not None
    }
    if not indexed:
        return _walk(connection, conditions, after, None, limit)
    counts = {condition: _count(connection, ids) for condition, ids in indexed.items()}
    fewest = min(counts, key=lambda condition: counts[condition])
    others = [condition.holds for condition in conditions if condition is not fewest]
    key = recipes.c.order_key + ""  # not the column: its index would have all names walked along
    found = recipes.c.id.in_(indexed[fewest])
    return _run(connection, [found, key > (after or ""), *others], key, limit)


def _count(connection: Connection, ids: Select[tuple[int]]) -> int:
    """How many these are, as far as it matters."""
    some = ids.limit(FEW + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _run(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    order: ColumnElement[Any],
    limit: int,
) -> Sequence[Found]:
    query: Select[Any] = select(recipes.c.id, recipes.c.name, recipes.c.order_key).where(
        *conditions
    )
    return connection.execute(query.order_by(order).limit(limit)).all()
