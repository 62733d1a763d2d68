"""The catalogue that a new installation starts with, and how one parts with its recipes."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, select

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.recipes import delete_recipes
from cocktailspace.catalogue.schema import recipes
from cocktailspace.catalogue.transfer.file import CatalogueFile, parse_file


def starter_file(*, with_recipes: bool = True) -> CatalogueFile:
    """Well-known cocktails over a full taxonomy of ingredients, from the package."""
    file = parse_file((files("cocktailspace.catalogue") / "starter.json").read_bytes())
    return file if with_recipes else file.model_copy(update={"recipes": ()})


def is_as_begun(connection: Connection) -> bool:
    """Whether nothing was written since the starter's recipes came into an empty catalogue."""
    written = catalogue_state(connection).version
    return written == _starter().rows and len(untouched_recipes(connection)) == len(_starter().uids)


def untouched_recipes(connection: Connection) -> dict[int, str]:
    """The starter's recipes that nobody has changed since they came: uids by id."""
    columns = recipes.c
    query = select(columns.id, columns.uid).where(columns.created_at == columns.updated_at)
    return {row.id: row.uid for row in connection.execute(query) if row.uid in _starter().uids}


def delete_untouched_recipes(tx: Transaction) -> list[str]:
    """Delete these; ingredients and units stay. Returns their uids."""
    found = untouched_recipes(tx.connection)
    delete_recipes(tx, list(found))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Starter:
    """What the starter catalogue writes: how many rows, and the uids of its recipes."""

    rows: int
    uids: frozenset[str]


@cache
def _starter() -> _Starter:
    file = starter_file()
    rows = len(file.units) + len(file.ingredients) + len(file.recipes)
    return _Starter(rows, frozenset(row.uid for row in file.recipes if row.uid))
