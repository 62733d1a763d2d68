"""Measure, and print the table of targets: `python -m benchmarks [--quick] [--repeats 3]`.

Every figure is the median of some repeats, each in a process of its own; ratios are taken between
figures of one run, as the machine may be shared and noisy. The whole job is measured by
`benchmarks.whole_job`.
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

from benchmarks.measures import MEASURES, PEERS, ROOT

QUICK = ("pairs", "neighbours 10k", "learned 1356", "engine", "map 1356", "stability 1356")
ONCE = ("neighbours 1M", "scipy 100k", "umap-learn 1356", "umap-learn 10k", "map 100k")
"""Too slow, or too steady, to be repeated."""
VERSIONS = ("numpy", "numba", "llvmlite", "fastumap", "POT", "scipy", "pynndescent", "umap-learn")

Figures = dict[str, dict[str, float]]


def prepare_peers() -> None:
    """Make the environment of the peer that needs an older numpy."""
    if (PEERS / "bin" / "python").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
    requirements = ROOT / "requirements" / "peers.txt"
    pip = [PEERS / "bin" / "python", "-m", "pip", "--quiet", "install", "-r", requirements]
    subprocess.run(pip, check=True)


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

    row(
        ("pairs",),
        "EMD of a pair, learned cost, one thread: against `ot.emd2` / POT's C++ called directly",
        "≥ 120 × / ≥ 8 ×",
        "{pairs_times_pot_emd2:.0f} × / {pairs_times_pot_direct:.1f} × ({pairs_ours_us:.2f} µs)",
    )
    row(
        ("pairs",),
        "EMD of a pair, costs between points: against `wasserstein`",
        "≥ 2 ×",
        "{pairs_times_wasserstein:.1f} × ({pairs_ours_points_us:.2f} µs)",
    )
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
    row(
        ("learned 1356",),
        "neighbours under learned costs, 1,356",
        "≤ 0.3 s",
        "{learned_1356_seconds:.2f} s (learning {learned_1356_learning_seconds:.2f} s)",
    )
    row(
        ("learned 100k",),
        "neighbours under learned costs, 100k",
        "≤ 70 s, ≤ 400 MB",
        "{learned_100k_seconds:.0f} s, {learned_100k_peak_mb:.0f} MB "
        "(learning {learned_100k_learning_seconds:.0f} s, {learned_100k_rounds:.0f} rounds)",
    )
    row(
        ("engine", "engine first"),
        "the engine's part of a job on 1,356, cold process (first run on a machine; one cold map)",
        "",
        "{engine_distances_seconds:.1f} s, {engine_peak_mb:.0f} MB "
        "({engine_first_distances_seconds:.1f} s; {engine_cold_map_seconds:.1f} s)",
    )
    for size in ("1356", "10k"):
        ours, peer = found.get(f"map {size}"), found.get(f"umap-learn {size}")
        if ours and peer:
            text = f"{ours['overlap']:.3f} against {peer['overlap']:.3f} "
            text += f"({ours['seconds']:.1f} s against {peer['seconds']:.1f} s)"
            rows.append((f"map, {size}: overlap@15 against umap-learn", "within 0.01", text))
        if f"stability {size}" in found:
            still = found[f"stability {size}"]
            text = f"{still['move']:.3f} ({still['seconds']:.2f} s)"
            rows.append((f"map, {size}: mean move / radius, 1 % replaced", "≤ 0.05", text))
    return rows


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--quick", action="store_true", help="what takes under a minute")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    names = arguments.names or (QUICK if arguments.quick else tuple(MEASURES))
    if "pairs" in names:
        prepare_peers()
    found = {name: measured(name, arguments.repeats) for name in names}
    print("| work | target | measured |\n|---|---|---|")
    for cells in table(found):
        print("| " + " | ".join(cells) + " |")
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
