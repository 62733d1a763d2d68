"""The whole job as a process: `python -m benchmarks.whole_job [--recipes N] [--once]`.

Measures `python -m cocktailspace.analytics` on the real catalogue, or on a made-up one of N
recipes: its very first run on a machine (nothing compiled), later ones that start from the previous
map, and one after 1 % of the recipes have changed. --once stops after a single first run, which is
enough for a million.
"""

import argparse
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import read_published
from cocktailspace.bootstrap import Services, build_services
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.recipes import load_drafts, replace_recipes
from cocktailspace.catalogue.transfer import import_file, parse_file
from cocktailspace.settings import Settings

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("COCKTAILSPACE_SHARED", ROOT.parent / "shared" / "data"))
_AT_ONCE = 100_000
"""Recipes that are imported together: a million would take gigabytes."""
PEER_SECONDS, PEER_MB = 1492.0, 3000.0  # benchmarks/README.md says where they are from


@dataclass(frozen=True)
class Run:
    """One process: wall time, processor time of all its threads, peak memory."""

    seconds: float
    processor_seconds: float
    peak_mb: float


def run_job(services: Services, cache: Path) -> Run:
    """Run the job once, with compiled code kept in `cache`."""
    environment = {**os.environ, **services.settings.environment(), "NUMBA_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "cocktailspace.analytics", "--force"]
    started = time.perf_counter()
    child = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdout is not None
    line = child.stdout.read().decode().splitlines()[-1]
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.stdout.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"the job failed: {line}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _services(place: Path) -> Services:
    return build_services(
        Settings(db_path=place / "catalogue.sqlite", analytics_path=place / "artifacts")
    )


def _apart(work: Callable[..., None], *arguments: Any) -> None:
    """Work in a process of its own: Linux counts the peak memory of whoever starts a process as
    the process's own, so this one has to stay small.
    """
    child = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(child.exitcode)


def fill(place: Path, recipes: int | None) -> None:
    """Make the catalogue."""
    database = _services(place).database
    migrate(database)
    document = json.loads(catalogue_text(recipes))
    for start in range(0, len(document["recipes"]), _AT_ONCE):
        part = {**document, "recipes": document["recipes"][start : start + _AT_ONCE]}
        with database.transaction() as tx:
            import_file(tx, parse_file(json.dumps(part)))


def change_some(place: Path, share: float) -> None:
    """Give a share of the recipes the ingredients of other ones."""
    rng = random.Random(1)
    with _services(place).database.transaction() as tx:
        rows = tx.connection.exec_driver_sql("SELECT id FROM recipes").scalars().all()
        chosen = rng.sample(list(rows), max(1, int(share * len(rows))))
        donors = list(load_drafts(tx.connection, rng.choices(rows, k=len(chosen))).values())
        drafts = {
            recipe_id: draft.model_copy(update={"ingredients": rng.choice(donors).ingredients})
            for recipe_id, draft in load_drafts(tx.connection, chosen).items()
        }
        replace_recipes(tx, drafts, [""] * len(drafts))


def catalogue_text(recipes: int | None) -> bytes:
    """The real catalogue, or a made-up one of so many recipes."""
    if recipes is None:
        path = SHARED / "catalogue-1356.json"
        if not path.exists():
            raise SystemExit(
                f"the real catalogue is not at {path} (COCKTAILSPACE_SHARED says where)"
            )
        return path.read_bytes()
    command = [sys.executable, "-m", "benchmarks.synthetic", str(recipes)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", type=int, help="a made-up catalogue instead of the real one")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--once", action="store_true", help="the first run alone, once")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        services = _services(place)
        _apart(fill, place, arguments.recipes)
        if arguments.once:
            _print("first run, everything compiled", [run_job(services, place / "cache")])
            _print_steps(place)
            return
        caches = [place / f"cache-{number}" for number in range(arguments.repeats)]
        firsts = [run_job(services, cache) for cache in caches]
        laters = [run_job(services, caches[0]) for _ in range(arguments.repeats)]
        _apart(change_some, place, 0.01)
        refreshes = [run_job(services, caches[0]) for _ in range(arguments.repeats)]
        _print("first run, everything compiled", firsts)
        _print("later run, cold process", laters)
        _print("refresh, 1 % of the recipes changed", refreshes)
        if arguments.recipes is None:
            ratio = PEER_SECONDS / statistics.median(run.seconds for run in laters)
            peer = f"{PEER_SECONDS:,.0f} s, {PEER_MB:,.0f} MB"
            print(f"the peer: {peer}; this is {ratio:.0f} times faster")
        _print_steps(place)


def _print_steps(place: Path) -> None:
    published = read_published(FolderStore(place / "artifacts"))
    assert published is not None
    assert published.manifest is not None
    print("seconds by step:", json.dumps(published.manifest.seconds))


def _print(name: str, runs: list[Run]) -> None:
    seconds = statistics.median(run.seconds for run in runs)
    processor = statistics.median(run.processor_seconds for run in runs)
    each = ", ".join(f"{run.seconds:.2f}" for run in runs)
    peak = max(run.peak_mb for run in runs)
    print(f"{name}: {seconds:.2f} s (each: {each}; processor {processor:.2f} s), {peak:.0f} MB")


if __name__ == "__main__":
    main()
