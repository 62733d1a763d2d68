"""What is measured, one function each; every one runs in a process of its own.

`python -m benchmarks.measures NAME` prints one line of JSON: seconds, ratios, and `peak_mb`, the
most memory the process ever held.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.catalogues import (
    CatalogueArrays,
    real_catalogue,
    real_catalogue_path,
    real_document,
    snapshot_of,
    starter_document,
)
from benchmarks.shapes import FORESTS, shaped
from benchmarks.stability import mean_share
from benchmarks.synthetic import generate
from cocktailspace.analytics.projection import project
from cocktailspace.analytics.regenerate import regenerate_analytics
from cocktailspace.analytics.transport.neighbours import FEW, Neighbours, nearest_rows
from cocktailspace.analytics.transport.rows import Rows

Figures = dict[str, float]


def timed(work: Callable[[], Any]) -> Figures:
    """How long `work` takes, and how many seconds of processors."""
    begin, begin_processor = time.perf_counter(), time.process_time()
    work()
    return {
        "seconds": time.perf_counter() - begin,
        "processor": time.process_time() - begin_processor,
    }


def catalogue(size: int) -> CatalogueArrays:
    """The real catalogue for 1,356 recipes if it is at hand, else one made up."""
    real = real_catalogue() if size == 1356 else None
    return real or generate(size)


def masses(size: int) -> Rows:
    """Subtree masses of a catalogue."""
    return catalogue(size).subtree_masses()


def dense(rows: Rows, dtype: type = np.float64) -> NDArray[Any]:
    """(n, width) rows as a matrix."""
    matrix = np.zeros((len(rows), rows.width), dtype=dtype)
    matrix[rows.row_of_entry(), rows.indices] = rows.data
    return matrix


def neighbours(size: int) -> Figures:
    """Exact taxonomy neighbours, k = 15."""
    rows = masses(size)
    nearest_rows(rows.take(np.arange(min(FEW + 1000, len(rows)))), 15)  # loads what is compiled
    return timed(lambda: nearest_rows(rows, 15))


def scipy_all_pairs(size: int) -> Figures:
    """The same by scipy's distances from every row to every row, from a sample of 200 rows."""
    from scipy.spatial.distance import cdist  # noqa: PLC0415

    matrix = dense(masses(size))
    matrix = np.ascontiguousarray(matrix[:, matrix.any(axis=0)])
    block = cdist(matrix[:200], matrix, "cityblock")

    def search() -> None:
        cdist(matrix[:200], matrix, "cityblock")
        np.argpartition(block, 15, axis=1)

    return {name: took * size / 200 for name, took in timed(search).items()}


def pynndescent(size: int) -> Figures:
    """The same by pynndescent, approximately; its compilation is left out."""
    from pynndescent import NNDescent  # noqa: PLC0415

    rows = masses(size)
    matrix = dense(rows, np.float32)
    options = {"metric": "manhattan", "n_neighbors": 16, "random_state": 1, "n_jobs": 2}
    NNDescent(matrix[:2000], **options).neighbor_graph  # noqa: B018 - computed when asked for
    graph: list[NDArray[np.int32]] = []
    took = timed(lambda: graph.append(NNDescent(matrix, **options).neighbor_graph[0]))
    exact = nearest_rows(rows, 15)
    recall = [len(np.intersect1d(graph[0][i], exact.indices[i])) for i in range(0, size, 50)]
    return {**took, "recall": float(np.mean(recall)) / 15}


def edits(document: dict[str, Any] | None) -> Figures:
    """Share of the other recipes whose ten nearest an edit changes, over 500 edits."""
    if document is None:
        raise SystemExit(f"the real catalogue is not at {real_catalogue_path()}")
    return {"share": mean_share(snapshot_of(document), 500)}


def shape(name: str, size: int, ingredients: int) -> Figures:
    """Every artifact of a catalogue whose taxonomy has this shape."""
    snapshot = shaped(FORESTS[name], size, ingredients)
    analytics = regenerate_analytics(snapshot, previous={}, report=lambda *_: None)
    return timed(lambda: [list(each.data) for each in analytics.artifacts])


def overlap(near: Neighbours, points: NDArray[np.float64], sample: int = 2000) -> float:
    """Share of each point's 15 exact neighbours that are among its 15 nearest on the map."""
    chosen = np.random.default_rng(0).permutation(len(points))[:sample]
    kept = 0
    for i in chosen:
        gaps = ((points - points[i]) ** 2).sum(axis=1)
        gaps[i] = np.inf
        kept += len(np.intersect1d(np.argpartition(gaps, 15)[:15], near.indices[i]))
    return kept / (15 * len(chosen))


def own_map(size: int) -> Figures:
    """A map from nothing: seconds, and the overlap of its neighbourhoods with the exact ones."""
    rows = masses(size)
    near = nearest_rows(rows, 15)
    points: list[NDArray[np.float64]] = []
    took = timed(lambda: points.append(project(near, features=rows)))
    return {**took, "overlap": overlap(near, points[0])}


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
    took = timed(lambda: points.append(model.fit_transform(matrix)))
    return {**took, "overlap": overlap(near, np.asarray(points[0], dtype=np.float64))}


def staying(size: int) -> Figures:
    """One recipe in a hundred is replaced: how far the others move, in radii of the map."""
    rows = masses(size)
    total, kept = len(rows), len(rows) - len(rows) // 100
    before, after = rows.take(np.arange(kept)), rows.take(np.arange(total // 100, total))
    old = project(nearest_rows(before, 15), features=before)
    start = np.full((len(after), 2), np.nan)
    start[: kept - total // 100] = old[total // 100 :]
    near = nearest_rows(after, 15)
    new: list[NDArray[np.float64]] = []
    took = timed(lambda: new.append(project(near, start=start, features=after)))
    stayed = np.isfinite(start).all(axis=1)
    was, now = start[stayed], new[0][stayed]
    radius = float(np.linalg.norm(was - was.mean(axis=0), axis=1).mean())
    return {
        **took,
        "move": float(np.linalg.norm(now - was, axis=1).mean()) / radius,
        "overlap": overlap(near, new[0]),
    }


MEASURES: dict[str, Callable[[], Figures]] = {
    "neighbours 10k": lambda: neighbours(10_000),
    "neighbours 100k": lambda: neighbours(100_000),
    "neighbours 1M": lambda: neighbours(1_000_000),
    "scipy 100k": lambda: scipy_all_pairs(100_000),
    "pynndescent 100k": lambda: pynndescent(100_000),
    "map 1356": lambda: own_map(1356),
    "map 10k": lambda: own_map(10_000),
    "map 100k": lambda: own_map(100_000),
    "umap-learn 1356": lambda: umap_learn(1356),
    "umap-learn 10k": lambda: umap_learn(10_000),
    "map stays 1356": lambda: staying(1356),
    "map stays 10k": lambda: staying(10_000),
    "stability": lambda: edits(real_document()),
    "stability starter": lambda: edits(starter_document()),
    **{f"shape {name}": partial(shape, name, 1_000, 5_000) for name in FORESTS},
}


def main() -> None:
    """Measure what is named."""
    figures = MEASURES[sys.argv[1]]()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(figures | {"peak_mb": peak / 1024}))


if __name__ == "__main__":
    main()
