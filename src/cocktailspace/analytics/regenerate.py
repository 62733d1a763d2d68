"""The whole computation: a snapshot in, every artifact out. Pure: reads and writes nothing."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from cocktailspace.analytics import statistics
from cocktailspace.analytics.maps import MAPS, Drawing, Places
from cocktailspace.analytics.parameters import (
    LEARNING_NEIGHBOURS,
    MAP_NEIGHBOURS,
    ROUNDS,
    SIMILAR,
)
from cocktailspace.analytics.similar import similar_rows
from cocktailspace.analytics.space import Space, rolled_up, space_of
from cocktailspace.analytics.substitutes import substitute_rows
from cocktailspace.analytics.transport import (
    learn_costs,
    nearest_rows,
    nearest_under_cost,
    subtree_masses,
)
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.catalogue.snapshot import Snapshot

Report = Callable[[str, float], None]
"""Called as the work goes on, with the name of the step and the fraction of it that is done."""

Artifacts = Iterator[tuple[ArtifactName, Any]]
"""Each artifact's name and data: rows, as a list or one by one, or any other value."""


@dataclass(frozen=True, slots=True)
class Analytics:
    """What a run computes.

    artifacts: made as they are asked for, so that one is written while the maps are drawn.
    counts, seconds: what went in, and how long each step took; whole after the last artifact.
    """

    artifacts: Artifacts
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def regenerate_analytics(
    snapshot: Snapshot, *, previous: Mapping[ArtifactName, Places], report: Report
) -> Analytics:
    """Compute every artifact.

    previous: the places on the published maps, by map and recipe id, from which the new maps start.
    """
    space = space_of(snapshot)
    steps = _Steps(report)
    artifacts = _artifacts(snapshot, space, previous, steps)
    return Analytics(artifacts, _counts(snapshot, space), steps.seconds)


def _artifacts(
    snapshot: Snapshot, space: Space, previous: Mapping[ArtifactName, Places], steps: "_Steps"
) -> Artifacts:
    with steps.step("statistics"):
        usage = statistics.usage_of(snapshot)
        counted = {
            ArtifactName.INGREDIENT_USAGE: statistics.ingredient_usage(snapshot, usage),
            ArtifactName.INGREDIENT_TREE: statistics.ingredient_tree(snapshot, usage),
            ArtifactName.RECIPE_COMPLEXITY: statistics.recipe_complexity(snapshot),
        }
    yield from counted.items()
    with closing(Drawing(space, previous)) as drawing:
        with steps.step("neighbours") as progress:
            neighbours = nearest_rows(space.fractions, MAP_NEIGHBOURS, progress=progress)
        drawing.begin(ArtifactName.COCKTAIL_SPACE, space.fractions, neighbours)
        yield from _learned(space, drawing, steps)
        for name in MAPS:
            with steps.step("maps"):
                rows, steps.seconds[name] = drawing.finished(name)
            yield name, rows


def _learned(space: Space, drawing: Drawing, steps: "_Steps") -> Artifacts:
    """What rests on learned ingredient costs: the map, similar recipes and substitutes."""
    fractions = rolled_up(space)
    masses = subtree_masses(fractions, space.parents)
    with steps.step("taxonomy neighbours") as progress:
        relatives = nearest_rows(masses, MAP_NEIGHBOURS, progress=progress)
    with steps.step("learning costs") as progress:
        learned = learn_costs(
            fractions,
            space.parents,
            relatives,
            rounds=ROUNDS,
            k=LEARNING_NEIGHBOURS,
            progress=progress,
        )
    with steps.step("learned neighbours") as progress:
        neighbours = nearest_under_cost(
            fractions,
            learned.ground_cost,
            MAP_NEIGHBOURS,
            seeds=(learned.neighbours, relatives),
            progress=progress,
        )
    drawing.begin(ArtifactName.COCKTAIL_SPACE_EM, masses, neighbours)
    with steps.step("similar recipes") as progress:
        nearest = neighbours.first(SIMILAR)
        similar = similar_rows(space, fractions, learned.ground_cost, nearest, progress)
        substitutes = substitute_rows(space, fractions, learned.ground_cost)
    yield ArtifactName.RECIPE_SIMILAR, similar
    yield ArtifactName.INGREDIENT_COSTS, substitutes


def _counts(snapshot: Snapshot, space: Space) -> dict[str, int]:
    return {
        "recipes": len(snapshot.recipes),
        "recipes_in_space": len(space.recipes),
        "recipes_left_out": len(snapshot.recipes) - len(space.recipes),
        "ingredients": len(snapshot.ingredients),
        "ingredients_used": len({each for r in snapshot.recipes for each, _ in r.volumes_ml}),
    }


class _Steps:
    """The steps of a run: each one's start, progress and end are reported, and its seconds kept."""

    def __init__(self, report: Report) -> None:
        self.seconds: dict[str, float] = {}
        self._report = report

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[float], None]]:
        """Time what is done within; gives the step's own progress. A step may come in parts."""
        self._report(name, 0.0)
        started = time.perf_counter()
        yield lambda fraction: self._report(name, fraction)
        seconds = self.seconds.get(name, 0.0) + time.perf_counter() - started
        self.seconds[name] = round(seconds, 3)
        self._report(name, 1.0)
