"""Compile the engine into NATIVE_CODE_PATH for the job's image, and fail if a job would not use it.

Everything is compiled, also what only larger catalogues call. Then the real job runs on the starter
catalogue and must find all that it needs.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from cocktailspace.bootstrap import build_services, prepare_catalogue
from cocktailspace.settings import Settings

NEEDED = ("NATIVE_CODE_PATH", "NUMBA_CPU_NAME")


def main() -> None:
    """Compile for this environment."""
    if missing := [name for name in NEEDED if name not in os.environ]:
        sys.exit(f"{', '.join(missing)} must be set, as they will be when the job runs")
    run("cocktailspace.analytics.native.build", "cocktailspace.analytics.transport")
    folder = Path(os.environ["NATIVE_CODE_PATH"])
    compiled = set(folder.iterdir())
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(
            db_path=Path(place) / "catalogue.sqlite", analytics_path=Path(place) / "artifacts"
        )
        with closing(build_services(settings).database) as database:
            prepare_catalogue(settings, database, starter=True)
        run("cocktailspace.analytics", "--force", **settings.environment())
    if set(folder.iterdir()) != compiled:
        sys.exit(f"the job compiled again: what is in {folder} is of no use to it")
    print(f"{len(compiled)} files in {folder}, and the job needs no other")


def run(module: str, *arguments: str, **environment: str) -> None:
    """A module in a process of its own, as in production."""
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, env={**os.environ, **environment}, check=True)


if __name__ == "__main__":
    main()
