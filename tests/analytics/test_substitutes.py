"""Shares equal a slow reference; each row depends on its own plans and relatives alone."""

import json
import math
from collections import defaultdict
from itertools import accumulate, pairwise, permutations
from typing import Any

import numpy as np
import pytest
from benchmarks.catalogues import snapshot_of, starter_document
from benchmarks.stability import edited, nearest

from benchmarks import shapes
from cocktailspace.analytics.parameters import (
    EVIDENCE_PAIRS,
    EVIDENCE_SHARE,
    MASS_TOTAL,
    PRIOR_RANGE,
    PRIOR_WEIGHT,
    SIMILAR,
    STAND_IN_NEIGHBOURS,
)
from cocktailspace.analytics.space import masses_of, space_of
from cocktailspace.analytics.substitutes import STAND_INS, StandIns, stand_ins_of
from cocktailspace.analytics.transport.neighbours import nearest_rows
from cocktailspace.analytics.transport.plans import transport_plans
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.catalogue.snapshot import Snapshot
from tests.analytics.computing import computed_once, snapshot_with

Table = dict[str, list[tuple[str, float, int]]]


def _computed(snapshot: Snapshot) -> tuple[StandIns, list[str]]:
    space = space_of(snapshot)
    masses = masses_of(space.volumes)
    near = nearest_rows(space.forest.subtree_masses(masses), SIMILAR)
    sources = masses.take(np.repeat(np.arange(len(near)), near.k))
    flows = transport_plans(sources, masses.take(near.indices.ravel()), space.forest)
    names = [each.name for each in space.ingredients]
    return stand_ins_of(space, masses, near, flows), names


def table_of(snapshot: Snapshot) -> Table:
    found, names = _computed(snapshot)
    rows = zip(found.columns, found.shares, found.pairs, strict=True)
    return {
        names[one]: [
            (names[column], share, pairs)
            for column, share, pairs in zip(*(part.tolist() for part in row), strict=True)
        ]
        for one, row in zip(found.used.tolist(), rows, strict=True)
    }


def table_slowly(snapshot: Snapshot) -> Table:
    """One pair, one flow, one ingredient after the other, as the module says it is counted."""
    space = space_of(snapshot)
    masses, forest, m = masses_of(space.volumes), space.forest, len(space.ingredients)
    near = nearest_rows(forest.subtree_masses(masses), STAND_IN_NEIGHBOURS)
    pairs = {
        (min(row, other), max(row, other))
        for row, others in enumerate(near.indices.tolist())
        for other in others
    }
    rows = (masses.row(number) for number in range(len(masses)))
    had = [dict(zip(*(part.tolist() for part in row), strict=True)) for row in rows]
    uses = [sum(i in each for each in had) for i in range(m)]
    moved: defaultdict[tuple[int, int], int] = defaultdict(int)
    times: defaultdict[tuple[int, int], int] = defaultdict(int)
    for one, other in pairs:
        flows = transport_plans(masses.take([one]), masses.take([other]), forest)
        parts = (flows.source.tolist(), flows.target.tolist(), flows.mass.tolist())
        for i, j, mass in zip(*parts, strict=True):
            most = max(had[one][i], had[other][j])
            if forest.roots[i] == forest.roots[j] or mass >= 0.75 * most:
                for way in ((i, j), (j, i)):
                    moved[way] += mass
                    times[way] += 1
    number = {ingredient.id: i for i, ingredient in enumerate(space.ingredients)}
    for row, recipe in enumerate(space.recipes):
        for place, others in recipe.alternatives:
            first = number[recipe.volumes_ml[place][0]]
            for i, j in permutations({first, *(number[each] for each in others)}, 2):
                moved[i, j] += had[row].get(first, 0)
                times[i, j] += 1

    def prior(i: int) -> dict[int, int]:
        relatives = [
            j for j in range(m) if j != i and uses[j] and forest.roots[j] == forest.roots[i]
        ]
        far = forest.distances(i, np.array(relatives, dtype=np.int64)).tolist()
        likely = [
            math.sqrt(uses[j]) * math.exp(-length / PRIOR_RANGE)
            for j, length in zip(relatives, far, strict=True)
        ]
        whole = list(accumulate(likely))[-1:]  # one after the other, where sum() may be cleverer
        shares = [round(each / whole[0] * PRIOR_WEIGHT * MASS_TOTAL) for each in likely]
        return dict(zip(relatives, shares, strict=True))

    priors = {i: prior(i) for i in range(m) if uses[i]}
    totals = {
        i: sum(moved[i, j] for j in range(m)) + (PRIOR_WEIGHT * MASS_TOTAL if priors.get(i) else 0)
        for i in range(m)
    }

    def spoken_for(i: int, j: int) -> bool:
        share = moved[i, j] / max(totals[i], totals[j], 1)
        return times[i, j] >= EVIDENCE_PAIRS and share >= EVIDENCE_SHARE

    table = {}
    for i, expected in priors.items():
        score = {
            j: moved[i, j] + expected.get(j, 0)
            for j in range(m)
            if j not in forest.lineage(i)
            and (forest.roots[i] == forest.roots[j] or spoken_for(i, j))
        }
        best = sorted((j for j in score if score[j] > 0), key=lambda j: (-score[j], j))[:STAND_INS]
        table[space.ingredients[i].name] = [
            (space.ingredients[j].name, score[j] / totals[i], times[i, j]) for j in best
        ]
    return table


CATALOGUES: dict[str, Snapshot] = {
    "starter": snapshot_of(starter_document()),
    "all the same": shapes.same(20),
    "all distinct": shapes.distinct(20),
    **{name: shapes.shaped(parent, 60, 90) for name, parent in shapes.FORESTS.items()},
    "none": snapshot_with(),
    "one": snapshot_with(((2, 1.0),)),
}


def test_a_line_that_leaves_a_choice_is_evidence_for_it() -> None:
    document = starter_document()
    for recipe in document["recipes"]:
        for line in recipe["ingredients"]:
            line.pop("alternatives", None)
    before = table_of(snapshot_of(document))
    manhattan = next(each for each in document["recipes"] if each["name"] == "Manhattan")
    line = next(each for each in manhattan["ingredients"] if "Rye" in each["ingredient"])
    line["alternatives"] = ["Bourbon", "Cognac"]
    after = table_of(snapshot_of(document))

    def pairs(table: Table, one: str, other: str) -> int:
        return sum(count for name, _, count in table[one] if name == other)

    rye = line["ingredient"]
    for one, other in ((rye, "Bourbon"), ("Bourbon", rye), ("Cognac", rye)):
        assert pairs(after, one, other) >= pairs(before, one, other)
    assert pairs(after, rye, "Bourbon") == pairs(before, rye, "Bourbon") + 1


@pytest.mark.parametrize("name", CATALOGUES)
def test_shares_and_pairs_equal_a_slow_reference(name: str) -> None:
    assert table_of(CATALOGUES[name]) == table_slowly(CATALOGUES[name])


@pytest.mark.slow
def test_shares_and_pairs_of_real_recipes_equal_a_slow_reference(real_catalogue: bytes) -> None:
    document = json.loads(real_catalogue)
    document["recipes"] = document["recipes"][::3]
    snapshot = snapshot_of(document)
    assert table_of(snapshot) == table_slowly(snapshot)


def _pairs(snapshot: Snapshot) -> set[frozenset[int]]:
    """Ids of the recipes whose plan is counted."""
    near = nearest(snapshot).items()
    return {frozenset((one, two)) for one, all_ in near for two, _ in all_[:STAND_IN_NEIGHBOURS]}


def test_a_row_depends_on_nothing_but_its_plans_and_relatives() -> None:
    """An edit changes the rows of what its pairs, old and new, hold, and of their kin."""
    before = CATALOGUES["starter"]
    root = {each.id: each.parent_id for each in before.ingredients}
    names = {each.id: each.name for each in before.ingredients}

    def root_of(ingredient: int) -> int:
        return ingredient if (above := root[ingredient]) is None else root_of(above)

    random = np.random.default_rng(3)
    for _ in range(12):
        after, edited_id = edited(before, random)
        holds = {r.id: {i for i, _ in r.volumes_ml} for s in (after, before) for r in s.recipes}
        own = {
            i
            for s in (before, after)
            for r in s.recipes
            if r.id == edited_id
            for i, _ in r.volumes_ml
        }
        there, here = _pairs(before), _pairs(after)
        new = {pair for pair in there | here if edited_id in pair or pair in there ^ here}
        touched = own.union(*(holds[each] for pair in new for each in pair))
        kin = {root_of(each) for each in own}
        spared = {name for i, name in names.items() if i not in touched and root_of(i) not in kin}
        rows, later = table_of(before), table_of(after)
        assert len(spared) > 10
        assert {n: r for n, r in rows.items() if n in spared} == {
            n: r for n, r in later.items() if n in spared
        }


def test_no_family_stands_in_for_its_kinds_but_kinds_may_for_the_family() -> None:
    table = table_of(snapshot_with(((1, 60.0), (4, 30.0)), ((2, 60.0), (4, 30.0))))
    assert [name for name, *_ in table["Gin"]] == []
    assert [name for name, *_ in table["Spirit"]] == ["Gin"]


def test_siblings_are_listed_by_kind_alone() -> None:
    gin, rum, lime = 2, 3, 4
    many = [((lime, 1.0),)] * 9 + [((gin, 60.0),)] * 9 + [((rum, 60.0),)] * 9
    assert table_of(snapshot_with(*many))["Gin"] == [("Rum", 1.0, 0)]  # all near pairs are equal


def test_another_role_stands_in_only_where_recipes_say_so() -> None:
    gin, lime, lemon = 2, 4, 5
    recipes = [((gin, 60.0), (juice, 30.0)) for juice in (lime, lemon) for _ in range(4)]
    (name, share, pairs), *_ = table_of(snapshot_with(*recipes))["Lime"]
    assert (name, share) == ("Lemon", 1.0)
    assert pairs >= EVIDENCE_PAIRS


def test_an_ingredient_without_relatives_or_evidence_has_no_stand_in() -> None:
    assert table_of(snapshot_with(((4, 30.0),), ((4, 20.0),))) == {"Lime": []}


def test_ties_are_broken_by_name() -> None:
    table = table_of(shapes.shaped(shapes.FORESTS["star"], 40, 12))
    for row in table.values():
        for (name, share, _), (later, its_share, _) in pairwise(row):
            assert share > its_share or (share == its_share and name.casefold() < later.casefold())


def test_evidence_of_other_families_runs_either_way() -> None:
    snapshot = CATALOGUES["starter"]
    found, names = _computed(snapshot)
    roots = space_of(snapshot).forest.roots
    listed = {
        (one, other)
        for one, columns in zip(found.used.tolist(), found.columns, strict=True)
        for other in columns.tolist()
        if roots[one] != roots[other]
    }
    evidence = found.across_families(roots).tolist()
    assert evidence == sorted(set(evidence))
    assert {divmod(pair, len(names)) for pair in evidence} == listed | {
        (other, one) for one, other in listed
    }
    assert listed


def test_rows_name_what_they_say() -> None:
    data: dict[Any, Any] = computed_once(CATALOGUES["starter"]).data
    table = table_of(CATALOGUES["starter"])
    rows = data[ArtifactName.INGREDIENT_SUBSTITUTES]
    assert [row["ingredient_id"] for row in rows] == sorted(row["ingredient_id"] for row in rows)
    for row in rows:
        assert [(each["name"], each["share"], each["pairs"]) for each in row["nearest"]] == [
            (name, round(share, 4), pairs) for name, share, pairs in table[row["name"]]
        ]
