"""Python's collector of reference cycles, kept from halting every thread for long."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_exempted = threading.Event()
"""Our own word for it: the collector's own count is not 0 at the start of Python 3.12, and has to
walk over all that is exempted.
"""


def exempt_from_collection() -> None:
    """Have the collector ignore all objects that exist now.

    A server's modules, routes and models live as long as it does; looking at all of them, as a full
    collection does, would take 70 ms each time.
    """
    gc.collect()
    gc.freeze()
    _exempted.set()


@contextmanager
def paused_collector() -> Iterator[None]:
    """For work that makes hundreds of thousands of objects which reference counts free again.

    The collector would look at all of them time and again, for half a second in which no other
    thread runs.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # or the next collection would look at what was made
        if not _exempted.is_set():
            gc.unfreeze()  # what is there by now counts as old, as if it had been looked at
        gc.enable()
