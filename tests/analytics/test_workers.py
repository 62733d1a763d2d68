"""What both kinds of workers must do: threads of this machine and a Dask cluster."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from benchmarks.catalogues import CatalogueArrays
from benchmarks.synthetic import generate

from benchmarks import shapes
from cocktailspace.analytics import regenerate
from cocktailspace.analytics.cluster import Cluster
from cocktailspace.analytics.space import masses_of
from cocktailspace.analytics.transport import neighbours
from cocktailspace.analytics.transport.neighbours import nearest_rows
from cocktailspace.analytics.transport.plans import plans_of_pairs
from cocktailspace.analytics.transport.workers import Threads, Workers, consecutive
from tests.analytics.computing import compute, computed_once
from tests.analytics.dask_cluster import DaskCluster, dask_cluster

KINDS = [("threads", 3), ("cluster", 4), ("cluster", 2), ("cluster", 1)]
BLOCKS = consecutive(2_050, 50)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster"), 4) as made:
        yield made


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: f"{kind[1]} {kind[0]}")
def workers(request: pytest.FixtureRequest, dask: DaskCluster) -> Iterator[Workers]:
    """Threads, and then a cluster which loses half of its workers, and half of the rest."""
    kind, number = request.param
    if kind == "threads":
        yield Threads(number)
        return
    dask.lose_workers(len(dask.local.workers) - number)
    cluster = Cluster(dask.address, dask.certificates, instead=None)
    yield cluster
    cluster.close()


def numbers_of(shared: int, first: int, last: int) -> list[int]:
    if first <= 1_000 < last and shared < 0:
        raise ValueError("the thousandth is none")
    return [shared + number for number in range(first, last)]


def test_each_block_comes_once_with_its_result(workers: Workers) -> None:
    found = dict(workers.map_blocks(numbers_of, 7, BLOCKS))
    assert sorted(found) == BLOCKS
    assert all(found[block] == list(range(block[0] + 7, block[1] + 7)) for block in BLOCKS)
    assert list(workers.map_blocks(numbers_of, 7, [])) == []
    assert list(workers.map_blocks(numbers_of, 7, [(3, 5)])) == [((3, 5), [10, 11])]


def test_an_error_of_the_work_is_raised(workers: Workers) -> None:
    with pytest.raises(ValueError, match="the thousandth is none"):
        list(workers.map_blocks(numbers_of, -1, BLOCKS))


@cache
def catalogue() -> CatalogueArrays:
    return generate(3_000, seed=3)


def near_and_flows(workers: Workers) -> list[bytes]:
    masses, forest = masses_of(catalogue().volumes()), catalogue().forest()
    near = nearest_rows(forest.subtree_masses(masses), 15, workers=workers)
    one = np.repeat(np.arange(len(near)), near.k)
    flows = plans_of_pairs(masses, one, masses, near.indices.ravel(), forest, workers=workers)
    parts = (near.indices, near.distances, flows.pair, flows.source, flows.target, flows.mass)
    return [part.tobytes() for part in (*parts, flows.held)]


@cache
def near_and_flows_alone() -> list[bytes]:
    return near_and_flows(Threads(1))


def test_neighbours_and_plans_are_the_same_to_the_last_bit(workers: Workers) -> None:
    assert near_and_flows(workers) == near_and_flows_alone()


SNAPSHOT = shapes.shaped(shapes.FORESTS["families of families"], 200, 130)


def test_every_artifact_is_the_same(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (neighbours, regenerate):
        monkeypatch.setattr(module, "FEW", 0)
    assert compute(SNAPSHOT, workers=workers).data == computed_once(SNAPSHOT).data


def test_there_is_at_least_one_thread() -> None:
    with pytest.raises(ValueError, match="threads must be >= 1, got 0"):
        Threads(0)
