"""Runs parts of the tests as they would run elsewhere: another processor, another speed, another
place, another user. Their verdicts have to be the same everywhere.

`python -m tests.elsewhere [CONDITION ...] [-- PYTEST ARGUMENTS]`; ends with 1 when a run
is red.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
NOBODY = 65534
# Each condition runs the tests of what it can touch: the rest would say what `make test` says.
QUICK = ("-m", "not slow")
NUMERICS = ("tests/analytics", *QUICK)
JOB = ("tests/analytics/test_job.py", "tests/analytics/test_main.py")
PROCESSES = (  # several processes or threads race
    *JOB,
    "tests/api/test_events.py",
    "tests/api/test_fair_queue.py",
    "tests/api/test_server.py",
    "tests/cli",
    "tests/load",
    "tests/operations",
    "tests/refresh",
    "tests/test_files.py",
    "tests/web/test_states.py",
)
JOBS = (*PROCESSES, "tests/aws/test_jobs.py", "tests/test_docs.py", "tests/test_logs.py")
PAGES = ("tests/web", "-m", "browser", "--ignore=tests/web/test_sizes.py")  # draws 100,000 recipes
TIMES = (  # clocks are read, moments are stored, compared and shown
    *JOB,
    "tests/artifacts",
    "tests/aws/test_end_to_end.py",
    "tests/catalogue",
    "tests/cli",
    "tests/operations",
    "tests/refresh",
    "tests/web/test_states.py",
    "tests/web/test_unit.py",
    *QUICK,
)
PLACES = (  # files, folders, settings, texts in some encoding, other programs
    *TIMES,
    "tests/api",
    "tests/aws",
    "tests/importing/test_imports.py",
    "tests/importing/test_readers.py",
    *sorted(str(file.relative_to(ROOT)) for file in (ROOT / "tests").glob("test_*.py")),
    # Long, and about what is the same in every place:
    "--ignore=tests/api/test_schema.py",
    "--ignore=tests/aws/test_image.py",
    "--ignore=tests/aws/test_policies.py",
    "--ignore=tests/aws/test_template.py",
)

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")

BUSY = "while True: pass"
WRITES = """
import os, sys
while True:
    with open(sys.argv[1], "wb") as file:
        file.write(bytes(1_000_000))
        os.fsync(file.fileno())
"""


@dataclass(frozen=True)
class Condition:
    """What is different, and the tests that may mind.

    before: a command that the run is started through.
    load: so many processes keep the processors busy meanwhile, and one the disk.
    """

    tests: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    workers: int = 2
    load: int = 0
    another_user: bool = False


def _vectors() -> str:
    """What NumPy would use of this processor beyond the least that it needs."""
    return " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", []))


def _blas(threads: int) -> dict[str, str]:
    return {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}


_HOOKS = {"PYTHONPATH": str(Path(__file__).parent / "jobs")}
CONDITIONS = {
    "any-processor": Condition(
        NUMERICS,
        {
            "NUMBA_CPU_NAME": "generic",
            "NPY_DISABLE_CPU_FEATURES": _vectors(),
            "OPENBLAS_CORETYPE": "Nehalem",
        },
    ),
    "zen": Condition(NUMERICS, {"OPENBLAS_CORETYPE": "Zen"}),
    "one-blas-thread": Condition(NUMERICS, _blas(1)),
    "two-blas-threads": Condition(NUMERICS, _blas(2)),
    "one-core": Condition(PROCESSES, before=("taskset", "--cpu-list", "0"), workers=0),
    "busy": Condition(PROCESSES, load=2 * (os.cpu_count() or 1)),
    "quick-jobs": Condition(JOBS, {**_HOOKS, "JOB_ENDS_FIRST": "1"}),
    "slow-jobs": Condition(JOBS, {**_HOOKS, "JOB_SECONDS": "10"}),
    "slow-pages": Condition(PAGES, {"SLOW_PAGES": "6"}),
    "late-answers": Condition(PAGES, {"LATE_ANSWERS": "1500"}),
    "far-east": Condition(PLACES, {"TZ": "Pacific/Kiritimati", "LC_ALL": "C"}),
    "far-west": Condition(TIMES, {"TZ": "Etc/GMT+12"}),
    "another-user": Condition(PLACES, another_user=True),
}
"""`generic` is LLVM's name of a processor, `Nehalem` and `Zen` are OpenBLAS's."""


@contextmanager
def _load(processes: int) -> Iterator[None]:
    """Others who want the processors and the disk."""
    with tempfile.NamedTemporaryFile() as file:
        commands = [[sys.executable, "-c", BUSY]] * processes
        commands += [[sys.executable, "-c", WRITES, file.name]] * (processes > 0)
        children = [subprocess.Popen(command) for command in commands]
        try:
            yield
        finally:
            for child in children:
                child.kill()
                child.wait()


@contextmanager
def _as_nobody(folder: Path, environment: dict[str, str]) -> Iterator[dict[str, object]]:
    """A user without a name or a home, who may write to the temporary folder alone."""
    for name in ("HOME", "USER", "LOGNAME", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    environment |= {"HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
    os.chown(folder, NOBODY, NOBODY)
    yield {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def run(condition: Condition, more: list[str]) -> int:
    """The tests under a condition; pytest's exit code."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="elsewhere-")))
        environment = {
            **os.environ,
            **condition.environment,
            "TMPDIR": str(folder),
            "NUMBA_CACHE_DIR": str(folder / "numba"),  # compiled for the condition's processor
        }
        options: dict[str, object] = {}
        if condition.another_user:
            options = stack.enter_context(_as_nobody(folder, environment))
        stack.enter_context(_load(condition.load))
        command = [*condition.before, sys.executable, *PYTEST]
        if condition.workers:
            command += ["-n", str(condition.workers), "--dist", "loadfile"]
        return subprocess.run(
            [*command, *condition.tests, *more], cwd=ROOT, env=environment, check=False, **options
        ).returncode


def _impossible(condition: Condition) -> str | None:
    """Why this machine cannot make the condition."""
    if condition.before and not shutil.which(condition.before[0]):
        return f"{condition.before[0]} is not on this machine"
    if condition.another_user and os.geteuid() != 0:
        return "only root may run tests as another user"
    if condition.another_user and not _others_may_run_python():
        return f"other users may not run {Path(sys.executable).resolve()}"
    return None


def _others_may_run_python() -> bool:
    try:
        return subprocess.run([sys.executable, "-c", ""], user=NOBODY, check=False).returncode == 0
    except PermissionError:
        return False


def main() -> None:
    """Run what is named, or everything, and say how it went."""
    arguments, _, more = " ".join(sys.argv[1:]).partition("--")
    names = arguments.split() or list(CONDITIONS)
    if unknown := set(names) - CONDITIONS.keys():
        raise SystemExit(f"{__doc__}\nno such condition: {unknown}; there are {list(CONDITIONS)}")
    red = []
    for name in names:
        if why := _impossible(CONDITIONS[name]):
            print(f"{name}: not run: {why}", flush=True)
            continue
        print(f"{name} ...", flush=True)
        started = time.monotonic()
        code = run(CONDITIONS[name], more.split())
        print(
            f"{name}: {'red' if code else 'green'}, {time.monotonic() - started:.0f} s", flush=True
        )
        red += [name] * (code != 0)
    raise SystemExit(f"red: {', '.join(red)}" if red else 0)


if __name__ == "__main__":
    main()
