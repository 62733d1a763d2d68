"""The collector of reference cycles does not halt a server."""

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from cocktailspace import collector
from cocktailspace.collector import exempt_from_collection, paused_collector

SERVER = """
import gc
from cocktailspace.api import server
from cocktailspace.collector import paused_collector

class Server:
    should_exit = False
    def run(self):
        with paused_collector():
            pass
        print(gc.get_freeze_count(), len(gc.get_objects()))

server.make_server = lambda *_: Server()
server.run(None, "127.0.0.1", 0, server.ServerLimits())
"""


def test_a_collection_passes_over_what_a_server_is_made_of() -> None:
    """Also after an import, which pauses the collector."""
    done = subprocess.run(
        [sys.executable, "-c", SERVER], check=True, capture_output=True, text=True
    )
    exempted, looked_at = map(int, done.stdout.split())
    assert exempted > 10_000
    assert looked_at < 5_000


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tests' own process exempts what it is made of, as a server does."""
    gc.unfreeze()
    with monkeypatch.context() as patch:
        patch.setattr(collector, "_exempted", threading.Event())
        yield
    exempt_from_collection()


@pytest.mark.usefixtures("no_server")
@pytest.mark.parametrize("ends_well", [True, False])
def test_without_a_server_nothing_stays_exempted(ends_well: bool) -> None:
    with pytest.raises(ZeroDivisionError), paused_collector():
        assert not gc.isenabled()
        assert 1 / (not ends_well)
        raise ZeroDivisionError
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
