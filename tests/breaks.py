"""Breaks parts of the program on purpose, and shows whether their tests notice.

`python -m tests.breaks refresh|engine`: each break is made in a copy of the sources, and the tests
are run against the copy; they have to fail. Ends with 1 when a break goes unnoticed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import SHARED

ROOT = Path(__file__).parents[1]
_MADE = shutil.ignore_patterns("node_modules", "__pycache__")


@dataclass(frozen=True)
class Break:
    """A text in a file, under the project's root, and what it is replaced by."""

    what: str
    file: str
    text: str
    instead: str


REFRESH, ARTIFACTS = "src/cocktailspace/refresh", "src/cocktailspace/artifacts"
REFRESH_BREAKS = (
    Break("nothing", "README.md", "cocktailspace", "cocktailspace"),
    Break(
        "no reconcile",
        "tests/refresh/world.py",
        "self.without_reconcile = False",
        "self.without_reconcile = True",
    ),
    Break(
        "no max wait",
        f"{REFRESH}/debounce.py",
        "min(last_changed_at + debounce, first_pending_at + max_wait)",
        "last_changed_at + debounce",
    ),
    Break(
        "no debounce",
        f"{REFRESH}/debounce.py",
        "min(last_changed_at + debounce, first_pending_at + max_wait)",
        "last_changed_at",
    ),
    Break(
        "an older version is published over a newer one",
        f"{ARTIFACTS}/publish.py",
        "        if not may_replace(result, current, base):\n",
        "        if False:\n",
    ),
    Break(
        "the manifest is swapped without comparing",
        "tests/refresh/world.py",
        "        if present != expected:\n",
        "        if False:\n",
    ),
    Break(
        "the current run is cleared up",
        f"{ARTIFACTS}/publish.py",
        "kept = {manifest.run_id, *manifest.superseded}",
        "kept, forgotten = set(), {manifest.run_id}",
    ),
    Break(
        "the signal comes before the commit",
        "src/cocktailspace/catalogue/database.py",
        "            append_changes(connection, transaction.touched, transaction.now)\n",
        "            self._after_commit()\n"
        "            append_changes(connection, transaction.touched, transaction.now)\n"
        "            return\n",
    ),
    Break(
        "a success is believed although nothing was published",
        f"{REFRESH}/status.py",
        'attempt.state not in ("running", "failed")',
        'attempt.state not in ("running", "failed", "succeeded")',
    ),
    Break(
        "a failed run is never tried again",
        f"{REFRESH}/status.py",
        '    if attempt.state == "failed":\n',
        '    if attempt.state == "nothing":\n',
    ),
    Break(
        "a killed run is never tried again",
        f"{REFRESH}/status.py",
        '    if attempt.state == "running":\n',
        '    if attempt.state == "nothing":\n',
    ),
    Break(
        "a scheduler that fails fails the edit",
        f"{REFRESH}/signal.py",
        "            call = _Call(self._move)\n",
        "            self._scheduler.move_to(self._status().due_at, armed=False)\n"
        "            call = _Call(self._move)\n",
    ),
)


ENGINE = "src/cocktailspace/analytics/transport"
ENGINE_BREAKS = (
    Break("nothing", "README.md", "cocktailspace", "cocktailspace"),
    Break(
        "the boxes' bound is a little too tight",
        f"{ENGINE}/l1_search.py",
        "distances[lane, -1]) / 2.0 - margin",
        "distances[lane, -1]) / 2.0 + 0.01",
    ),
    Break(
        "the staying bound is a little too high",
        f"{ENGINE}/cost_boxes.py",
        "need[:count] = self.boxes.leaving[start : start + count] - limits",
        "need[:count] = 1.02 * self.boxes.leaving[start : start + count] - limits",
    ),
    Break(
        "the relaxed bound is a little too high",
        f"{ENGINE}/cost_search.py",
        "relaxed[lane] += mass * cheapest[column, lane]",
        "relaxed[lane] += 1.02 * mass * cheapest[column, lane]",
    ),
    Break(
        "the relaxed bound of few rows is a little too high",
        f"{ENGINE}/cost_table.py",
        "relaxed = self._table",
        "relaxed = 1.02 * self._table",
    ),
    Break(
        "the crowded bound is a little too high",
        f"{ENGINE}/pair.py",
        "bound += sent * reals[KEY, place]",
        "bound += 1.02 * sent * reals[KEY, place]",
    ),
    Break(
        "the dual bound is a little too high",
        f"{ENGINE}/solver.py",
        "        bound += reals[MASS, i] * least\n",
        "        bound += 1.02 * reals[MASS, i] * least\n",
    ),
    Break(
        "distances are compared unrounded",
        f"{ENGINE}/pairs.py",
        "rounded = np.rint(distance / grid) * grid",
        "rounded = distance",
    ),
    Break(
        "of equal distances the higher number comes first",
        f"{ENGINE}/overlap.py",
        "and index < indices[lane, place - 1])",
        "and index > indices[lane, place - 1])",
    ),
    Break(
        "a pair is offered twice",
        f"{ENGINE}/pairs.py",
        "        if known:\n",
        "        if False:\n",
    ),
    Break(
        "arcs that are only a little cheaper do not enter",
        f"{ENGINE}/solver.py",
        "least, source, sink = 0.0, -1, -1",
        "least, source, sink = -0.02, -1, -1",
    ),
    Break(
        "the rest of a potential is forgotten",
        f"{ENGINE}/spanning_tree.py",
        "    reals[REST, node] = rest - ((high + rest) - high)\n",
        "    reals[REST, node] = 0.0\n",
    ),
    Break(
        "each row's weights are not normalised",
        f"{ENGINE}/learning.py",
        "    weights /= weights.sum(axis=1, keepdims=True)\n",
        "",
    ),
    Break(
        "small flows are counted, too",
        f"{ENGINE}/learning.py",
        "LEAST_SHARE = 0.05",
        "LEAST_SHARE = 0.0",
    ),
    Break(
        "a cost that is not a number is let in",
        f"{ENGINE}/plans.py",
        "wrong = ~(np.isfinite(costs) & (costs >= 0))",
        "wrong = costs < 0",
    ),
    Break(
        "native code of older sources is used",
        f"{ENGINE}/../native/kept.py",
        "            digest.update(path.read_bytes())\n",
        "            pass\n",
    ),
)
SETS = {
    "refresh": (REFRESH_BREAKS, ("tests/refresh/test_model.py",)),
    "engine": (ENGINE_BREAKS, ("tests/analytics/transport", "tests/analytics/native")),
}
EXAMPLES = "400"
HANGS = 900.0
"""Seconds after which tests that have not ended have noticed: a loop in native code never ends."""


def check(made: Break, tests: tuple[str, ...]) -> tuple[bool, float]:
    """Whether the tests fail with this break, and after how many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("src", "tests", "benchmarks"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=_MADE)
        for part in ("README.md", "pyproject.toml"):
            shutil.copy(ROOT / part, folder)
        file = Path(folder) / made.file
        text = file.read_text(encoding="utf-8")
        if made.text not in text:
            raise SystemExit(f"{made.file} has no {made.text!r}: bring {__file__} up to date")
        file.write_text(text.replace(made.text, made.instead), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow", "--timeout=0"]
        environment = {
            **os.environ,
            "PYTHONPATH": f"{folder}/src:{folder}",
            "NATIVE_CODE_PATH": f"{folder}/compiled",
            "COCKTAILSPACE_SHARED": str(SHARED),
            "MODEL_EXAMPLES": EXAMPLES,
            "MODEL_WITHOUT_SHRINKING": "1",
        }
        started = time.monotonic()
        try:
            done = subprocess.run(
                [*command, *tests],
                cwd=folder,
                env=environment,
                capture_output=True,
                check=False,
                timeout=HANGS,
            )
        except subprocess.TimeoutExpired:
            return True, HANGS
    if done.returncode not in (0, 1):
        raise SystemExit(f"{made.what}: {done.stdout.decode()}{done.stderr.decode()}")
    return done.returncode == 1, time.monotonic() - started


def main() -> None:
    """Make every break of a set, two at a time, and say which were noticed."""
    if len(sys.argv) != 2 or sys.argv[1] not in SETS:
        raise SystemExit(__doc__)
    breaks, tests = SETS[sys.argv[1]]
    wrong = 0
    with ThreadPoolExecutor(2) as pool:
        checks = pool.map(lambda made: check(made, tests), breaks)
        for made, (noticed, seconds) in zip(breaks, checks, strict=True):
            right = noticed == (made.text != made.instead)
            wrong += not right
            word = "noticed" if noticed else "passed"
            print(f"{'ok ' if right else 'BAD'} {word:8} {seconds:6.1f} s  {made.what}", flush=True)
    sys.exit(min(wrong, 1))


if __name__ == "__main__":
    main()
