"""Requests a second of one process: `python -m benchmarks.requests [--peer PYTHON]`.

Needs wrk. --peer: the interpreter of another checkout's environment; both versions serve the real
catalogue, each from a database of its own, and are asked in turn.
"""

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.ports import free_port

from benchmarks.catalogues import real_catalogue_path

PATHS = {
    "a page of 50 recipes": "/api/v1/recipes?limit=50",
    "one recipe": "/api/v1/recipes/1",
}
CODE = "from cocktailspace.cli import main; main()"


@contextlib.contextmanager
def serving(python: str, folder: Path) -> Iterator[int]:
    """The port of a server that this interpreter runs, over the real catalogue."""
    folder.mkdir()
    port = free_port()
    environment = os.environ | {
        "DB_PATH": str(folder / "catalogue.sqlite"),
        "ANALYTICS_PATH": str(folder / "artifacts"),
        "TOKENS_PATH": str(folder / "tokens.json"),
        "ANALYTICS_DEBOUNCE_MINUTES": "600",
    }
    command = [python, "-c", CODE]
    made = [*command, "import", "--yes", str(real_catalogue_path())]
    subprocess.run(made, env=environment, check=True, capture_output=True)
    served = [*command, "serve", "--port", str(port)]
    with subprocess.Popen(served, env=environment, stdout=subprocess.DEVNULL) as child:
        try:
            while not answers(port):
                if child.poll() is not None:
                    raise SystemExit("the server ended; it says why above")
                time.sleep(0.1)
            yield port
        finally:
            child.terminate()


def answers(port: int) -> bool:
    """Whether a server is there."""
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz")
        return True
    return False


def per_second(port: int, path: str, seconds: float) -> float:
    """Requests that eight connections get answered in a second."""
    command = ["wrk", "-t1", "-c8", f"-d{seconds:.0f}s", f"http://127.0.0.1:{port}{path}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(said)
    return float(re.findall(r"Requests/sec: +([\d.]+)", said)[0])


def main() -> None:
    """Measure in turn, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    pythons = [sys.executable, *([arguments.peer] if arguments.peer else [])]
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        ports = [
            stack.enter_context(serving(python, Path(folder) / str(number)))
            for number, python in enumerate(pythons)
        ]
        for what, path in PATHS.items():
            turns = [
                [per_second(port, path, arguments.seconds) for port in ports]
                for _ in range(arguments.rounds)
            ]
            medians = [statistics.median(each) for each in zip(*turns, strict=True)]
            ratios = [turn[0] / turn[-1] for turn in turns]
            shown = ", ".join(f"{each:,.0f}" for each in medians)
            print(f"{what}: {shown} a second; {statistics.median(ratios):.1f} x", flush=True)


if __name__ == "__main__":
    main()
