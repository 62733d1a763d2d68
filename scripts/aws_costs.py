"""What the template costs a month, idle and at 1,000 edits a day; prints the table of the docs.

Prices are us-east-1 list prices as remembered in November 2026: an assumption, without free tiers.
"""

from dataclasses import dataclass

HOURS = 730
DAYS = 30
EDITS = 1_000 * DAYS
READS = 20 * EDITS
"""Requests that read, twenty for each edit."""
VISITS = 1_000 * DAYS
CALLS_A_VISIT = 3
"""Of Lambda: the page, the manifest and the status; CloudFront has the rest."""
TABS, POLL_SECONDS, TAB_HOURS = 50, 10, 8
POLLS = TABS * TAB_HOURS * 3600 // POLL_SECONDS * DAYS
"""Fifty tabs, looked at for eight hours a day, that ask each 5 s, or 15 while a run is pending."""
POLLS_THAT_CALL = min(POLLS, TAB_HOURS * 3600 // 5 * DAYS)
"""CloudFront answers for five seconds by itself, however many ask."""
IMPORTS = 10 * DAYS
"""Of some thousand recipes each: planned, carried out, and one in ten undone."""
RECONCILES = HOURS * 6
BILLED_HOURS_A_JOB = 10 / 60
"""An instance starts, runs a job of seconds, and waits for another before it goes."""
JOBS = {"dev": DAYS * 24 * 3, "prod": DAYS * 24}
"""Edits that never pause for a debounce: one job each max wait (20 minutes, an hour)."""
ZONES = {"dev": 1, "prod": 2}
LEAST_CAPACITY = 0.5
"""Of Aurora, in units of 2 GiB."""


@dataclass(frozen=True)
class Item:
    """One line of the bill."""

    name: str
    unit: str
    price: float
    idle: float
    busy: float


def bill(stage: str) -> list[Item]:
    """The lines for a stage; quantities are those of a month."""
    jobs = JOBS[stage]
    hours = jobs * BILLED_HOURS_A_JOB
    requests = EDITS + READS + VISITS * CALLS_A_VISIT + POLLS_THAT_CALL
    visits, polls = VISITS, POLLS
    return [
        Item("scheduler endpoint", "zone-hour", 0.01, ZONES[stage] * HOURS, ZONES[stage] * HOURS),
        Item("alarms", "metric", 0.10, 23, 23),
        Item("metrics", "metric", 0.30, 2, 2),
        Item("EFS storage and backup", "GB", 0.35, 0.1, 0.1),
        Item("EFS read, 0.1 MB a request", "GB", 0.03, RECONCILES * 1e-4, requests * 1e-4),
        Item("EFS write, 0.1 MB an edit", "GB", 0.06, 0, EDITS * 1e-4),
        Item("HTTP API", "million", 1.00, 0, requests / 1e6),
        Item("CloudFront, 65 requests a visit", "10,000", 0.01, 0, (visits * 65 + polls) / 1e4),
        Item("CloudFront, 1 MB a visit", "GB", 0.085, 0, visits / 1e3),
        Item("secret", "secret", 0.40, 1, 1),
        Item(
            "Lambda, 0.1 GB-s a request, 0.5 a reconcile",
            "million GB-s",
            13.33,
            RECONCILES * 0.5 / 1e6,
            (requests * 0.1 + RECONCILES * 0.5) / 1e6,
        ),
        Item("Lambda requests", "million", 0.20, RECONCILES / 1e6, (requests + RECONCILES) / 1e6),
        Item(
            "Lambda, imports, 20 GB-s each",
            "million GB-s",
            13.33,
            0,
            IMPORTS * 20 / 1e6,
        ),
        Item(
            "EventBridge, an event an object", "million", 1.00, 0, (jobs * 60 + IMPORTS * 6) / 1e6
        ),
        Item("Spot c7g.large with its disk and address", "hour", 0.037, 0, hours),
        Item("S3 storage", "GB", 0.023, 0.1, 0.1),
        Item("S3 writes, 60 a job", "thousand", 0.005, 0, jobs * 60 / 1e3),
        Item("images", "GB", 0.10, 1, 1),
        Item("logs, 0.5 kB of access log a request", "GB", 0.50, 0.02, 0.5 + requests * 5e-7),
    ]


def aurora_bill() -> list[Item]:
    """What Catalogue=aurora adds, whatever the stage.

    Busy: one unit of capacity in eight hours a day, the least in the others; five pages of storage
    for each edit and twenty for each read, as if its memory had none of them: assumptions.
    """
    idle = HOURS * LEAST_CAPACITY
    reads = (20 * READS + 5 * EDITS) / 1e6
    return [
        Item("Aurora capacity", "unit-hour", 0.12, idle, idle + DAYS * 8 * (1 - LEAST_CAPACITY)),
        Item("Aurora storage", "GB", 0.10, 1, 1),
        Item("Aurora input and output", "million", 0.20, RECONCILES * 10 / 1e6, reads),
        Item("Aurora backup, 35 days", "GB", 0.021, 1, 2),
        Item("an alarm", "metric", 0.10, 1, 1),
    ]


def aurora_table() -> str:
    """Markdown: the same for what Aurora adds."""
    items = aurora_bill()
    lines = ["| | price in $ | idle | $ | busy | $ |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {each.name} | {each.price:g} per {each.unit} | {each.idle:.4g} "
        f"| {each.idle * each.price:.2f} | {each.busy:.4g} | {each.busy * each.price:.2f} |"
        for each in items
    ]
    idle, busy = (
        sum(getattr(each, load) * each.price for each in items) for load in ("idle", "busy")
    )
    lines.append(f"| **more a month** | | | **{idle:.2f}** | | **{busy:.2f}** |")
    return "\n".join(lines)


def table() -> str:
    """Markdown: quantity and dollars of each line, and the sums."""
    dev, prod = bill("dev"), bill("prod")
    lines = [
        "| | price in $ | prod, idle | $ | prod, busy | $ | dev, idle, $ | dev, busy, $ |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for here, there in zip(prod, dev, strict=True):
        cells = [
            here.name,
            f"{here.price:g} per {here.unit}",
            f"{here.idle:.4g}",
            f"{here.idle * here.price:.2f}",
            f"{here.busy:.4g}",
            f"{here.busy * here.price:.2f}",
            f"{there.idle * there.price:.2f}",
            f"{there.busy * there.price:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    sums = [
        sum(each.idle * each.price for each in prod),
        sum(each.busy * each.price for each in prod),
        sum(each.idle * each.price for each in dev),
        sum(each.busy * each.price for each in dev),
    ]
    first, second, third, fourth = (f"**{each:.2f}**" for each in sums)
    lines.append(f"| **a month** | | | {first} | | {second} | {third} | {fourth} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
    print()
    print(aurora_table())
