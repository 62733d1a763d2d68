"""What commands print: progress, tables, sentences."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from cocktailspace.artifacts.attempt import read_attempt
from cocktailspace.artifacts.manifest import Manifest
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.refresh.ports import JobQueue
from cocktailspace.refresh.status import RefreshState, RefreshStatus
from cocktailspace.terminal import printable
from cocktailspace.times import to_text
from cocktailspace.wording import counted

_LOOK_SECONDS = 0.1


def follow_job(jobs: JobQueue, store: ArtifactStore, console: Console, *, show: bool) -> None:
    """Wait until no job is active, showing how far it is."""
    columns = (TextColumn("{task.description:<20}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not show) as progress:
        task = progress.add_task("starting", total=1.0)
        while (job := jobs.active()) is not None:
            attempt = read_attempt(store)
            if attempt is not None and attempt.job_id == job.id:
                progress.update(
                    task, description=printable(attempt.step), completed=attempt.fraction
                )
            time.sleep(_LOOK_SECONDS)


def plan_table(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    """What an import would do: each row says what happens, and to what."""
    table = Table(title=Text(printable(title)), show_header=False)
    table.add_column(style="bold")
    table.add_column()
    for what, text in rows:
        table.add_row(what, Text(printable(text)))
    return table


def run_table(manifest: Manifest) -> Table:
    """A run in numbers: what went in, how long each step took, what came out."""
    table = Table(show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_row("run", _plain(manifest.run_id))
    table.add_row("catalogue version", f"{manifest.source_version:,}")
    for name, count in manifest.counts.items():
        table.add_row(_plain(name.replace("_", " ")), f"{count:,}")
    table.add_section()
    for step, seconds in manifest.seconds.items():
        table.add_row(_plain(step), f"{seconds:.2f} s")
    table.add_section()
    for name, entry in manifest.artifacts.items():
        table.add_row(_plain(name), f"{entry.bytes / 1024:,.0f} KiB")
    return table


def _plain(text: str) -> Text:
    """A table cell with the text as it is: no markup, control characters escaped."""
    return Text(printable(text))


def status_text(status: RefreshStatus, now: datetime) -> str:
    """The status in a few sentences."""
    lines = [_headline(status, now)]
    if status.manifest is None:
        lines.append("nothing is published yet")
    else:
        lines.append(
            f"published: version {status.manifest.source_version} of "
            f"{to_text(status.manifest.generated_at)} (run {status.manifest.run_id})"
        )
    lines.append(f"catalogue: version {status.catalogue.version} ({status.catalogue.catalogue_id})")
    return "\n".join(lines)


def status_json(status: RefreshStatus) -> dict[str, Any]:
    """The status for scripts."""
    return {
        "state": status.state,
        "catalogue_id": status.catalogue.catalogue_id,
        "catalogue_version": status.catalogue.version,
        "published_version": status.manifest.source_version if status.manifest else None,
        "published_run_id": status.manifest.run_id if status.manifest else None,
        "pending_changes": status.pending_changes,
        "pending_since": to_text(status.pending_since) if status.pending_since else None,
        "due_at": to_text(status.due_at) if status.due_at else None,
        "overdue_at": to_text(status.overdue_at) if status.overdue_at else None,
        "job_id": status.job.id if status.job else None,
        "attempt": status.attempt.model_dump(mode="json") if status.attempt else None,
    }


def _headline(status: RefreshStatus, now: datetime) -> str:
    attempt = status.attempt
    match status.state:
        case RefreshState.FRESH:
            return "fresh: the published analytics are those of the catalogue as it is"
        case RefreshState.RUNNING:
            step = f"{attempt.step}, {attempt.fraction:.0%}" if attempt else "starting"
            return f"running: {step} (job {status.job.id if status.job else '?'})"
        case RefreshState.FAILED:
            error = attempt.error if attempt and attempt.error else "the job ended without a report"
            return f"failed: {error}; next try {_when(status.due_at, now)}"
        case RefreshState.PENDING:
            when = f"due {_when(status.due_at, now)} while a server runs"
            if status.outdated:
                return f"pending: an older version of the program made what is published; {when}"
            if status.restored:
                return f"pending: another copy of the catalogue was put in its place; {when}"
            return f"pending: {counted(status.pending_changes, 'change')}; {when}"


def _when(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "unknown"
    wait = moment - now
    return "now" if wait <= timedelta(0) else f"in {timedelta(seconds=round(wait.total_seconds()))}"
