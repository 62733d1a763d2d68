"""Years in an hour: `python -m benchmarks.long_run [--refreshes 1000] [--plot FILE]`.

A real `cocktailspace serve` over a small catalogue; an edit, its refresh by a real job, the next
edit, and so on. After each, what the server holds: open files, threads, child processes, memory;
and what lies on its disk. Prints the first, the last and the extremes, and how fast they grow.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from tests.ports import free_port

WARM_UP = 0.1
"""The share of the refreshes in which caches fill: growth is measured after it."""
PATIENCE_SECONDS = 300.0

CATALOGUE = {
    "format": "catalogue/1",
    "units": [{"name": "Ounce", "abbreviation": "oz", "millilitres": 30.0}],
    "ingredients": [
        {"name": name, "parent": None, "allow_substitution": False}
        for name in ("Gin", "Campari", "Vermouth", "Lemon", "Sugar")
    ],
    "recipes": [
        {"name": name, "ingredients": [{"ingredient": each} for each in used]}
        for name, used in (
            ("Negroni", ("Gin", "Campari", "Vermouth")),
            ("Martini", ("Gin", "Vermouth")),
            ("Gin Sour", ("Gin", "Lemon", "Sugar")),
            ("Americano", ("Campari", "Vermouth")),
        )
    ],
}


@dataclass(frozen=True, slots=True)
class Sample:
    """The server after a refresh."""

    open_files: int
    threads: int
    children: int
    memory_mb: float
    runs: int
    disk_mb: float
    seconds: float


class Server:
    """`cocktailspace serve` with a token of its own, refreshing at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            **os.environ,
            "DB_PATH": str(folder / "catalogue.sqlite"),
            "ANALYTICS_PATH": str(folder / "artifacts"),
            "TOKENS_PATH": str(folder / "tokens.json"),
            "ANALYTICS_DEBOUNCE_MINUTES": "0",
            "MAX_WRITES_PER_MINUTE": "1000000",
        }
        (folder / "small.json").write_text(json.dumps(CATALOGUE))
        self._command("import", "--yes", str(folder / "small.json"))
        token = self._command("token", "new", "bench", "--role", "admin").strip()
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        }
        log = (folder / "serve.log").open("ab")
        self.child = subprocess.Popen(
            [*_PROGRAM, "serve", "--port", str(self.port)],
            env=self.environment,
            stdout=log,
            stderr=log,
        )

    def _command(self, *arguments: str) -> str:
        return subprocess.check_output([*_PROGRAM, *arguments], env=self.environment, text=True)

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """A request on a connection of its own; None while there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, self._headers)
            answer = connection.getresponse()
            text = answer.read()
            return json.loads(text) if answer.status < 300 else None
        except OSError:
            return None
        finally:
            connection.close()

    def refresh_after_an_edit(self, number: int) -> float:
        """Change the catalogue, and wait until that is published; how many seconds it took."""
        unit = {"name": "Ounce", "abbreviation": "oz", "millilitres": 30.0 + number / 1e6}
        started = time.monotonic()
        assert self.request("PUT", "/api/v1/units/1", unit) is not None
        self.wait_until_fresh()
        return time.monotonic() - started

    def wait_until_fresh(self) -> None:
        """Until everything is published, and no child is left."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            found = self.request("GET", "/api/v1/refresh")
            if found is not None and found["state"] == "fresh":
                return
            time.sleep(0.02)
        raise TimeoutError((self.folder / "serve.log").read_text()[-2000:])

    def sample(self, seconds: float) -> Sample:
        """What the server holds now."""
        process = Path("/proc") / str(self.child.pid)
        status = (process / "status").read_text()
        memory = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert memory is not None
        tasks = list((process / "task").iterdir())
        children = 0
        for task in tasks:
            with contextlib.suppress(FileNotFoundError):  # a thread that ends as we look
                children += len((task / "children").read_text().split())
        runs = self.folder / "artifacts/analytics/v1/runs"
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return Sample(
            open_files=len(list((process / "fd").iterdir())),
            threads=len(tasks),
            children=children,
            memory_mb=int(memory[1]) / 1024,
            runs=len(list(runs.iterdir())),
            disk_mb=sum(path.stat().st_size for path in files) / 1e6,
            seconds=seconds,
        )

    def stop(self) -> None:
        """As Ctrl-C does."""
        self.child.terminate()
        self.child.wait(60)


_PROGRAM = [sys.executable, "-c", "from cocktailspace.cli import main; main()"]


def measure(refreshes: int, log: Path | None) -> list[Sample]:
    """One server, so many refreshes; the samples so far are in `log`, a JSON array a line."""
    with tempfile.TemporaryDirectory(prefix="long-run-") as folder:
        server = Server(Path(folder))
        try:
            server.wait_until_fresh()
            samples = []
            for number in range(1, refreshes + 1):
                seconds = server.refresh_after_an_edit(number)
                samples.append(server.sample(seconds))
                if log is not None:
                    with log.open("a") as lines:
                        lines.write(json.dumps(astuple(samples[-1])) + "\n")
                if number % 50 == 0:
                    print(f"  {number}: {samples[-1]}", file=sys.stderr, flush=True)
            return samples
        finally:
            server.stop()


def growth(values: Sequence[float]) -> float:
    """By how much a value grows in 1,000 refreshes: the least-squares slope."""
    slope, _ = statistics.linear_regression(range(len(values)), values)
    return 1000 * slope


def table(samples: Sequence[Sample]) -> str:
    """First, last, extremes and growth of each figure after the warm-up."""
    rows = ["| | first | last | least | most | growth per 1,000 |", "|---|---|---|---|---|---|"]
    warm = samples[int(WARM_UP * len(samples)) :]
    for index, column in enumerate(fields(Sample)):
        values = [float(astuple(sample)[index]) for sample in warm]
        name = column.name.replace("_", " ")
        figures = [values[0], values[-1], min(values), max(values), growth(values)]
        rows.append(f"| {name} | " + " | ".join(f"{value:,.4g}" for value in figures) + " |")
    return "\n".join(rows)


def draw(samples: Sequence[Sample], path: Path) -> None:
    """Four panels over the number of refreshes."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy, and for the picture alone

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    mpl.rcParams.update({"svg.hashsalt": "long run", "font.size": 8, "svg.fonttype": "none"})
    figure, grid = plt.subplots(2, 2, figsize=(8, 4), sharex=True, facecolor="#ffffff")
    step = max(1, len(samples) // 250)
    numbers = range(1, len(samples) + 1, step)
    for axes, title, columns in (
        (grid[0][0], "server's memory, MB", ["memory_mb"]),
        (grid[0][1], "open files, threads, child processes", ["open_files", "threads", "children"]),
        (grid[1][0], "runs kept", ["runs"]),
        (grid[1][1], "on disk, MB", ["disk_mb"]),
    ):
        for column, colour in zip(columns, ("#0072b2", "#d55e00", "#009e73"), strict=False):
            values = [getattr(sample, column) for sample in samples[::step]]
            label = column.replace("_", " ")
            axes.plot(numbers, values, color=colour, lw=1, label=label)
        axes.set_title(title, fontsize=9, loc="left")
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#dddddd", lw=0.5)
        if len(columns) > 1:
            axes.legend(frameon=False, ncol=3)
    for axes in grid[1]:
        axes.set_xlabel("refreshes")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, facecolor="#ffffff", metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--refreshes", type=int, default=1000)
    parser.add_argument("--plot", type=Path, help="where to draw the picture, an SVG")
    parser.add_argument("--samples", type=Path, help="where to keep all samples")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped too
    started = time.monotonic()
    samples = measure(arguments.refreshes, arguments.samples)
    print(table(samples))
    print(f"\n{len(samples):,} refreshes in {(time.monotonic() - started) / 60:.0f} min")
    if arguments.plot:
        draw(samples, arguments.plot)


if __name__ == "__main__":
    main()
