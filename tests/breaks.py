"""Breaks parts of the program on purpose, and shows whether their tests notice.

`python -m tests.breaks refresh|engine|signing-in`: each break is made in a copy of the sources, and
the tests are run against the copy; they have to fail. Ends with 1 when a break goes unnoticed.
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

from tests.breaks_of_signing_in import ROWS
from tests.conftest import SHARED

ROOT = Path(__file__).parents[1]
_MADE = shutil.ignore_patterns("node_modules", "__pycache__")


@dataclass(frozen=True)
class Break:
    """A text in a file, under the project's root, and what it is replaced by.

    tests: that must notice, where these are not all of the set's.
    """

    what: str
    file: str
    text: str
    instead: str
    tests: str = ""


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
        "min(later(last_changed_at, debounce), later(first_pending_at, max_wait))",
        "later(last_changed_at, debounce)",
    ),
    Break(
        "no debounce",
        f"{REFRESH}/debounce.py",
        "min(later(last_changed_at, debounce), later(first_pending_at, max_wait))",
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
        "            yield transaction\n        if transaction.touched:\n",
        "            yield transaction\n            self.after_commit()\n        if False:\n",
    ),
    Break(
        "a success is believed although nothing was published",
        f"{REFRESH}/facts.py",
        'attempt.state in ("running", "failed")',
        'attempt.state in ("running", "failed", "succeeded")',
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


ANALYTICS = "src/cocktailspace/analytics"
ENGINE = f"{ANALYTICS}/transport"
ENGINE_BREAKS = (
    Break("nothing", "README.md", "cocktailspace", "cocktailspace"),
    Break(
        "the boxes' bound is a little too tight",
        f"{ENGINE}/l1_search.py",
        "reached += surplus[lane] >= half",
        "reached += surplus[lane] >= half + 1",
    ),
    Break(
        "of equal distances the higher number comes first",
        f"{ENGINE}/l1_search.py",
        "and number < indices[lane, place - 1])",
        "and number > indices[lane, place - 1])",
    ),
    Break(
        "among few rows, a tie at the last place is broken anyhow",
        f"{ENGINE}/distances.py",
        "order = np.lexsort((near, row))",
        "order = np.lexsort((-column, near, row))",
    ),
    Break(
        "the least sum of a box is its first row's",
        f"{ENGINE}/boxes.py",
        "np.minimum.reduceat(level[3], np.arange(0, n, size))",
        "level[3][np.arange(0, n, size)]",
    ),
    Break(
        "the lengths of edges do not count",
        f"{ENGINE}/taxonomy.py",
        "for block in blocks]) * self.lengths[columns]",
        "for block in blocks])",
    ),
    Break(
        "what is left over of masses goes to the first columns",
        f"{ENGINE}/masses.py",
        "np.lexsort((-remainders, row))",
        "np.lexsort((volumes.indices, row))",
    ),
    Break(
        "of equal remainders the last column's counts",
        f"{ENGINE}/masses.py",
        "np.lexsort((-remainders, row))",
        "np.lexsort((-volumes.indices, -remainders, row))",
    ),
    Break(
        "plans skip a level of the taxonomy",
        f"{ENGINE}/plans.py",
        "np.concatenate([waiting.node, above[rest.node]])",
        "np.concatenate([waiting.node, above[above[rest.node]]])",
    ),
    Break(
        "the smallest masses are matched first",
        f"{ENGINE}/plans.py",
        "(side * (largest + 1) + largest - unmatched.mass)",
        "(side * (largest + 1) + unmatched.mass)",
    ),
    Break(
        "blocks of pairs are numbered from nought",
        f"{ENGINE}/plans.py",
        "parts = (pair + start, source",
        "parts = (pair, source",
    ),
    Break(
        "a pair that is near both ways counts twice",
        f"{ANALYTICS}/substitutes.py",
        "counted[near_enough[np.unique(pair[near_enough], return_index=True)[1]]] = True",
        "counted[near_enough] = True",
    ),
    Break(
        "leftovers between families count",
        f"{ANALYTICS}/substitutes.py",
        "(kin | nearly_all_moves(flows))",
        "(kin | True)",
    ),
    Break(
        "a family stands in for its kinds",
        f"{ANALYTICS}/substitutes.py",
        "        score[space.forest.lineage(ingredient)] = 0",
        "        score[ingredient] = 0",
    ),
    Break(
        "an ingredient may be in two swaps",
        f"{ANALYTICS}/words.py",
        "now = left[first.all(axis=0)]",
        "now = left[first.any(axis=0)]",
    ),
    Break(
        "recipes of one name stand in order of id",
        f"{ANALYTICS}/space.py",
        "return (*order_of_name(recipe.name), recipe.source, content)",
        "return (*order_of_name(recipe.name), recipe.source, recipe.id)",
    ),
    Break(
        "ingredients stand in order of id",
        f"{ANALYTICS}/space.py",
        "key=lambda each: order_of_name(each.name)",
        "key=lambda each: each.id",
    ),
    Break(
        "a map of unchanged neighbours is drawn again",
        f"{ANALYTICS}/maps.py",
        "previous.graph == graph",
        "previous.graph != graph",
    ),
    Break(
        "an edge of a map needs both its ends",
        f"{ANALYTICS}/layout.py",
        "1 - np.multiply.reduceat(missing, first)",
        "np.multiply.reduceat(1 - missing, first)",
    ),
    Break(
        "a map's points repel those after them alone",
        f"{ANALYTICS}/layout.py",
        "        push[:, there] -= weights[there] * gap\n",
        "",
    ),
)
ENGINE_TESTS = (
    "tests/analytics/transport",
    "tests/analytics/test_comparing.py",
    "tests/analytics/test_layout.py",
    "tests/analytics/test_substitutes.py",
    "tests/analytics/test_regenerate.py",
)
SETS = {
    "refresh": (REFRESH_BREAKS, ("tests/refresh/test_model.py",)),
    "engine": (ENGINE_BREAKS, ENGINE_TESTS),
    "signing-in": (tuple(Break(*row) for row in ROWS), ()),
}
EXAMPLES = "400"
HANGS = 900.0
"""Seconds after which tests that have not ended have noticed: a loop in native code never ends."""


def check(made: Break, tests: tuple[str, ...]) -> tuple[bool, float]:
    """Whether the tests fail with this break, and after how many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("src", "tests", "benchmarks", "scripts"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=_MADE)
        for part in ("README.md", "pyproject.toml", "template.yaml"):
            shutil.copy(ROOT / part, folder)
        if (ROOT / "node_modules").exists():
            (Path(folder) / "node_modules").symlink_to(ROOT / "node_modules")
        file = Path(folder) / made.file
        text = file.read_text(encoding="utf-8")
        if made.text not in text:
            raise SystemExit(f"{made.file} has no {made.text!r}: bring {__file__} up to date")
        file.write_text(text.replace(made.text, made.instead), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow", "--timeout=0"]
        environment = {
            **os.environ,
            "PYTHONPATH": f"{folder}/src:{folder}",
            "COCKTAILSPACE_SHARED": str(SHARED),
            "MODEL_EXAMPLES": EXAMPLES,
            "MODEL_WITHOUT_SHRINKING": "1",
        }
        if made.file.startswith(ANALYTICS):
            environment["NUMBA_CACHE_DIR"] = f"{folder}/compiled"
        started = time.monotonic()
        try:
            done = subprocess.run(
                [*command, *(made.tests.split() or tests)],
                cwd=folder,
                env=environment,
                capture_output=True,
                check=False,
                timeout=HANGS,
            )
        except subprocess.TimeoutExpired:
            return True, HANGS
    red_unbroken = done.returncode == 1 and made.text == made.instead
    if done.returncode not in (0, 1) or red_unbroken:
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
