"""Placing a draft, and comparing any two recipes: what is near, and why, in milliseconds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from cocktailspace.analytics.parameters import MAPS
from cocktailspace.analytics.published import (
    OTHER_MAP,
    PublishedRun,
    TaxonomyEntry,
    extent_of,
    provisional_place,
    read_other_places,
)
from cocktailspace.analytics.space import Lines, has_volume
from cocktailspace.api.context import Context
from cocktailspace.api.differences import DifferenceOut, Similar
from cocktailspace.api.errors import answers
from cocktailspace.api.runs import PublishedRuns
from cocktailspace.catalogue import ingredients
from cocktailspace.catalogue.database import Limits
from cocktailspace.catalogue.errors import InvalidError
from cocktailspace.catalogue.models import LineDraft
from cocktailspace.catalogue.recipe_checks import line_problems
from cocktailspace.catalogue.reference import reference_for
from cocktailspace.catalogue.taxonomy import with_ancestors
from cocktailspace.catalogue.values import AddressId, Draft, Id

NEIGHBOURS = 10
PLACE_BYTES = 64 * 1024
"""Size of a draft: many times that of a hundred lines. It is anybody's to send."""


class PlaceDraft(Draft):
    """A recipe as far as it is written; nothing of it is kept."""

    ingredients: tuple[LineDraft, ...] = Field(
        (), description="In any order", examples=[[{"ingredient_id": 2, "amount": 45}]]
    )
    without: Id | None = Field(
        None, description="A recipe to leave out: the one being changed, which is its own nearest"
    )


class PlaceOut(BaseModel):
    """A place on a map."""

    x: float
    y: float


class PlaceAnswer(BaseModel):
    """What the draft is like."""

    run_id: str = Field(description="The published run that it was compared with")
    source_version: int = Field(description="That run's version of the catalogue")
    neighbours: list[Similar] = Field(
        description="The nearest recipes, nearest first, ties by name; none without volume"
    )
    places: dict[str, PlaceOut] | None = Field(
        description="Where it would stand, by map; the next refresh finds the true place"
    )


class Comparison(DifferenceOut):
    """How one published recipe differs from another."""

    run_id: str = Field(description="The published run that knows both")
    source_version: int = Field(description="That run's version of the catalogue")
    names: tuple[str, str] = Field(description="Of the two recipes")


def place_routes(context: Context, runs: PublishedRuns[PublishedRun]) -> APIRouter:
    """Routes over this catalogue and store. They write nothing, so they are open to all."""
    router = context.router("/analytics", "analytics")
    services = context.services
    others = PublishedRuns(services.store, services.integrity, [OTHER_MAP], read_other_places)

    @router.post(
        "/place",
        responses=answers(400, 413, 422, 503),
        response_model_exclude_unset=True,
        dependencies=[Depends(runs.load), Depends(others.load)],
    )
    def place_draft(draft: PlaceDraft) -> PlaceAnswer:
        """What a draft is like, what changes, and where it would stand."""
        with services.database.reading() as connection:
            lines = _volumes(connection, draft.ingredients, services.database.limits)
            manifest, run = runs.current()
            kinds = _with_newer(connection, run.kinds, (each for each, _ in lines))
        neighbours: list[Similar] = []
        places = None
        if has_volume(lines):
            rows, gaps = run.nearest(lines, kinds, NEIGHBOURS, draft.without)
            differences = run.differences(lines, [run.lines(row) for row in rows], kinds)
            neighbours = [
                Similar.model_validate(
                    {"recipe_id": run.ids[row], "name": run.names[row], **difference}
                )
                for row, difference in zip(rows, differences, strict=True)
            ]
            other = others.of(manifest.run_id)[run.order]
            places = _provisional_places({MAPS[0]: run.places, OTHER_MAP: other}, rows, gaps)
        return PlaceAnswer(
            run_id=manifest.run_id,
            source_version=manifest.source_version,
            neighbours=neighbours,
            places=places,
        )

    @router.get(
        "/compare",
        responses=answers(404, 422, 503),
        response_model_exclude_unset=True,
        dependencies=[Depends(runs.load)],
    )
    def compare_recipes(
        recipe_id: Annotated[AddressId, Query(description="The one recipe", examples=[1])],
        other_id: Annotated[
            AddressId, Query(description="The other, which it is turned into", examples=[2])
        ],
    ) -> Comparison:
        """How alike two published recipes are, and what makes the other of the one."""
        manifest, run = runs.current()
        one, other = run.row_of(recipe_id), run.row_of(other_id)
        (difference,) = run.differences(run.lines(one), [run.lines(other)], run.kinds)
        head = {"run_id": manifest.run_id, "source_version": manifest.source_version}
        names = (run.names[one], run.names[other])
        return Comparison.model_validate({**head, "names": names, **difference})

    return router


def _provisional_places(
    maps: Mapping[str, NDArray[np.float64]], rows: list[int], gaps: NDArray[np.float64]
) -> dict[str, PlaceOut] | None:
    """A provisional place among the neighbours on each map; None without neighbours."""
    if not rows:
        return None
    found = {
        name: provisional_place(each[rows], gaps, extent_of(each)) for name, each in maps.items()
    }
    return {name: PlaceOut(x=round(x, 4), y=round(y, 4)) for name, (x, y) in found.items()}


def _with_newer(
    connection: Connection, known: Mapping[int, TaxonomyEntry], wanted: Iterable[int]
) -> dict[int, TaxonomyEntry]:
    """The run's ingredients, and from the catalogue those that are newer than the run, each with
    all above it.
    """
    newer = set(wanted) - known.keys()
    ids = [row.id for row in connection.execute(with_ancestors(newer))] if newer else []
    found = ingredients.load_ingredients(connection, ids)
    return {
        each: TaxonomyEntry(record.name, record.parent_id, record.allow_substitution)
        for each, record in found.items()
    } | dict(known)


def _volumes(connection: Connection, lines: Sequence[LineDraft], limits: Limits) -> Lines:
    """Ingredient and volume of each line; InvalidError lists all that is wrong with them."""
    measures = reference_for(connection).measures
    named = {line.ingredient_id for line in lines}  # alternatives are not compared
    units = {line.unit_id for line in lines if line.unit_id is not None}
    no_ingredient, no_unit = named - measures.ingredients.keys(), units - measures.units.keys()
    if problems := list(line_problems(lines, "", no_ingredient, no_unit, limits)):
        raise InvalidError(problems)
    return [(line.ingredient_id, measures.of_line(line).ml) for line in lines]
