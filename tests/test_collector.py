"""The collector of reference cycles does not halt a server."""

import subprocess
import sys

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


ALONE = """
import gc
from cocktailspace.collector import paused_collector

for fails in (False, True):
    before = gc.get_freeze_count()
    try:
        with paused_collector():
            assert not gc.isenabled()
            assert not fails, "as an import may"
    except AssertionError as error:
        assert str(error) == "as an import may"
    print(gc.isenabled(), gc.get_freeze_count() <= before)
"""


def test_without_a_server_nothing_stays_exempted() -> None:
    """In a process of its own: what these tests are made of is exempted."""
    said = subprocess.check_output([sys.executable, "-c", ALONE], text=True)
    assert said.splitlines() == ["True True", "True True"]
