"""How well distances and stand-ins agree with bartenders: `python -m benchmarks judgements`.

Judges the real catalogue by the judgements that lie with it, or by others (`python -m
benchmarks.judgements FILE`), and by the judge beside them: what the job computes, and simpler ways
to the same lists. Intervals are of 95 % by bootstrap, which draws
whole families; for stand-ins, ingredients.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.catalogues import real_catalogue_path, snapshot_of
from cocktailspace.analytics.parameters import SIMILAR
from cocktailspace.analytics.space import Space, fractions_of, masses_of, space_of
from cocktailspace.analytics.substitutes import StandIns, stand_ins_of, substitute_rows
from cocktailspace.analytics.transport.distances import distances_to_all, nearest_columns
from cocktailspace.analytics.transport.neighbours import nearest_rows
from cocktailspace.analytics.transport.plans import transport_plans
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest

DRAWS = 10_000
SHUFFLES = 10

_Numbers = NDArray[np.float64]
Scores = dict[str, list[float]]
"""Of each family, or of any other cluster of judgements."""


class Judge:
    """The judge, by its path, with what it judges by."""

    def __init__(self, judgements: Path | None = None) -> None:
        """judgements: a file of others. Raises FileNotFoundError where either is missing."""
        data = real_catalogue_path().parent
        path = data.parent / "tools" / "judge.py"
        given = judgements or data / "judgements.json"
        self.judgements = json.loads(given.read_text(encoding="utf-8"))
        if not path.exists():
            raise FileNotFoundError(2, "no judge", str(path))
        spec = importlib.util.spec_from_file_location("judge", path)
        assert spec is not None
        assert spec.loader is not None
        self._judge = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._judge)

    def families(self, space: Space, distances: _Numbers) -> Scores:
        """Of each family, from the ten nearest of each recipe by a matrix of distances."""
        apart = distances.copy()
        np.fill_diagonal(apart, np.inf)
        nearest = nearest_columns(apart, SIMILAR)[0]
        names = [{"name": recipe.name} for recipe in space.recipes]
        rows = [
            {**names[row], "similar": [names[other] for other in others]}
            for row, others in enumerate(nearest.tolist())
        ]
        members = self.judgements["families"]
        asked = [{"families": {each: members[each]}} for each in members]
        found = self._judged(asked, "families", similar=rows)
        return {each: [score] for each, score in zip(members, found, strict=True)}

    def triplets(self, space: Space, distances: _Numbers) -> Scores:
        """Of each triplet, by the family that it is about."""
        norm = self._judge.norm
        row = {norm(recipe.name): number for number, recipe in enumerate(space.recipes)}
        family = {
            norm(name): each
            for each, names in self.judgements["families"].items()
            for name in names
        }
        scores: Scores = {}
        for triplet in self.judgements["triplets"]:
            about = [family[each] for each in map(norm, triplet[:2]) if each in family]
            score = self._judge.triplets(
                lambda one, other: distances[row[norm(one)], row[norm(other)]],
                {"triplets": [triplet]},
            )
            scores.setdefault(about[0] if about else "pairs", []).append(score)
        return scores

    def stand_ins(self, space: Space, table: StandIns, score: str) -> list[float]:
        """Of each ingredient that is judged: `subs hit@3` or `subs prec@3`."""
        accepted = self.judgements["substitutes"]
        asked = [{"substitutes": {each: accepted[each]}} for each in accepted]
        return list(self._judged(asked, score, substitutes=substitute_rows(space, table)))

    def _judged(
        self,
        asked: Sequence[dict[str, Any]],
        score: str,
        similar: Sequence[dict[str, Any]] = (),
        substitutes: Sequence[dict[str, Any]] = (),
    ) -> Iterator[float]:
        """A score by each of some parts of the judgements, of artifacts as they are published."""
        with tempfile.TemporaryDirectory() as folder:
            artifacts = {"recipe-similar": similar, "ingredient-substitutes": substitutes}
            for name, rows in artifacts.items():
                (Path(folder) / name).write_text(json.dumps({"data": rows}), encoding="utf-8")
            keys = {name: {"key": name} for name in artifacts}
            (Path(folder) / "manifest.json").write_text(json.dumps({"artifacts": keys}))
            for part in asked:
                nothing: dict[str, Any] = {"families": {}, "pairs": [], "substitutes": {}}
                yield self._judge.judge(folder, {**nothing, **part})[score]


def between(rows: Rows) -> _Numbers:
    """(n, n) L1 distances."""
    return distances_to_all(rows, rows, rows.transposed())


def jaccard(rows: Rows) -> _Numbers:
    """(n, n) distances by which ingredients are there, whatever their amounts."""
    there = Rows(rows.indptr, rows.indices, np.ones(len(rows.data)), rows.width)
    apart, sizes = between(there), there.sums()
    return 2 * apart / (sizes[:, None] + sizes + apart)


def shuffled(rows: Rows, seed: int) -> Rows:
    """Each recipe's amounts, dealt out anew to its ingredients."""
    random = np.random.default_rng(seed)
    order = np.lexsort((random.random(len(rows.data)), rows.row_of_entry()))
    return Rows(rows.indptr, rows.indices, rows.data[order], rows.width)


def distances(space: Space) -> dict[str, list[_Numbers]]:
    """By name, matrices of distances; the mean of several is judged."""
    plain, volumes = Forest(space.forest.parents), space.volumes

    def ours(rows: Rows) -> _Numbers:
        return between(space.forest.subtree_masses(masses_of(rows)))

    return {
        "as published": [ours(volumes)],
        "taxonomy of equal edges on fractions": [
            between(plain.subtree_masses(fractions_of(volumes)))
        ],
        "Jaccard": [jaccard(volumes)],
        "Manhattan on fractions": [between(fractions_of(volumes))],
        f"as published, amounts shuffled (mean of {SHUFFLES})": [
            ours(shuffled(volumes, seed)) for seed in range(SHUFFLES)
        ],
    }


def tables(space: Space) -> dict[str, StandIns]:
    """By name, tables of stand-ins."""
    masses = masses_of(space.volumes)
    near = nearest_rows(space.forest.subtree_masses(masses), SIMILAR)
    found = {}
    for name, some in (("table, as published", near), ("prior alone", near.first(0))):
        sources = masses.take(np.repeat(np.arange(len(some)), some.k))
        flows = transport_plans(sources, masses.take(some.indices.ravel()), space.forest)
        found[name] = stand_ins_of(space, masses, some, flows)
    return found


def drawn(clusters: Sequence[Sequence[float]], seed: int = 1) -> _Numbers:
    """Means over all scores of as many clusters as there are, drawn with replacement."""
    random = np.random.default_rng(seed)
    sums, sizes = (np.array([f(each) for each in clusters]) for f in (sum, len))
    chosen = random.integers(0, len(clusters), (DRAWS, len(clusters)))
    means: _Numbers = sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1)
    return means


def _text(clusters: Sequence[Sequence[float]]) -> str:
    low, high = np.percentile(drawn(clusters), [2.5, 97.5])
    mean = np.concatenate([list(each) for each in clusters]).mean()
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def _mean(scores: Sequence[Scores]) -> Scores:
    return {each: np.mean([one[each] for one in scores], axis=0).tolist() for each in scores[0]}


def main(judgements: Path | None = None) -> None:
    """Judge, and print the tables. judgements: a file of others."""
    try:
        judge = Judge(judgements)
    except FileNotFoundError as error:
        print(f"Nothing is judged: {error.filename} is missing.")
        return
    space = space_of(snapshot_of(json.loads(real_catalogue_path().read_text(encoding="utf-8"))))
    print("| nearest recipes | families | triplets |\n|---|---|---|")
    for name, matrices in distances(space).items():
        families = _mean([judge.families(space, each) for each in matrices])
        triplets = _mean([judge.triplets(space, each) for each in matrices])
        cells = (_text(list(scores.values())) for scores in (families, triplets))
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print("\n| stand-ins | hit@3 | precision@3 |\n|---|---|---|")
    precision = []
    for name, table in tables(space).items():
        hits, shares = (judge.stand_ins(space, table, f"subs {s}") for s in ("hit@3", "prec@3"))
        precision.append(shares)
        cells = (_text([[each] for each in scores]) for scores in (hits, shares))
        print(f"| {name} | " + " | ".join(cells) + " |")
    better = np.subtract(*precision)
    share = (drawn([[each] for each in better.tolist()]) > 0).mean()
    print(f"\nThe table beats the prior alone on precision@3 in {share:.1%} of paired bootstraps.")


if __name__ == "__main__":
    _parser = argparse.ArgumentParser()
    _parser.add_argument("judgements", nargs="?", type=Path)
    main(_parser.parse_args().judgements)
