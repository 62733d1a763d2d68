"""Compile the search among many recipes, so that an image holds its code.

NUMBA_CACHE_DIR says where to, NUMBA_CPU_NAME for which processor; the job finds the code if both
mean the same when it runs.
"""

import numpy as np

from cocktailspace.analytics.parameters import MAP_NEIGHBOURS
from cocktailspace.analytics.transport.neighbours import FEW, nearest_rows
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.workers import Threads


def main() -> None:
    """Search among as few rows as are not simply compared one by one."""
    n = FEW + 1
    rows = Rows(np.arange(n + 1), np.arange(n) % 100, np.arange(n) % 7 + 1.0, 100)
    nearest_rows(rows, MAP_NEIGHBOURS, workers=Threads(1))


if __name__ == "__main__":
    main()
