"""Where `python -m cocktailspace.analytics` begins; the job itself is `command.main`."""

import gc
import os
import sys
from types import ModuleType
from typing import cast


def _travel_light() -> None:
    """Leave out, before anything is imported, what costs a job of seconds more than it brings.

    Collecting cycles: the process ends soon, and importing and compiling make many objects and
    little garbage; a seventh of a first run. Threads inside BLAS: the steps are threads already,
    and BLAS's wait for more by turning on the spot. SciPy: numba looks for BLAS in it, does well
    without, and nothing here uses it.
    """
    gc.disable()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.modules["scipy"] = cast("ModuleType", None)


if __name__ == "__main__":
    _travel_light()

    from cocktailspace.analytics.command import main

    main()
