"""The whole computation: a snapshot in, every artifact out. Pure: reads and writes nothing."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from cocktailspace.analytics import statistics
from cocktailspace.analytics.maps import Drawing, Places
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


@dataclass(slots=True)
class Analytics:
    """What a run has computed: data by artifact name, what went in, and how long each step took."""

    data: dict[ArtifactName, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def regenerate_analytics(
    snapshot: Snapshot, *, previous: Mapping[ArtifactName, Places], report: Report
) -> Analytics:
    """Compute every artifact.

    previous: the places on the published maps, by map and recipe id, from which the new maps start.
    """
    analytics = Analytics()
    with _step(analytics, report, "statistics"):
        _add_statistics(analytics, snapshot)
        space = space_of(snapshot)
        analytics.counts = _counts(snapshot, space)
    with closing(Drawing(space, previous)) as drawing:
        with _step(analytics, report, "neighbours") as progress:
            neighbours = nearest_rows(space.fractions, MAP_NEIGHBOURS, progress=progress)
        drawing.begin(ArtifactName.COCKTAIL_SPACE, space.fractions, neighbours)
        _add_learned(analytics, space, drawing, report)
        with _step(analytics, report, "maps") as progress:
            _add_maps(analytics, drawing, progress)
    return analytics


def _add_statistics(analytics: Analytics, snapshot: Snapshot) -> None:
    usage = statistics.usage_of(snapshot)
    analytics.data |= {
        ArtifactName.INGREDIENT_USAGE: statistics.ingredient_usage(snapshot, usage),
        ArtifactName.INGREDIENT_TREE: statistics.ingredient_tree(snapshot, usage),
        ArtifactName.RECIPE_COMPLEXITY: statistics.recipe_complexity(snapshot),
    }


def _add_learned(analytics: Analytics, space: Space, drawing: Drawing, report: Report) -> None:
    """What rests on learned ingredient costs: the map, similar recipes and substitutes."""
    fractions = rolled_up(space)
    masses = subtree_masses(fractions, space.parents)
    with _step(analytics, report, "taxonomy neighbours") as progress:
        relatives = nearest_rows(masses, MAP_NEIGHBOURS, progress=progress)
    with _step(analytics, report, "learning costs") as progress:
        learned = learn_costs(
            fractions,
            space.parents,
            relatives,
            rounds=ROUNDS,
            k=LEARNING_NEIGHBOURS,
            progress=progress,
        )
    with _step(analytics, report, "learned neighbours") as progress:
        neighbours = nearest_under_cost(
            fractions,
            learned.ground_cost,
            MAP_NEIGHBOURS,
            seeds=(learned.neighbours, relatives),
            progress=progress,
        )
    drawing.begin(ArtifactName.COCKTAIL_SPACE_EM, masses, neighbours)
    with _step(analytics, report, "similar recipes") as progress:
        nearest = neighbours.first(SIMILAR)
        similar = similar_rows(space, fractions, learned.ground_cost, nearest, progress)
        analytics.data[ArtifactName.RECIPE_SIMILAR] = similar
        substitutes = substitute_rows(space, fractions, learned.ground_cost)
        analytics.data[ArtifactName.INGREDIENT_COSTS] = substitutes


def _add_maps(analytics: Analytics, drawing: Drawing, progress: Callable[[float], None]) -> None:
    for name, rows, seconds in drawing.finished():
        analytics.data[name] = rows
        analytics.seconds[name] = round(seconds, 3)
        progress(0.5 if name == ArtifactName.COCKTAIL_SPACE else 1.0)


def _counts(snapshot: Snapshot, space: Space) -> dict[str, int]:
    return {
        "recipes": len(snapshot.recipes),
        "recipes_in_space": len(space.recipes),
        "recipes_left_out": len(snapshot.recipes) - len(space.recipes),
        "ingredients": len(snapshot.ingredients),
        "ingredients_used": len({each for r in snapshot.recipes for each, _ in r.volumes_ml}),
    }


@contextmanager
def _step(analytics: Analytics, report: Report, name: str) -> Iterator[Callable[[float], None]]:
    """Time a step under its name and report its start and end; gives the step's own progress."""
    report(name, 0.0)
    started = time.perf_counter()
    yield lambda fraction: report(name, fraction)
    analytics.seconds[name] = round(time.perf_counter() - started, 3)
    report(name, 1.0)
