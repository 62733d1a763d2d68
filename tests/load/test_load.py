"""Many writers at once, and a server that dies: what was acknowledged is there, once."""

import os
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.load.harness import Report, Server, recipes_on, run_load

WRITES = int(os.environ.get("LOAD_WRITES", "15"))
KILLS = int(os.environ.get("LOAD_KILLS", "2"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.stop()


def _check(server: Server, reports: list[Report]) -> None:
    statuses: Counter[str] = Counter()
    latencies: list[float] = []
    acknowledged: dict[str, float] = {}
    for report in reports:
        assert report.complaints == []
        statuses.update(report.statuses)
        latencies += report.create_ms
        acknowledged |= report.recipes
    assert recipes_on(server) == acknowledged
    quantiles = statistics.quantiles(latencies, n=100)
    print(
        f"answers {dict(statuses)}; create p50 {quantiles[49]:.1f} ms, p99 {quantiles[98]:.1f} ms"
    )
    assert set(statuses) <= {"0", "200", "201", "204", "404", "503"}


@pytest.mark.slow
def test_writers_at_once_lose_nothing_and_make_nothing_up(server: Server) -> None:
    _check(server, run_load(server, writers=8, writes=WRITES, readers=4))


@pytest.mark.slow
def test_a_server_that_is_killed_loses_nothing_and_makes_nothing_twice(server: Server) -> None:
    _check(server, run_load(server, writers=4, writes=WRITES, readers=2, kills=KILLS))
