"""Breaks each part of the refresh on purpose, and shows whether the model check notices.

`python -m tests.refresh.breaks [EXAMPLES]`: each break is made in a copy of the sources, and the
model check is run against the copy; it has to fail. Ends with 1 when a break goes unnoticed.
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

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Break:
    """A text in a file, under the project's root, and what it is replaced by."""

    what: str
    file: str
    text: str
    instead: str


REFRESH, ARTIFACTS = "src/cocktailspace/refresh", "src/cocktailspace/artifacts"
BREAKS = (
    Break("nothing to break", "README.md", "cocktailspace", "cocktailspace"),
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
        'if attempt.state in ("running", "failed") else 0',
        'if attempt.state in ("running", "failed", "succeeded") else 0',
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
        "        caller.start()\n        caller.join(self._patience_seconds)\n",
        "        self._scheduler.move_to(self._status().due_at)\n"
        "        caller.start()\n        caller.join(self._patience_seconds)\n",
    ),
)


def check(made: Break, examples: int) -> tuple[Break, bool, float]:
    """Whether the model check fails with this break, and after how many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("src", "tests", "README.md", "pyproject.toml"):
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, Path(folder) / part, **_without(part))
        file = Path(folder) / made.file
        text = file.read_text(encoding="utf-8")
        if made.text not in text:
            raise SystemExit(f"{made.file} has no {made.text!r}: bring {__file__} up to date")
        file.write_text(text.replace(made.text, made.instead), encoding="utf-8")
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--timeout", "0", "tests/refresh/test_model.py"],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": f"{folder}/src:{folder}",
                "MODEL_EXAMPLES": str(examples),
                "MODEL_WITHOUT_SHRINKING": "1",
            },
            capture_output=True,
            check=False,
        )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{made.what}: {done.stdout.decode()}{done.stderr.decode()}")
    return made, done.returncode == 1, time.monotonic() - started


def _without(part: str) -> dict[str, object]:
    ignored = shutil.ignore_patterns("node_modules", "__pycache__")
    return {"ignore": ignored} if (ROOT / part).is_dir() else {}


def main() -> None:
    """Make every break, two at a time, and say which were noticed."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    unnoticed = 0
    with ThreadPoolExecutor(2) as pool:
        for made, noticed, seconds in pool.map(lambda each: check(each, examples), BREAKS):
            right = noticed == (made is not BREAKS[0])
            unnoticed += not right
            word = "noticed" if noticed else "passed"
            print(f"{'ok ' if right else 'BAD'} {word:8} {seconds:6.1f} s  {made.what}", flush=True)
    sys.exit(min(unnoticed, 1))


if __name__ == "__main__":
    main()
