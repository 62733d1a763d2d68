"""A Dask cluster that is lost, that is another's, or that does not fit."""

import sys
from pathlib import Path

import pytest

from cocktailspace.analytics import cluster as module
from cocktailspace.analytics.choose_workers import choose_workers
from cocktailspace.analytics.cluster import Cluster
from cocktailspace.analytics.transport.neighbours import MissingNumbaError
from cocktailspace.analytics.transport.workers import (
    THIS_MACHINE,
    LostWorkersError,
    Threads,
    consecutive,
)
from cocktailspace.settings import Settings, SettingsError, read_settings
from tests.analytics.dask_cluster import DaskCluster, dask_cluster, new_certificates

BLOCKS = consecutive(400, 2)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory):
    with dask_cluster(tmp_path_factory.mktemp("cluster"), 3) as made:
        yield made


def doubled(shared: int, first: int, last: int) -> list[int]:
    return [shared * number for number in range(first, last)]


RIGHT = {block: [2 * number for number in range(*block)] for block in BLOCKS}


def test_settings_choose_it_and_name_what_is_missing(
    dask: DaskCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with choose_workers(Settings()) as workers:
        assert workers is THIS_MACHINE
    given = {
        "analytics_cluster": dask.address,
        "analytics_cluster_certificate": dask.certificates.certificate,
        "analytics_cluster_key": dask.certificates.key,
    }
    with choose_workers(Settings(**given, analytics_without_cluster="fail")) as workers:
        assert dict(workers.map_blocks(doubled, 2, BLOCKS)) == RIGHT
    gone = {**given, "analytics_cluster_key": tmp_path / "no.pem"}
    with pytest.raises(SettingsError, match=r"^ANALYTICS_CLUSTER_KEY: there is no file .*no\.pem"):
        choose_workers(Settings(**gone)).__enter__()
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "cocktailspace.analytics.cluster")
    with pytest.raises(SettingsError) as caught:
        choose_workers(Settings(**given)).__enter__()
    assert "pip install 'cocktailspace[analytics,cluster]'" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:8786", "127.0.0.1:8786", "tls://scheduler", "tls://host:many", "tls://:8786"],
)
def test_an_address_without_tls_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ANALYTICS_CLUSTER", address)
    with pytest.raises(SettingsError, match="ANALYTICS_CLUSTER: it must be tls://host:port"):
        read_settings()
    monkeypatch.setenv("ANALYTICS_CLUSTER", "tls://scheduler:8786")
    with pytest.raises(SettingsError, match="needs ANALYTICS_CLUSTER_CERTIFICATE"):
        read_settings()


def test_who_is_signed_by_another_is_turned_away(dask: DaskCluster, tmp_path: Path) -> None:
    stranger = Cluster(dask.address, new_certificates(tmp_path), instead=None, patience=0.5)
    with pytest.raises(LostWorkersError, match=f"no cluster answers at {dask.address}"):
        list(stranger.map_blocks(doubled, 2, BLOCKS))


def another_version() -> str:
    return "0.0.9"


def no_such_module() -> str:
    raise ModuleNotFoundError("no module named cocktailspace")


def no_numba() -> str:
    raise MissingNumbaError("numba")


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (another_version, "has cocktailspace 0.0.9; it needs pip install"),
        (no_such_module, "has no cocktailspace of this version; it needs pip install"),
        (no_numba, "has no numba; it needs pip install"),
    ],
)
def test_workers_that_do_not_fit_are_named(
    dask: DaskCluster, monkeypatch: pytest.MonkeyPatch, answer: object, complaint: str
) -> None:
    monkeypatch.setattr(module, "_version", answer)
    cluster = Cluster(dask.address, dask.certificates, instead=None)
    with pytest.raises(LostWorkersError, match=f"worker tls://.* {complaint}"):
        list(cluster.map_blocks(doubled, 2, BLOCKS))
    cluster.close()


def test_a_worker_of_another_version_that_comes_later_is_named(dask: DaskCluster) -> None:
    cluster = Cluster(dask.address, dask.certificates, instead=None)
    late = cluster._connected().submit(module._compute, "9.9.9", doubled, 2, (0, 1))
    with pytest.raises(LostWorkersError, match=r"worker tls://.* has cocktailspace .*==9\.9\.9"):
        late.result()
    cluster.close()


def test_lost_workers_are_survived(dask: DaskCluster) -> None:
    cluster = Cluster(dask.address, dask.certificates, instead=None)
    found = {}
    for block, result in cluster.map_blocks(doubled, 2, BLOCKS):
        if not found:
            dask.lose_workers(2)
        found[block] = result
    assert found == RIGHT
    cluster.close()


def test_a_lost_scheduler_is_told_to_whoever_wants_no_other_machine(tmp_path: Path) -> None:
    with dask_cluster(tmp_path, 1) as dask:
        cluster = Cluster(dask.address, dask.certificates, instead=None, patience=1)
        answers = cluster.map_blocks(doubled, 2, BLOCKS)
        next(answers)
        dask.lose_scheduler()
        with pytest.raises(LostWorkersError, match=f"the cluster at {dask.address} is lost"):
            dict(answers)
        cluster.close()


def test_without_its_scheduler_the_machine_computes_the_rest(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with dask_cluster(tmp_path, 1) as dask:
        cluster = Cluster(dask.address, dask.certificates, instead=Threads(1), patience=1)
        answers = cluster.map_blocks(doubled, 2, BLOCKS)
        first = next(answers)
        dask.lose_scheduler()
        assert sorted([first, *answers]) == sorted(RIGHT.items()), "each once"
        assert f"the cluster at {dask.address} is lost; this machine computes" in caplog.text
        assert dict(cluster.map_blocks(doubled, 2, BLOCKS)) == RIGHT, "and whatever follows"
        cluster.close()
