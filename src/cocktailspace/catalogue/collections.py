"""What somebody keeps of their own: bars, opinions of recipes, and lists.

It lies beside the catalogue and is no part of it: no change log, so that no analytics follow, and
in no export. It names ingredients and recipes by id, and by name for when they are gone.
"""

from collections.abc import Collection as Some
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import Field, StringConstraints, ValidationError
from sqlalchemy import Connection, Table, delete, func, insert, select, update

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import ConflictError, DamagedError
from cocktailspace.catalogue.lookup import chunks, names_by_id
from cocktailspace.catalogue.schema import collections, ingredients, merged, recipes
from cocktailspace.catalogue.values import Draft, Id

T = TypeVar("T", bound="KeptName")

LONGEST_NOTE = 5_000

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(max_length=LONGEST_NOTE)]
Flag = Annotated[bool, Field(strict=True)]


class KeptName(Draft):
    """An ingredient or a recipe; without an id, one that the catalogue does not have."""

    id: Id | None = None
    name: Words


class Bar(Draft):
    """What somebody has at hand. staples: also ice, water, sugar and salt."""

    name: Words
    staples: Flag = True
    ingredients: Annotated[tuple[KeptName, ...], Field(max_length=500)] = ()


class Opinion(KeptName):
    """What somebody thinks of a recipe. rating: 1 to 5, 0 for none."""

    favourite: Flag = False
    tried: Flag = False
    rating: Annotated[int, Field(strict=True, ge=0, le=5)] = 0
    note: Note = ""


class KeptList(Draft):
    """Recipes under a name."""

    name: Words
    recipes: Annotated[tuple[KeptName, ...], Field(max_length=500)] = ()


class Collection(Draft):
    """All that one person keeps."""

    bars: Annotated[tuple[Bar, ...], Field(max_length=20)] = Field(
        (), examples=[[{"name": "Home", "ingredients": [{"id": 2, "name": "Dry Gin"}]}]]
    )
    opinions: Annotated[tuple[Opinion, ...], Field(max_length=5_000)] = ()
    lists: Annotated[tuple[KeptList, ...], Field(max_length=100)] = ()


def claims_of(owner: str) -> set[str]:
    """What a write of the owner's collection changes."""
    return {f"collection of {owner}"}


def get_collection(connection: Connection, owner: str) -> Collection:
    """The owner's collection, an empty one at first; what was merged or renamed in the catalogue
    meanwhile goes by what it is now.
    """
    query = select(collections.c.content).where(collections.c.owner == owner)
    content = connection.execute(query).scalar()
    try:
        kept = Collection.model_validate_json(content or "{}")
    except ValidationError:
        raise DamagedError(
            f"the bars and lists of {owner!r} cannot be read; put a backup back with "
            "`cocktailspace restore --force`"
        ) from None
    return _followed(connection, kept)


def put_collection(tx: Transaction, owner: str, collection: Collection, *, most: int) -> Collection:
    """Keep a collection in the place of the owner's; gives it as it can be read from now on.

    Raises ConflictError where it would be one more than `most` owners'.
    """
    followed = _followed(tx.connection, collection)
    values = {"content": followed.model_dump_json(exclude_defaults=True), "updated_at": tx.now}
    change = update(collections).where(collections.c.owner == owner).values(values)
    if not tx.connection.execute(change).rowcount:
        tx.claim("number of collections")
        count = tx.connection.execute(select(func.count()).select_from(collections)).scalar_one()
        if count >= most:
            raise ConflictError(
                f"this server keeps bars and lists for {most:,} people already; whoever runs it "
                "may allow more with MAX_COLLECTIONS"
            )
        new = {"owner": owner, "created_at": tx.now, **values}
        tx.connection.execute(insert(collections), [new])
    return followed


def delete_collection(tx: Transaction, owner: str) -> None:
    """Forget all that the owner keeps."""
    tx.connection.execute(delete(collections).where(collections.c.owner == owner))


@dataclass(frozen=True, slots=True)
class _Present:
    """What ids of one kind mean now: the id itself, of another that it was merged into, or None."""

    ids: dict[int, int | None]
    names: dict[int, str]

    def of(self, row: T) -> T:
        if row.id is None:
            return row
        now = self.ids.get(row.id)
        return row.model_copy(
            update={"id": now, "name": row.name if now is None else self.names[now]}
        )


def _followed(connection: Connection, kept: Collection) -> Collection:
    held = {row.id for bar in kept.bars for row in bar.ingredients}
    named = {row.id for row in kept.opinions}
    named |= {row.id for each in kept.lists for row in each.recipes}
    ingredient = _present(connection, ingredients, held)
    recipe = _present(connection, recipes, named)
    return Collection.model_construct(
        bars=tuple(
            bar.model_copy(update={"ingredients": _once(map(ingredient.of, bar.ingredients))})
            for bar in kept.bars
        ),
        opinions=_joined(map(recipe.of, kept.opinions)),
        lists=tuple(
            each.model_copy(update={"recipes": _once(map(recipe.of, each.recipes))})
            for each in kept.lists
        ),
    )


def _present(connection: Connection, table: Table, ids: Some[int | None]) -> _Present:
    asked = sorted(each for each in ids if each is not None)
    names = names_by_id(connection, table, asked)
    found: dict[int, int | None] = {each: each for each in names}
    gone = [each for each in asked if each not in names]
    entity = table.name.removesuffix("s")
    for chunk in chunks(gone):
        query = select(merged.c.old_id, merged.c.into_id).where(
            (merged.c.entity == entity) & merged.c.old_id.in_(chunk)
        )
        found.update((old, into) for old, into in connection.execute(query))
    into = {each for each in found.values() if each is not None and each not in names}
    names |= names_by_id(connection, table, into)
    return _Present({old: now for old, now in found.items() if now in names}, names)


def _once(rows: Iterable[T]) -> tuple[T, ...]:
    """Without what is there already: two that were merged are one."""
    return tuple({row.id or row.name: row for row in rows}.values())


def _joined(rows: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """Opinions of two recipes that were merged are one: all that either says."""
    found: dict[int | str, Opinion] = {}
    for row in rows:
        key = row.id or row.name
        earlier = found.get(key)
        one = row if earlier is None else _of_both(earlier, row)
        if one is None:  # too much for one note: it stays by its name alone
            key, one = row.name, row.model_copy(update={"id": None})
        found[key] = one
    return tuple(found.values())


def _of_both(one: Opinion, other: Opinion) -> Opinion | None:
    notes = dict.fromkeys(each.note for each in (one, other) if each.note)
    note = "\n".join(notes)
    if len(note) > LONGEST_NOTE:
        return None
    return one.model_copy(
        update={
            "favourite": one.favourite or other.favourite,
            "tried": one.tried or other.tried,
            "rating": max(one.rating, other.rating),
            "note": note,
        }
    )
