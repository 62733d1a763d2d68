"""What one job takes, alone and on several instances, by its recipes; the table of the docs.

Measured: the processor's seconds and the memory of whole jobs of 100,000 and 1,000,000 recipes
(`benchmarks.whole_job`), and which part of them a cluster takes over (`benchmarks.cluster`). All
else is extrapolated by the power law through the two, or is an assumption and called so.
"""

import math
from dataclasses import dataclass

SECONDS = {100_000: 54.0, 1_000_000: 1376.0}
"""Of the processor, by the whole of a first job."""
MEGABYTES = {100_000: 691.0, 1_000_000: 3898.0}
"""The most that a job held."""
MAPPED = 17.0
"""What one worker took over of it when everything was compiled: neighbours and plans."""
MAPPED_GROWTH = 1.33
"""Exponent of the search for neighbours, measured from 10,000 to 1,000,000 recipes."""
BYTES_A_RECIPE = {"largest": 3105.0, "catalogue": 685.0, "to a worker": 350.0, "back": 1170.0}
"""Measured at 100,000: the largest artifact; the SQLite file; what is broadcast; the results."""
WIRE = 600e6
"""Bytes a second between two instances: an assumption, half of what 10 Gbit/s are."""
PRICES = {"c7g.large": 0.0725, "c7g.2xlarge": 0.29, "r7g.4xlarge": 0.8568, "r7g.16xlarge": 3.4272}
"""Dollars an hour on demand in us-east-1, as remembered in November 2026: an assumption."""
THREADS = {"c7g.large": 2, "c7g.2xlarge": 8, "r7g.4xlarge": 16, "r7g.16xlarge": 64}


@dataclass(frozen=True)
class Job:
    """A job of so many recipes. One processor here counts as one there: an assumption."""

    recipes: int

    @property
    def mapped(self) -> float:
        """Processor seconds that threads or workers share."""
        return MAPPED * (self.recipes / 1e5) ** MAPPED_GROWTH

    @property
    def alone(self) -> float:
        """Processor seconds of what one thread does: maps, regions, words, writing."""
        (few, less), (many, more) = (
            (n, seconds - MAPPED * (n / 1e5) ** MAPPED_GROWTH) for n, seconds in SECONDS.items()
        )
        growth = math.log(more / less) / math.log(many / few)
        return less * (self.recipes / few) ** growth

    @property
    def gigabytes(self) -> float:
        """Memory of the process, by the line through what was measured."""
        (few, less), (many, more) = MEGABYTES.items()
        return (less + (more - less) / (many - few) * (self.recipes - few)) / 1e3

    @property
    def scratch(self) -> float:
        """Gigabytes in the temporary folder: the catalogue's copy and the largest artifact."""
        return self.recipes * (BYTES_A_RECIPE["largest"] + BYTES_A_RECIPE["catalogue"]) / 1e9

    def seconds(self, instance: str, nodes: int) -> float:
        """How long it takes on so many instances, if none waits for another."""
        broadcast = self.recipes * BYTES_A_RECIPE["to a worker"] * math.log2(max(nodes, 1))
        back = self.recipes * BYTES_A_RECIPE["back"] if nodes > 1 else 0.0
        wire = (broadcast + back) / WIRE
        return self.alone + self.mapped / (THREADS[instance] * nodes) + wire


CASES = (
    (100_000, "c7g.large", (1, 5)),
    (1_000_000, "c7g.2xlarge", (1, 5)),
    (10_000_000, "r7g.4xlarge", (1, 5)),
    (100_000_000, "r7g.16xlarge", (1, 17)),
)


def table() -> str:
    """The table of docs/scaling.md."""
    lines = [
        "| recipes | memory + scratch | processor: one thread's, shared | instances "
        "| $ an hour | takes | $ a job |",
        "|---|---|---|---|---|---|---|",
    ]
    for recipes, instance, counts in CASES:
        job = Job(recipes)
        for nodes in counts:
            seconds = job.seconds(instance, nodes)
            dollars = seconds / 3600 * nodes * PRICES[instance]
            lines.append(
                f"| {recipes:,} | {job.gigabytes:.1f} + {job.scratch:.1f} GB "
                f"| {_time(job.alone)}, {_time(job.mapped)} | {nodes} {instance} "
                f"| {nodes * PRICES[instance]:.2f} | {_time(seconds)} | {dollars:.2f} |"
            )
    return "\n".join(lines)


def _time(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


if __name__ == "__main__":
    print(table())
