"""The `wasserstein` package's time per pair; runs in an environment of its own (numpy < 2).

Reads events from the file named: an .npz with `indptr`, `weights` and `points`. Prints one line of
JSON: microseconds per pair, and the distances of the first event as a check.
"""

import json
import sys
import time

import numpy as np
import wasserstein


def main() -> None:
    """Time all pairs of the events in one thread."""
    stored = np.load(sys.argv[1])
    bounds = stored["indptr"]
    events = [
        np.column_stack([stored["weights"][start:stop], stored["points"][start:stop]])
        for start, stop in zip(bounds[:-1], bounds[1:])  # noqa: B905, RUF007 - Python 3.9 will do
    ]
    pairwise = wasserstein.PairwiseEMD(R=1.0, beta=1.0, norm=True, num_threads=1, verbose=0)
    begin = time.perf_counter()
    pairwise(events)
    seconds = time.perf_counter() - begin
    pairs = len(events) * (len(events) - 1) // 2
    first = np.asarray(pairwise.emds())[0, 1:6]
    print(json.dumps({"microseconds": 1e6 * seconds / pairs, "first": first.tolist()}))


main()
