"""What volumes and strengths depend on, read from the catalogue for the ingredients at hand."""

from collections.abc import Collection

from sqlalchemy import Connection, exists, select

from cocktailspace.catalogue.lookup import chunks
from cocktailspace.catalogue.measures import Kind, Measures
from cocktailspace.catalogue.schema import ingredient_pieces, ingredients, units
from cocktailspace.catalogue.taxonomy import with_ancestors


def measures_for(connection: Connection, ingredient_ids: Collection[int]) -> Measures:
    """How much lines with these ingredients are."""
    millilitres = {
        row.id: row.millilitres for row in connection.execute(select(units.c.id, _UNIT_ML))
    }
    return Measures(millilitres, kinds_of(connection, ingredient_ids))


_UNIT_ML = units.c.millilitres


def kinds_of(connection: Connection, ingredient_ids: Collection[int]) -> dict[int, Kind]:
    """These ingredients and all above them."""
    table, below = ingredients.c, ingredients.alias("below")
    has_kinds = exists().where(below.c.parent_id == table.id).label("has_kinds")
    wanted = (table.id, table.name, table.parent_id, table.strength, table.contains, has_kinds)
    found: dict[int, Kind] = {}
    for chunk in chunks(ingredient_ids):
        ids = with_ancestors(chunk)
        pieces = _pieces(connection, ids)
        for row in connection.execute(select(*wanted).where(table.id.in_(ids))):
            found[row.id] = Kind(
                name=row.name,
                parent_id=row.parent_id,
                pieces=tuple(pieces.get(row.id, ())),
                has_kinds=bool(row.has_kinds),
                strength=row.strength,
                contains=row.contains,
            )
    return found


def _pieces(connection: Connection, ids: object) -> dict[int, list[tuple[int, float]]]:
    table = ingredient_pieces.c
    query = (
        select(table.ingredient_id, table.unit_id, table.millilitres)
        .where(table.ingredient_id.in_(ids))  # type: ignore[arg-type]
        .order_by(table.ingredient_id, table.position)
    )
    found: dict[int, list[tuple[int, float]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.ingredient_id, []).append((row.unit_id, row.millilitres))
    return found
