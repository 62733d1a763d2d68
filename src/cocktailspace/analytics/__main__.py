"""Where `python -m cocktailspace.analytics` begins; the job itself is `command.main`."""

import ctypes
import gc
import os
from contextlib import suppress

_M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
_LARGE = 4 << 20


def _configure_process() -> None:
    """Switch off, before anything is imported, what costs a job more than it brings.

    Collecting cycles: the process ends soon, and importing makes many objects and little garbage.
    Threads inside BLAS: the steps are threads already, and BLAS's wait for more by turning on the
    spot. Keeping the room of large arrays that are gone: a quarter of the memory at 100,000
    recipes.
    """
    gc.disable()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


if __name__ == "__main__":
    _configure_process()

    from cocktailspace.analytics.command import main

    main()
