"""Measure, and print the tables of targets: `python -m benchmarks [--quick] [--repeats 3]`.

Every figure is the median of some repeats, each in a process of its own; ratios are taken between
figures of one run, as the machine may be shared and noisy. `python -m benchmarks judgements` judges
the results. The whole job is measured by `benchmarks.whole_job`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks import judgements
from benchmarks.measures import MEASURES
from benchmarks.shapes import FORESTS

ROOT = Path(__file__).parents[1]
JUDGEMENTS = "judgements"
QUICK = ("neighbours 10k", "map 1356", "map stays 1356", JUDGEMENTS)
ONCE = (
    "neighbours 1M",
    "scipy 100k",
    "umap-learn 1356",
    "umap-learn 10k",
    "map 100k",
    "stability",
    "stability starter",
)
"""Too slow, or too steady, to be repeated."""
VERSIONS = ("numpy", "numba", "scipy", "pynndescent", "umap-learn")

Figures = dict[str, dict[str, float]]


def measured(name: str, repeats: int) -> dict[str, float]:
    """Medians of a measure's figures."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.measures", name]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as in the job
    runs = []
    for _ in range(1 if name in ONCE else repeats):
        answer = subprocess.check_output(command, text=True, cwd=ROOT, env=environment)
        runs.append(json.loads(answer.splitlines()[-1]))
    figures = {key: median(run[key] for run in runs) for key in runs[0]}
    print(f"  {name}: " + ", ".join(f"{k} {v:.4g}" for k, v in figures.items()), file=sys.stderr)
    return figures


def table(found: Figures) -> list[tuple[str, str, str]]:
    """Rows of (work, target, measured), as far as they were measured."""
    rows: list[tuple[str, str, str]] = []

    def row(needs: tuple[str, ...], work: str, target: str, text: str) -> None:
        if all(need in found for need in needs):
            values = {f"{n} {k}".replace(" ", "_"): v for n in needs for k, v in found[n].items()}
            rows.append((work, target, text.format(**values)))

    if {"neighbours 100k", "scipy 100k"} <= set(found):
        ours, scipy = found["neighbours 100k"], found["scipy 100k"]["seconds"]
        text = (
            f"{scipy / ours['seconds']:.0f} × ({ours['seconds']:.1f} s, {ours['peak_mb']:.0f} MB)"
        )
        work = "taxonomy neighbours, 100k, against scipy's all pairs (sampled)"
        rows.append((work, "≥ 500 ×, ≤ 350 MB", text))
    if {"neighbours 100k", "pynndescent 100k"} <= set(found):
        peer = found["pynndescent 100k"]
        ratio = peer["seconds"] / found["neighbours 100k"]["seconds"]
        text = f"{ratio:.1f} × ({peer['seconds']:.1f} s at {peer['recall']:.3f} recall)"
        rows.append(("the same against pynndescent, warm", "≥ 1.5 ×", text))
    row(
        ("neighbours 1M",),
        "taxonomy neighbours, 1 million",
        "≤ 300 s, ≤ 1500 MB",
        "{neighbours_1M_seconds:.0f} s, {neighbours_1M_peak_mb:.0f} MB",
    )
    if {"neighbours 10k", "neighbours 100k"} <= set(found):
        small, large = (found[f"neighbours {size}"]["seconds"] for size in ("10k", "100k"))
        rows.append(("growth exponent, 10k to 100k", "≤ 1.5", f"{math.log10(large / small):.2f}"))
    for name in FORESTS:
        if took := found.get(f"shape {name}"):
            work = f"1,000 recipes over 5,000 ingredients, {name}: every artifact"
            text = f"{took['seconds']:.1f} s (processor {took['processor']:.1f} s), "
            rows.append((work, "≤ 6 s, ≤ 300 MB", text + f"{took['peak_mb']:.0f} MB"))
    for name, recipes, most in (
        ("stability", "1,356", "≤ 2 %"),
        ("stability starter", "126", ""),  # where ten are many
    ):
        if name in found:
            work = f"{recipes} recipes, 500 edits: other recipes whose ten nearest change"
            rows.append((work, most, f"{100 * found[name]['share']:.2f} %"))
    for size in ("1356", "10k"):
        ours, peer = found.get(f"map {size}"), found.get(f"umap-learn {size}")
        if ours and peer:
            text = f"{ours['overlap']:.3f} against {peer['overlap']:.3f} "
            text += f"(processor {ours['processor']:.1f} s against {peer['processor']:.1f} s)"
            rows.append((f"map, {size}: overlap@15 against umap-learn", "within 0.01", text))
        if f"map stays {size}" in found:
            still = found[f"map stays {size}"]
            text = f"{still['move']:.3f} (processor {still['processor']:.2f} s)"
            rows.append((f"map, {size}: mean move / radius, 1 % replaced", "≤ 0.05", text))
    return rows


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    everything = (*MEASURES, JUDGEMENTS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(everything))
    parser.add_argument("--quick", action="store_true", help="what takes under a minute")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    names = arguments.names or (QUICK if arguments.quick else everything)
    if unknown := set(names) - set(everything):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(everything)}")
    found = {name: measured(name, arguments.repeats) for name in names if name in MEASURES}
    if found:
        print("| work | target | measured |\n|---|---|---|")
    for cells in table(found):
        print("| " + " | ".join(cells) + " |")
    if JUDGEMENTS in names:
        print(flush=True)
        judgements.main()
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    print(f"\n{machine()}; Python {platform.python_version()}, {versions}.")


def machine() -> str:
    """The processor, and how many of them."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.processor()


if __name__ == "__main__":
    main()
