"""Placing a draft: what a recipe that is only being written is like, in milliseconds."""

from collections.abc import Mapping

import numpy as np
from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from cocktailspace.analytics.placing import (
    Flow,
    Forest,
    distances,
    fractions_of,
    nearest,
    provisional_place,
    transport_flows,
)
from cocktailspace.api.context import Context
from cocktailspace.api.errors import NotYetError, answers
from cocktailspace.api.shelves import USED, Published, Shelves
from cocktailspace.artifacts.manifest import read_published
from cocktailspace.catalogue import ingredients, taxonomy, units
from cocktailspace.catalogue.errors import InvalidError, NotFoundError, Problem
from cocktailspace.catalogue.measures import volume_ml
from cocktailspace.catalogue.models import Draft, Id, LineDraft

NEIGHBOURS = 10
LARGEST_FLOWS = 3
PLACE_BYTES = 64 * 1024
"""Size of a draft: many times that of a hundred lines. It is anybody's to send."""


class PlaceDraft(Draft):
    """A recipe as far as it is written; nothing of it is kept."""

    ingredients: tuple[LineDraft, ...] = Field((), description="In any order")
    without: Id | None = Field(
        None, description="A recipe to leave out: the one being changed, which is its own nearest"
    )


class FlowOut(BaseModel):
    """A part of the volume that becomes another ingredient."""

    source: str = Field(serialization_alias="from", description="In the draft", examples=["Gin"])
    target: str = Field(
        serialization_alias="to", description="In the neighbour", examples=["Bourbon"]
    )
    fraction: float = Field(description="Of the whole volume", examples=[0.333])


class NeighbourOut(BaseModel):
    """A published recipe that is like the draft, and why."""

    recipe_id: int
    name: str = Field(examples=["Boulevardier"])
    distance: float = Field(
        description="Earth Mover's Distance under the taxonomy: volume fraction × steps in the tree"
    )
    flows: list[FlowOut] = Field(description="The largest moves of a cheapest plan")
    unchanged: float = Field(description="The fraction of the volume that stays what it is")


class PlaceOut(BaseModel):
    """A place on a map."""

    x: float
    y: float


class PlaceAnswer(BaseModel):
    """What the draft is like."""

    run_id: str = Field(description="The published run that it was compared with")
    source_version: int = Field(description="That run's version of the catalogue")
    neighbours: list[NeighbourOut] = Field(
        description="The nearest recipes, nearest first, ties by id; none without volume"
    )
    places: dict[str, PlaceOut] | None = Field(
        description="Where it would stand, by map; the next refresh finds the true place"
    )


def place_routes(context: Context) -> APIRouter:
    """The route over this catalogue and store. It writes nothing, so it is open to all."""
    router = context.router("/analytics", "analytics")
    services = context.services
    shelves = Shelves(services.store)
    most = services.settings.max_ingredients_per_recipe

    @router.post("/place", responses=answers(400, 413, 422, 503))
    def place_draft(draft: PlaceDraft) -> PlaceAnswer:
        """Neighbours, distances, plans and provisional coordinates of a draft recipe."""
        if len(draft.ingredients) > most:
            message = f"{len(draft.ingredients)} ingredients are too many; at most {most}"
            raise InvalidError([Problem("ingredients", message)])
        published = read_published(services.store)
        if published is None or published.manifest is None:
            raise NotYetError("no analytics have been computed yet; they follow within moments")
        manifest = published.manifest
        for name in USED:
            services.inspection.check(services.inspection.entry(manifest.run_id, name))
        run = shelves.of(manifest.run_id)
        with services.database.reading() as connection:
            compared = _Comparison(connection, run, draft)
        return PlaceAnswer(
            run_id=manifest.run_id,
            source_version=manifest.source_version,
            neighbours=compared.neighbours(),
            places=compared.places(),
        )

    return router


class _Comparison:
    """A draft against a run."""

    def __init__(self, connection: Connection, run: Published, draft: PlaceDraft) -> None:
        self._run = run
        self._names = dict(run.ingredients)
        parents = dict(run.shelf.forest.parents)
        counts_as = dict(run.counts_as)
        wanted = {line.ingredient_id for line in draft.ingredients}
        for ingredient_id in wanted - counts_as.keys():
            _learn(connection, ingredient_id, self._names, parents, counts_as)
        self._forest = Forest(parents)
        self._draft = fractions_of(_volumes(connection, draft, self._names), counts_as)
        self._rows: list[int] = []
        if self._draft:
            self._gaps = distances(run.shelf, self._forest, self._draft)
            if draft.without is not None:
                self._gaps[run.shelf.ids == draft.without] = np.inf
            near = nearest(run.shelf, self._gaps, NEIGHBOURS)
            self._rows = [row for row in near if np.isfinite(self._gaps[row])]

    def neighbours(self) -> list[NeighbourOut]:
        """The nearest recipes with the largest flows."""
        return [self._neighbour(row) for row in self._rows]

    def places(self) -> dict[str, PlaceOut] | None:
        """Amid the neighbours, on each map."""
        if not self._rows:
            return None
        gaps = self._gaps[self._rows]
        found = {
            name: provisional_place(each[self._rows], gaps, self._run.extents[name])
            for name, each in self._run.places.items()
        }
        return {name: PlaceOut(x=round(x, 4), y=round(y, 4)) for name, (x, y) in found.items()}

    def _neighbour(self, row: int) -> NeighbourOut:
        flows = transport_flows(self._forest, self._draft, self._run.shelf.masses(row))
        moved = sum(flow.fraction for flow in flows)
        return NeighbourOut(
            recipe_id=int(self._run.shelf.ids[row]),
            name=self._run.names[row],
            distance=round(float(self._gaps[row]), 6),
            flows=[self._named(flow) for flow in flows[:LARGEST_FLOWS]],
            unchanged=round(max(0.0, 1 - moved), 4),
        )

    def _named(self, flow: Flow) -> FlowOut:
        source, target = self._names[flow.source], self._names[flow.target]
        return FlowOut(source=source, target=target, fraction=round(flow.fraction, 4))


def _learn(
    connection: Connection,
    ingredient_id: int,
    names: dict[int, str],
    parents: dict[int, int | None],
    counts_as: dict[int, int],
) -> None:
    """Take an ingredient that no published recipe uses from the catalogue as it is now."""
    try:
        ingredient = ingredients.get_ingredient(connection, ingredient_id)
    except NotFoundError:
        return
    path = [*taxonomy.ancestors(connection, ingredient_id), (ingredient_id, ingredient.name)]
    above: int | None = None
    for each, name in path:
        names.setdefault(each, name)
        parents.setdefault(each, above)
        above = each
    leaf = not ingredients.children_of(connection, ingredient_id)
    counts = ingredient.allow_substitution and leaf and ingredient.parent_id is not None
    counts_as[ingredient_id] = ingredient.parent_id or ingredient_id if counts else ingredient_id


def _volumes(
    connection: Connection, draft: PlaceDraft, names: Mapping[int, str]
) -> list[tuple[int, float]]:
    """Ingredient and volume of each line; InvalidError lists every line that names nothing."""
    millilitres = {unit.id: unit.millilitres for unit in units.list_units(connection)}
    problems = []
    for position, line in enumerate(draft.ingredients):
        where = f"ingredients[{position}]"
        if line.ingredient_id not in names:
            message = f"there is no ingredient {line.ingredient_id}"
            problems.append(Problem(f"{where}.ingredient_id", message))
        if line.unit_id is not None and line.unit_id not in millilitres:
            problems.append(Problem(f"{where}.unit_id", f"there is no unit {line.unit_id}"))
    if problems:
        raise InvalidError(problems)
    return [
        (line.ingredient_id, volume_ml(line.amount, millilitres.get(line.unit_id or 0)))
        for line in draft.ingredients
    ]
