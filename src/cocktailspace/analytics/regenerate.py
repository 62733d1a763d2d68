"""The whole computation: a snapshot in, every artifact out. Pure: reads and writes nothing."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics import statistics
from cocktailspace.analytics.bar.collect import bar_index
from cocktailspace.analytics.comparing import Comparer
from cocktailspace.analytics.maps import Map, PreviousMap, bases_of, draw_map, map_rows
from cocktailspace.analytics.parameters import MAP_NEIGHBOURS, SIMILAR
from cocktailspace.analytics.regions import regions
from cocktailspace.analytics.similar import similar_rows
from cocktailspace.analytics.space import (
    Space,
    fractions_of,
    masses_of,
    space_of,
)
from cocktailspace.analytics.substitutes import stand_ins_of, substitute_rows
from cocktailspace.analytics.transport.neighbours import FEW, Neighbours, nearest_rows
from cocktailspace.analytics.transport.plans import plans_of_pairs
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.workers import THIS_MACHINE, Workers
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.catalogue.snapshot import Snapshot

Report = Callable[[str, float], None]
"""Called as the work goes on, with the name of the step and the fraction of it that is done."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a run publishes under one name.

    data: rows, as a list or one by one, or any other value. metadata: beyond what all have.
    """

    name: ArtifactName
    data: Any
    metadata: Mapping[str, str] = field(default_factory=dict)


Artifacts = Iterator[Artifact]


@dataclass(frozen=True, slots=True)
class Analytics:
    """What a run computes.

    artifacts: computed lazily, so that each is written and freed before the next.
    counts, seconds: what went in, and how long each step took; complete after the last artifact.
    """

    artifacts: Artifacts
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def regenerate_analytics(
    snapshot: Snapshot,
    *,
    previous: Mapping[ArtifactName, PreviousMap],
    report: Report,
    workers: Workers = THIS_MACHINE,
) -> Analytics:
    """Compute every artifact.

    previous: the published maps, from which the new ones start.
    workers: who seeks neighbours and makes plans, where there are more than a few recipes; the
    results are the same whoever does.
    """
    space = space_of(snapshot)
    steps = _Steps(report, workers if len(space.recipes) > FEW else THIS_MACHINE)
    artifacts = _artifacts(snapshot, space, previous, steps)
    return Analytics(artifacts, _counts(snapshot, space), steps.seconds)


def _artifacts(
    snapshot: Snapshot, space: Space, previous: Mapping[ArtifactName, PreviousMap], steps: "_Steps"
) -> Artifacts:
    with steps.step("statistics"):
        usage = statistics.usage_of(snapshot)
        counted = {
            ArtifactName.INGREDIENT_USAGE: statistics.ingredient_usage(snapshot, usage),
            ArtifactName.INGREDIENT_TREE: statistics.ingredient_tree(snapshot, usage),
            ArtifactName.RECIPE_COMPLEXITY: statistics.recipe_complexity(snapshot),
        }
    for name, data in counted.items():
        yield Artifact(name, data)
    with steps.step("neighbours") as progress:
        masses = masses_of(space.volumes)
        subtrees = space.forest.subtree_masses(masses)
        relatives = nearest_rows(subtrees, MAP_NEIGHBOURS, workers=steps.workers, progress=progress)
    name = ArtifactName.COCKTAIL_SPACE_EM
    with steps.step("maps"):
        drawn = draw_map(space, subtrees, relatives, previous.get(name, PreviousMap()))
        bases = bases_of(space)
    yield Artifact(name, map_rows(space, drawn.coordinates, bases), {"graph": drawn.graph})
    yield _plain_map(space, previous, drawn, bases, steps)
    with steps.step("regions"):
        found = regions(space, masses)
    yield Artifact(ArtifactName.REGIONS, found)
    yield from _from_plans(snapshot, space, masses, subtrees, relatives.first(SIMILAR), steps)


def _plain_map(
    space: Space,
    previous: Mapping[ArtifactName, PreviousMap],
    other: Map,
    bases: NDArray[np.int64],
    steps: "_Steps",
) -> Artifact:
    """The map by Manhattan distance on fractions; one that is new looks like the other map."""
    name = ArtifactName.COCKTAIL_SPACE
    with steps.step("plain neighbours") as progress:
        fractions = fractions_of(space.volumes)
        near = nearest_rows(fractions, MAP_NEIGHBOURS, workers=steps.workers, progress=progress)
    with steps.step("maps"):
        drawn = draw_map(space, fractions, near, previous.get(name, PreviousMap()), other)
    return Artifact(name, map_rows(space, drawn.coordinates, bases), {"graph": drawn.graph})


def _from_plans(
    snapshot: Snapshot,
    space: Space,
    masses: Rows,
    subtrees: Rows,
    near: Neighbours,
    steps: "_Steps",
) -> Artifacts:
    """What rests on transport plans: stand-ins, what bars can make, and why recipes are near."""
    with steps.step("transport plans") as progress:
        one = np.repeat(np.arange(len(near), dtype=np.int32), near.k)
        flows = plans_of_pairs(
            masses,
            one,
            masses,
            near.indices.ravel(),
            space.forest,
            workers=steps.workers,
            progress=progress,
        )
    with steps.step("stand-ins"):
        stand_ins = stand_ins_of(space, masses, near, flows)
    yield Artifact(ArtifactName.INGREDIENT_SUBSTITUTES, substitute_rows(space, stand_ins))
    with steps.step("bars"):
        indexed = bar_index(snapshot, space, stand_ins)
    yield Artifact(ArtifactName.BAR_INDEX, indexed)
    with steps.step("similar recipes"):
        names = [ingredient.name for ingredient in space.ingredients]
        evidence = stand_ins.across_families(space.forest.roots)
        comparer = Comparer(names, space.forest, evidence)
        similar = similar_rows(space, subtrees, near, flows, comparer)
        yield Artifact(ArtifactName.RECIPE_SIMILAR, similar)


def _counts(snapshot: Snapshot, space: Space) -> dict[str, int]:
    return {
        "recipes": len(snapshot.recipes),
        "recipes_in_space": len(space.recipes),
        "recipes_left_out": len(snapshot.recipes) - len(space.recipes),
        "ingredients": len(snapshot.ingredients),
        "ingredients_used": len({each for r in snapshot.recipes for each, _ in r.volumes_ml}),
        "lines_of_unknown_volume": snapshot.lines_of_unknown_volume,
    }


class _Steps:
    """Times the steps of a run, and reports the start, progress and end of each.

    workers: who computes what is mapped over workers.
    """

    def __init__(self, report: Report, workers: Workers) -> None:
        self.workers = workers
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
