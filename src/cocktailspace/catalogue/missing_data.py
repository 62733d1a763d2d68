"""Data that is missing: volumes of pieces and strengths that volumes of recipes rest on."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from cocktailspace.catalogue.reference import reference_for
from cocktailspace.catalogue.schema import recipe_ingredients, units

A_RINSE_ML = 5.0
"""What earlier versions counted a rinse as; most of it is poured away again."""


@dataclass(frozen=True, slots=True)
class MissingData:
    """Names of ingredients, by name.

    pieces: that are counted in pieces, or without a unit, of unknown volume.
    strengths: that are in recipes, and of which neither they nor their families say how strong.
    rinses: units that count a rinse as a pour.
    """

    pieces: list[str]
    strengths: list[str]
    rinses: list[str]


def missing_data(connection: Connection) -> MissingData:
    """Of all that recipes use."""
    lines = recipe_ingredients.c
    used = select(lines.ingredient_id, lines.unit_id).distinct()
    pairs = connection.execute(used).all()
    measures = reference_for(connection).measures
    pieces = {
        row.ingredient_id
        for row in pairs
        if not measures.volume(row.ingredient_id, 1.0, None, row.unit_id).known
    }
    used_ids = {row.ingredient_id for row in pairs}
    strengths = {each for each in used_ids if measures.ingredients[each].strength is None}
    rinse = select(units.c.name).where(
        units.c.name_key.contains("rinse"), units.c.millilitres == A_RINSE_ML
    )
    return MissingData(
        pieces=sorted(measures.ingredients[each].name for each in pieces),
        strengths=sorted(measures.ingredients[each].name for each in strengths),
        rinses=list(connection.execute(rinse).scalars()),
    )
