"""What is wrong with the names of a file, said before anything is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, select

from cocktailspace.catalogue import schema
from cocktailspace.catalogue.errors import InvalidError, Problem, at
from cocktailspace.catalogue.fields import FieldType, field_types, name_in_files
from cocktailspace.catalogue.ingredient_checks import aliases_by_key
from cocktailspace.catalogue.names import did_you_mean, name_key, order_key
from cocktailspace.catalogue.transfer.file import ROWS, CatalogueFile
from cocktailspace.catalogue.values import Draft

_SINGULAR = {"units": "unit", "ingredients": "ingredient"}


@dataclass(frozen=True, slots=True)
class Known:
    """What units and ingredients are called.

    names: by table, by key: the spelling and the id; of ingredients also other names.
    proper: the ingredients' own names, by id.
    """

    names: Mapping[str, Mapping[str, tuple[str, int]]]
    proper: Mapping[int, str]

    def ids(self) -> dict[str, dict[str, int]]:
        """Ids by table and key."""
        return {
            table: {key: row_id for key, (_, row_id) in names.items()}
            for table, names in self.names.items()
        }


def known_names(connection: Connection) -> Known:
    """What the catalogue's units and ingredients are called now."""
    units, ingredients = _names(connection, schema.units), _names(connection, schema.ingredients)
    proper = {row_id: name for name, row_id in ingredients.values()}
    aliases = {key: (alias, row_id) for key, (row_id, alias) in aliases_by_key(connection).items()}
    return Known({"units": units, "ingredients": aliases | ingredients}, proper)


def refuse_bad_names(file: CatalogueFile, known: Known, *, hints: int) -> None:
    """Raise InvalidError for names that stand twice in the file or nowhere.

    hints: for so many of the unknown names, look for what was meant.
    """
    problems = list(_repeated_names(file, known))
    for number, unknown in enumerate(_unknown_names(file, known)):
        hint = did_you_mean(unknown.name, unknown.known.values()) if number < hints else ""
        problems.append(Problem(unknown.place, f"unknown {unknown.what} {unknown.name!r}{hint}"))
    if problems:
        raise InvalidError(problems)


def _repeated_names(file: CatalogueFile, known: Known) -> Iterator[Problem]:
    for table in ROWS:
        first: dict[object, int] = {}
        for i, row in enumerate(getattr(file, table)):
            key: object = name_key(row.name)
            if table == "recipes":
                key = order_key(row.name, row.source)
            elif key in known.names.get(table, {}):
                key = known.names[table][name_key(row.name)][1]
            earlier = first.setdefault(key, i)
            if earlier != i:
                message = f"{row.name!r} stands at {table}[{earlier}] already; names are unique"
                yield Problem(f"{table}[{i}].name", message)


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A name in the file that nothing has; `known` are the names that there are, by key."""

    place: str
    what: str
    name: str
    known: Mapping[str, str]


def _unknown_names(file: CatalogueFile, known: Known) -> Iterator[_Unknown]:
    names: dict[str, dict[str, str]] = {}
    for table, there in known.names.items():
        rows: tuple[Draft, ...] = getattr(file, table)
        names[table] = {key: name for key, (name, _) in there.items()}
        for row in rows:
            own = (row.name, *getattr(row, "aliases", ()))  # type: ignore[attr-defined]
            names[table] |= {name_key(name): name for name in own}
    for table, model in ROWS.items():
        for i, row in enumerate(getattr(file, table)):
            yield from _unknown_in(row, model, f"{table}[{i}]", names)


def _unknown_in(
    row: Draft, model: type[Draft], place: str, names: Mapping[str, Mapping[str, str]]
) -> Iterator[_Unknown]:
    for name, field in field_types(model).items():
        value = getattr(row, name_in_files(name, field))
        if field.row_model is not None and issubclass(field.row_model, Draft):
            for j, each in enumerate(value):
                yield from _unknown_in(each, field.row_model, f"{place}.{name}[{j}]", names)
        elif field.reference is not None and value is not None:
            yield from _unknown_of(value, field, at(place, name_in_files(name, field)), names)


def _unknown_of(
    value: str | tuple[str, ...],
    field: FieldType,
    place: str,
    names: Mapping[str, Mapping[str, str]],
) -> Iterator[_Unknown]:
    table = field.reference or ""
    for each in (value,) if isinstance(value, str) else value:
        if name_key(each) not in names[table]:
            yield _Unknown(place, _SINGULAR[table], each, names[table])


def _names(connection: Connection, table: Table) -> dict[str, tuple[str, int]]:
    rows = connection.execute(select(table.c.name_key, table.c.name, table.c.id))
    return {row.name_key: (row.name, row.id) for row in rows}
