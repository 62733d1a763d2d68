"""Methods of mixing, and how much water each adds. They are added and changed, never renamed or
deleted: recipes name them in free text.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, insert, select, update

from cocktailspace.catalogue.calculated import Curve
from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import InvalidError, Problem, at
from cocktailspace.catalogue.fields import as_draft, column_values, completed, later_fields
from cocktailspace.catalogue.lookup import name_problems, require
from cocktailspace.catalogue.models import Method, MethodDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.schema import methods


def list_methods(connection: Connection) -> list[Method]:
    """All methods, in the order in which they were made."""
    rows = connection.execute(select(methods).order_by(methods.c.id))
    return [Method.model_construct(**row._mapping) for row in rows]


def curves(connection: Connection) -> list[Curve]:
    """How much water each method adds."""
    return [
        Curve(each.name, each.words, each.quadratic, each.linear, each.constant)
        for each in list_methods(connection)
    ]


def get_method(connection: Connection, method_id: int) -> Method:
    """One method; NotFoundError when there is none."""
    require(connection, methods, method_id)
    row = connection.execute(select(methods).where(methods.c.id == method_id)).one()
    return Method.model_construct(**row._mapping)


def create_methods(
    tx: Transaction, drafts: Sequence[MethodDraft], places: Sequence[str]
) -> list[int]:
    """Make methods and return their ids; InvalidError lists every bad one."""
    names = [draft.name for draft in drafts]
    problems = name_problems(tx.connection, methods, names, places, [None] * len(drafts))
    if problems:
        raise InvalidError(problems)
    if not drafts:
        return []
    statement = insert(methods).returning(methods.c.id, sort_by_parameter_order=True)
    rows = [column_values(draft) | {"name_key": name_key(draft.name)} for draft in drafts]
    ids = list(tx.connection.execute(statement, rows).scalars())
    for method_id in ids:
        tx.record("method", method_id, "create")
    return ids


def replace_methods(
    tx: Transaction,
    drafts: Mapping[int, MethodDraft],
    places: Sequence[str],
    unsaid: Collection[str] = later_fields(MethodDraft),
) -> None:
    """Give existing methods new contents; those that stay the same are left alone."""
    for (method_id, given), place in zip(drafts.items(), places, strict=True):
        current = as_draft(get_method(tx.connection, method_id), MethodDraft)
        draft = completed(given, current, unsaid)
        if name_key(draft.name) != name_key(current.name):
            message = f"a method keeps its name, {current.name!r}; make another one"
            raise InvalidError([Problem(at(place, "name"), message)])
        if draft != current:
            change = update(methods).where(methods.c.id == method_id)
            tx.connection.execute(change.values(column_values(draft)))
            tx.record("method", method_id, "update")
