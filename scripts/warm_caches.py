"""Fill NUMBA_CACHE_DIR for the job's image, and fail if a later process would not use it.

Runs the real job on the starter catalogue, twice, each in a process of its own: the first compiles,
the second must find all of it. What a job on larger catalogues calls is the same code.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cocktailspace.bootstrap import build_services
from cocktailspace.catalogue.exchange import import_file, starter_file
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.settings import Settings

NEEDED = ("NUMBA_CACHE_DIR", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")


def main() -> None:
    """Warm the caches of this environment."""
    if missing := [name for name in NEEDED if name not in os.environ]:
        sys.exit(f"{', '.join(missing)} must be set, as they will be when the job runs")
    cache = Path(os.environ["NUMBA_CACHE_DIR"])
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            db_path=Path(folder) / "catalogue.sqlite", analytics_path=Path(folder) / "artifacts"
        )
        fill_catalogue(settings)
        run_job(settings)
        compiled = contents(cache)
        if not compiled:
            sys.exit(f"the job compiled nothing into {cache}")
        run_job(settings)
    if contents(cache) != compiled:
        sys.exit("a second process compiled again: the cache is of no use to it")
    print(f"{len(compiled)} files in {cache}, used by a second process as they are")


def fill_catalogue(settings: Settings) -> None:
    """A new database with the starter catalogue."""
    database = build_services(settings).database
    migrate(database)
    with database.transaction() as tx:
        import_file(tx, starter_file())
    database.close()


def run_job(settings: Settings) -> None:
    """The job as it is run in production."""
    subprocess.run(
        [sys.executable, "-m", "cocktailspace.analytics", "--force"],
        env={**os.environ, **settings.environment()},
        check=True,
    )


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of each file."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


if __name__ == "__main__":
    main()
