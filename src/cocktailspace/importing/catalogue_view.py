"""What an import needs to know of the catalogue, read at one moment."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.ingredients import list_ingredients
from cocktailspace.catalogue.models import Ingredient
from cocktailspace.catalogue.units import list_units
from cocktailspace.importing.known_ingredients import KnownIngredients, Named
from cocktailspace.importing.vocabulary import Unit, spoken, unit_phrases


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """Ingredients and units, and the version that they are of."""

    catalogue_id: str
    version: int
    known: KnownIngredients
    ingredients: dict[int, Ingredient]
    units: dict[str, int]
    """Ids of the catalogue's units by the key of what they are here."""
    fruit_ml: dict[int, float] = field(default_factory=dict)
    """Of a juice, what one fruit comes to, where the catalogue says so."""


def view_of(connection: Connection) -> CatalogueView:
    """The catalogue as it is for this connection."""
    state = catalogue_state(connection)
    ingredients = {each.id: each for each in list_ingredients(connection)}
    units: dict[str, int] = {}
    for unit in list_units(connection):
        for name in (unit.name, unit.abbreviation or ""):
            met = unit_phrases().get(spoken(name))
            if isinstance(met, Unit):
                units.setdefault(met.key, unit.id)
    known = KnownIngredients.of(
        Named(each.id, each.name, each.parent_id, tuple(each.aliases))
        for each in ingredients.values()
    )
    return CatalogueView(
        state.catalogue_id,
        state.version,
        known,
        ingredients,
        units,
        _fruit_ml(ingredients, units.get("each")),
    )


def _fruit_ml(ingredients: dict[int, Ingredient], each_id: int | None) -> dict[int, float]:
    found = {}
    for juice in ingredients.values():
        fruit = ingredients.get(juice.made_from_id or 0)
        if fruit is not None:
            pieces = {piece.unit_id: piece.millilitres for piece in fruit.pieces}
            if each_id in pieces:
                found[juice.id] = pieces[each_id]
    return found
