"""Python's collector of cycles, kept out of the way while very many objects are made at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
        # What is there by now counts as old, as if the collector had seen it.
        gc.freeze()
        gc.unfreeze()
        gc.enable()
