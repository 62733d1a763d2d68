"""What is measured, one function each; every one runs in a process of its own.

`python -m benchmarks.measures NAME` prints one line of JSON: seconds, ratios, and `peak_mb`, the
most memory the process ever held.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.catalogues import CatalogueArrays, real_catalogue
from benchmarks.synthetic import generate
from cocktailspace.analytics.projection import project
from cocktailspace.analytics.transport import (
    Neighbours,
    Rows,
    largest_flows,
    learn_costs,
    nearest_rows,
    nearest_under_cost,
    pair_distances,
    subtree_masses,
)
from cocktailspace.analytics.transport.neighbours import FEW

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".venv" / "peers"
Figures = dict[str, float]


def seconds(work: Callable[[], Any]) -> float:
    """How long `work` takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def catalogue(size: int) -> CatalogueArrays:
    """The real catalogue for 1,356 recipes if it is at hand, else one made up."""
    real = real_catalogue() if size == 1356 else None
    return real or generate(size)


def masses(size: int) -> Rows:
    """Subtree masses of a catalogue."""
    made = catalogue(size)
    return subtree_masses(made.fractions(), made.parents)


def relatives(rows: Rows, made: CatalogueArrays) -> Neighbours:
    """The nearest 15 of each row under the taxonomy."""
    return nearest_rows(subtree_masses(rows, made.parents), 15)


def dense(rows: Rows, dtype: type = np.float64) -> NDArray[Any]:
    """(n, width) rows as a matrix."""
    matrix = np.zeros((len(rows), rows.width), dtype=dtype)
    matrix[rows.row_of_entry(), rows.indices] = rows.data
    return matrix


def pairs() -> Figures:
    """Microseconds for one Earth Mover's Distance, in one thread, ours and the peers'."""
    import ot  # noqa: PLC0415
    from ot.lp import emd_wrap  # noqa: PLC0415

    made = catalogue(1356)
    rows = made.fractions(rolled_up=True)
    costs = learn_costs(
        rows, made.parents, nearest_rows(subtree_masses(rows, made.parents), 10)
    ).ground_cost
    chosen = rows.take(np.random.default_rng(1).permutation(len(rows))[:600])
    left, right = np.triu_indices(len(chosen), 1)
    some = np.random.default_rng(2).permutation(len(left))[:3000]
    few = [
        (a, b, np.ascontiguousarray(costs[np.ix_(i, j)]))
        for (i, a), (j, b) in (
            (chosen.row(int(x)), chosen.row(int(y)))
            for x, y in zip(left[some], right[some], strict=True)
        )
    ]
    pair_distances(chosen, costs, left[:10], right[:10])
    found: list[NDArray[np.float64]] = []
    ours = seconds(lambda: found.append(pair_distances(chosen, costs, left, right, threads=1)))
    values: list[float] = []
    pot = seconds(lambda: values.extend(ot.emd2(a, b, c) for a, b, c in few))
    direct = seconds(lambda: [emd_wrap.emd_c(a, b, c, 100_000, 1) for a, b, c in few])
    worst = float(np.abs(found[0][some] - values).max())
    ours_us, pot_us, direct_us = 1e6 * ours / len(left), 1e6 * pot / 3000, 1e6 * direct / 3000
    figures = {
        "ours_us": ours_us,
        "pot_emd2_us": pot_us,
        "pot_direct_us": direct_us,
        "times_pot_emd2": pot_us / ours_us,
        "times_pot_direct": direct_us / ours_us,
        "largest_difference": worst,
    }
    return figures | wasserstein_pairs(rows)


def wasserstein_pairs(rows: Rows) -> Figures:
    """The same against the `wasserstein` package, which knows costs between points only."""
    few = rows.take(np.random.default_rng(2).permutation(len(rows))[:600])
    points = np.random.default_rng(3).random((rows.width, 2))
    gap = np.linalg.norm(points[:, None] - points[None], axis=2)
    left, right = np.triu_indices(len(few), 1)
    pair_distances(few, gap, left[:10], right[:10])
    found: list[NDArray[np.float64]] = []
    ours = seconds(lambda: found.append(pair_distances(few, gap, left, right, threads=1)))
    ours_us = 1e6 * ours / len(left)
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        np.savez(file, indptr=few.indptr, weights=few.data, points=points[few.indices])
        file.flush()
        command = [PEERS / "bin" / "python", Path(__file__).with_name("peer_wasserstein.py")]
        answer = json.loads(subprocess.check_output([*command, file.name], text=True))
    if not np.allclose(answer["first"], found[0][:5], atol=1e-9):
        raise RuntimeError(f"the peer's distances are others: {answer['first']}")
    return {
        "ours_points_us": ours_us,
        "wasserstein_us": answer["microseconds"],
        "times_wasserstein": answer["microseconds"] / ours_us,
    }


def neighbours(size: int) -> Figures:
    """Exact taxonomy neighbours, k = 15."""
    rows = masses(size)
    nearest_rows(rows.take(np.arange(min(FEW + 1000, len(rows)))), 15)  # loads what is compiled
    return {"seconds": seconds(lambda: nearest_rows(rows, 15))}


def scipy_all_pairs(size: int) -> Figures:
    """The same by scipy's distances from every row to every row, from a sample of 200 rows."""
    from scipy.spatial.distance import cdist  # noqa: PLC0415

    matrix = dense(masses(size))
    matrix = np.ascontiguousarray(matrix[:, matrix.any(axis=0)])
    block = cdist(matrix[:200], matrix, "cityblock")
    took = seconds(lambda: cdist(matrix[:200], matrix, "cityblock"))
    took += seconds(lambda: np.argpartition(block, 15, axis=1))
    return {"seconds": took * size / 200}


def pynndescent(size: int) -> Figures:
    """The same by pynndescent, approximately; its compilation is left out."""
    from pynndescent import NNDescent  # noqa: PLC0415

    rows = masses(size)
    matrix = dense(rows, np.float32)
    options = {"metric": "manhattan", "n_neighbors": 16, "random_state": 1, "n_jobs": 2}
    NNDescent(matrix[:2000], **options).neighbor_graph  # noqa: B018 - computed when asked for
    graph: list[NDArray[np.int32]] = []
    took = seconds(lambda: graph.append(NNDescent(matrix, **options).neighbor_graph[0]))
    exact = nearest_rows(rows, 15)
    recall = [len(np.intersect1d(graph[0][i], exact.indices[i])) for i in range(0, size, 50)]
    return {"seconds": took, "recall": float(np.mean(recall)) / 15}


def learned(size: int) -> Figures:
    """Exact neighbours (k = 15) under learned costs, from the taxonomy's; and the learning."""
    made = catalogue(size)
    rows = made.fractions(rolled_up=True)
    few = rows.take(np.arange(500))
    learn_costs(few, made.parents, relatives(few, made), rounds=2)
    seeds = relatives(rows, made)
    kept: list[Any] = []
    learning = seconds(lambda: kept.append(learn_costs(rows, made.parents, seeds)))
    costs = kept[0].ground_cost
    return {
        "seconds": seconds(lambda: nearest_under_cost(rows, costs, 15, seeds=seeds)),
        "learning_seconds": learning,
        "rounds": kept[0].rounds,
    }


def engine(size: int) -> Figures:
    """All that the engine does for one catalogue, in a process that begins cold."""
    begin = time.perf_counter()
    made = catalogue(size)
    rows = made.fractions(rolled_up=True)
    near = nearest_rows(made.fractions(), 15)
    tree = relatives(rows, made)
    costs = learn_costs(rows, made.parents, tree)
    found = nearest_under_cost(rows, costs.ground_cost, 15, seeds=(costs.neighbours, tree))
    largest_flows(rows, costs.ground_cost, found)
    distances = time.perf_counter() - begin
    map_took = seconds(lambda: project(near, features=made.fractions()))
    return {"distances_seconds": distances, "cold_map_seconds": map_took}


def engine_first(size: int) -> Figures:
    """The same on a machine that has never compiled it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NATIVE_CODE_PATH"] = folder
        return engine(size)


def overlap(near: Neighbours, points: NDArray[np.float64], sample: int = 2000) -> float:
    """Share of each point's 15 exact neighbours that are among its 15 nearest on the map."""
    chosen = np.random.default_rng(0).permutation(len(points))[:sample]
    kept = 0
    for i in chosen:
        gaps = ((points - points[i]) ** 2).sum(axis=1)
        gaps[i] = np.inf
        kept += len(np.intersect1d(np.argpartition(gaps, 15)[:15], near.indices[i]))
    return kept / (15 * len(chosen))


def fast_map(size: int) -> Figures:
    """A map from nothing: seconds, and the overlap of its neighbourhoods with the exact ones."""
    rows = masses(size)
    near = nearest_rows(rows, 15)
    points: list[NDArray[np.float64]] = []
    took = seconds(lambda: points.append(project(near, features=rows)))
    return {"seconds": took, "overlap": overlap(near, points[0])}


def umap_learn(size: int) -> Figures:
    """The same by umap-learn, seeded, from the same exact neighbours."""
    import umap  # noqa: PLC0415

    rows = masses(size)
    near = nearest_rows(rows, 15)
    itself = np.arange(len(near))[:, None]
    indices = np.hstack([itself, near.indices[:, :14]]).astype(np.int64)
    distances = np.hstack([itself * 0.0, near.distances[:, :14]])
    settings = {"n_neighbors": 15, "min_dist": 0.05, "random_state": 42, "n_jobs": 1}
    model = umap.UMAP(precomputed_knn=(indices, distances, None), **settings)
    points: list[NDArray[np.float64]] = []
    matrix = dense(rows, np.float32)
    took = seconds(lambda: points.append(model.fit_transform(matrix)))
    return {"seconds": took, "overlap": overlap(near, np.asarray(points[0], dtype=np.float64))}


def stability(size: int) -> Figures:
    """One recipe in a hundred is replaced: how far the others move, in radii of the map."""
    made = catalogue(size)
    rows = subtree_masses(made.fractions(), made.parents)
    total, kept = len(rows), len(rows) - len(rows) // 100
    before, after = rows.take(np.arange(kept)), rows.take(np.arange(total // 100, total))
    old = project(nearest_rows(before, 15), features=before)
    start = np.full((len(after), 2), np.nan)
    start[: kept - total // 100] = old[total // 100 :]
    near = nearest_rows(after, 15)
    new: list[NDArray[np.float64]] = []
    took = seconds(lambda: new.append(project(near, start=start, features=after)))
    stayed = np.isfinite(start).all(axis=1)
    was, now = start[stayed], new[0][stayed]
    radius = float(np.linalg.norm(was - was.mean(axis=0), axis=1).mean())
    return {
        "seconds": took,
        "move": float(np.linalg.norm(now - was, axis=1).mean()) / radius,
        "overlap": overlap(near, new[0]),
    }


MEASURES: dict[str, Callable[[], Figures]] = {
    "pairs": pairs,
    "neighbours 10k": lambda: neighbours(10_000),
    "neighbours 100k": lambda: neighbours(100_000),
    "neighbours 1M": lambda: neighbours(1_000_000),
    "scipy 100k": lambda: scipy_all_pairs(100_000),
    "pynndescent 100k": lambda: pynndescent(100_000),
    "learned 1356": lambda: learned(1356),
    "learned 100k": lambda: learned(100_000),
    "engine": lambda: engine(1356),
    "engine first": lambda: engine_first(1356),
    "map 1356": lambda: fast_map(1356),
    "map 10k": lambda: fast_map(10_000),
    "map 100k": lambda: fast_map(100_000),
    "umap-learn 1356": lambda: umap_learn(1356),
    "umap-learn 10k": lambda: umap_learn(10_000),
    "stability 1356": lambda: stability(1356),
    "stability 10k": lambda: stability(10_000),
}


def main() -> None:
    """Measure what is named."""
    figures = MEASURES[sys.argv[1]]()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(figures | {"peak_mb": peak / 1024}))


if __name__ == "__main__":
    main()
