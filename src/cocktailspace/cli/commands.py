"""The commands. A user's mistake gets one clear line and a non-zero exit, never a traceback."""

import json
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from cocktailspace import __version__
from cocktailspace.api.auth.tokens import TokenError
from cocktailspace.artifacts.store import StoreError
from cocktailspace.bootstrap import Services, make_or_upgrade
from cocktailspace.catalogue import backup as backups
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.errors import MOST_PROBLEMS, CatalogueError, InvalidError
from cocktailspace.catalogue.revision import schema_revision
from cocktailspace.cli.agents import mcp
from cocktailspace.cli.bar import bar
from cocktailspace.cli.common import existing, fail, prepare, say, services_of
from cocktailspace.cli.compare import compare
from cocktailspace.cli.copying import copy
from cocktailspace.cli.doctor import examine
from cocktailspace.cli.importing import import_
from cocktailspace.cli.rds import rds_users
from cocktailspace.cli.tokens import first_token, token_app
from cocktailspace.cli.transfer import duplicates, export
from cocktailspace.cli.views import follow_job, run_table, status_json, status_text
from cocktailspace.logs import configure_logging
from cocktailspace.refresh.local_jobs import JobLog
from cocktailspace.refresh.status import RefreshState, renew_restored
from cocktailspace.settings import SettingsError
from cocktailspace.terminal import printable
from cocktailspace.wording import counted

app = typer.Typer(
    name="cocktailspace",
    help="A cocktail catalogue that keeps its own map: exact Earth Mover's Distance between all "
    "recipes, refreshed by itself.\n\nThe catalogue is data/catalogue.sqlite and the published "
    "analytics are data/artifacts, unless DB_PATH (or DATABASE_URL) and ANALYTICS_PATH (or "
    "ANALYTICS_BUCKET) say otherwise. Start with `cocktailspace serve`.",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # which joins the lines of a docstring's paragraph
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"cocktailspace {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Show the version and exit"
        ),
    ] = False,
) -> None:
    """What holds for all commands; the program's help says what it is."""


_SERVER = "The server and its analytics"
_RECIPES = "Recipes"
_DATA = "The catalogue as a database"


@app.command(rich_help_panel=_SERVER)
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [PORT, 8000]")] = None,
    starter: Annotated[
        str | None,
        typer.Option(
            help="What a new catalogue begins with: well-known recipes, their ingredients and "
            "units alone, or none [STARTER_CATALOGUE, recipes]",
            metavar="recipes|ingredients|none",
        ),
    ] = None,
) -> None:
    """Serve the API and the page, and keep the analytics up to date.

    Makes the catalogue where there is none; a new one begins with the starter catalogue.
    """
    # Only this command needs a server.
    from cocktailspace.api.app import create_app  # noqa: PLC0415
    from cocktailspace.api.server import ServerLimits, run  # noqa: PLC0415

    with services_of(host=host, port=port, starter_catalogue=starter) as services:
        configure_logging(services.settings.log_format, services.settings.log_level)
        prepare(services, starter=True)
        first_token(services.settings, services.database)
        settings = services.settings
        say(f"cocktailspace is at http://{settings.host}:{settings.port} (Ctrl-C stops it)")
        limits = ServerLimits(
            settings.max_connections,
            settings.max_request_seconds,
            settings.shutdown_seconds,
            settings.forwarded_allow_ips,
        )
        application = create_app(services, refresh=True)

        def stop() -> None:
            application.state.feed.stop()  # first: a stream would last for all the time to end
            services.refresher.stop()

        with _leasing(services):
            run(application, settings.host, settings.port, limits, on_stop=stop)


@app.command(rich_help_panel=_SERVER)
def refresh(
    wait: Annotated[bool, typer.Option(help="Follow the job until it ends")] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Compute even what is published already")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show the job's log instead of a bar")
    ] = False,
) -> None:
    """Compute the analytics now and publish them, without waiting for edits to end."""
    with existing() as services:
        if services.jobs is None:
            fail(
                "ANALYTICS_JOBS is batch, so jobs run in AWS Batch and not here; "
                "scripts/trigger-analytics-refresh.sh dev|prod starts one and follows it"
            )
        status = services.refresher.status()
        if services.lease is not None:
            services.lease.refuse_others(status.catalogue.catalogue_id)
        while True:
            renew_restored(services.database, status)
            log: JobLog = "nothing" if wait and not verbose else "all"
            job = services.jobs.submit(force=force, log=log)
            if not wait:
                say(f"job {job.id} runs; `cocktailspace status` shows how far it is")
                return
            follow_job(services.jobs, services.store, Console(stderr=True), show=not verbose)
            status = services.refresher.status()
            if services.jobs.started(job) or (status.state is RefreshState.FRESH and not force):
                break  # else another process's job ended, which may not have seen the last change
        if status.attempt is None or status.attempt.state != "succeeded" or status.manifest is None:
            reason = status.attempt and status.attempt.error
            fail(f"the job failed: {reason or 'see its log with --verbose'}")
        Console().print(run_table(status.manifest))


@app.command(rich_help_panel=_SERVER)
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts")] = False,
) -> None:
    """Say whether the analytics are up to date, what is pending, and when it is due."""
    with existing() as services:
        found = services.refresher.status()
        if as_json:
            say(json.dumps(status_json(found)))
        else:
            say(status_text(found, services.clock()))
        raise typer.Exit(1 if found.state is RefreshState.FAILED else 0)


app.command(name="import", rich_help_panel=_RECIPES)(import_)
for _command in (export, duplicates, compare, bar, mcp):
    app.command(rich_help_panel=_RECIPES)(_command)


@app.command(rich_help_panel=_DATA)
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the copy, a SQLite file")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name")] = False,
) -> None:
    """Write a whole copy of the catalogue, as it is at one moment, while others go on writing."""
    with services_of() as services:
        copied = backups.backup(services.database, file, force=force)
    say(f"written to {file}: {_summary(copied)}", err=True)


@app.command(rich_help_panel=_DATA)
def restore(
    file: Annotated[Path, typer.Argument(help="What `backup` wrote")],
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Even when the present catalogue has changes that the file lacks"
        ),
    ] = False,
) -> None:
    """Put a backup back as the catalogue, under a new identity; a running server goes on with it.

    The file is checked first, and stays as it is. The analytics follow by themselves.
    """
    with services_of() as services:
        network = services.settings.db_network_file_system
        copied = backups.restore(services.database, file, force=force, network_file_system=network)
        say(f"restored from {file}: {_summary(copied)}", err=True)


@app.command(name="migrate", rich_help_panel=_DATA)
def migrate_() -> None:
    """Make the catalogue, or upgrade it to this version of the program.

    `serve` and `import` do so by themselves, unless MIGRATE_AT_START is false: where several hosts
    share a catalogue, run this once, from the newest version.
    """
    with services_of() as services:
        make_or_upgrade(services.settings, services.database)
        with services.database.reading() as connection:
            say(f"the catalogue has schema {schema_revision(connection)}", err=True)


@app.command(rich_help_panel=_SERVER)
def doctor() -> None:
    """Check the set-up and say what to fix."""
    findings = examine()
    for finding in findings:
        mark = typer.style("ok  ", fg="green") if finding.ok else typer.style("FIX ", fg="red")
        typer.echo(f"{mark} {printable(finding.what)}")
        if not finding.ok:
            typer.echo(f"     {printable(finding.remedy)}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


app.add_typer(token_app, name="token", rich_help_panel=_SERVER)
app.command(rich_help_panel=_DATA)(copy)
app.command(name="rds-users", rich_help_panel=_DATA)(rds_users)


def main() -> NoReturn:
    """Run a command; errors that a user can act on become one line."""
    try:
        app()
    except InvalidError as error:
        listed = "\n".join(f"  {problem}" for problem in error.problems[:MOST_PROBLEMS])
        found = len(error.problems)
        more = found - MOST_PROBLEMS
        listed += f"\n  and {more:,} more" * (more > 0)
        fail(f"nothing was written; {counted(found, 'error')}:\n{listed}")
    except (CatalogueError, SettingsError, StoreError, TokenError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or 'the system'}: {error.strerror}")
    sys.exit(0)


def _leasing(services: Services) -> AbstractContextManager[None]:
    """Hold the lease of the artifacts folder while the server runs, where there is a lease."""
    if services.lease is None:
        return nullcontext()
    with services.database.reading() as connection:
        return services.lease.held_by(catalogue_state(connection).catalogue_id)


def _summary(copied: backups.CopySummary) -> str:
    state = copied.state
    return f"version {state.version} of {state.catalogue_id}, {counted(copied.recipes, 'recipe')}"
