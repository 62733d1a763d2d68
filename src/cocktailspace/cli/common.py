"""What all commands share: the services, output, and errors."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from sqlalchemy import URL

from cocktailspace import wording
from cocktailspace.analytics.published import is_readable
from cocktailspace.artifacts.manifest import current_manifest
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.bootstrap import Services, build_services, prepare_catalogue
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.migrate import require_catalogue
from cocktailspace.catalogue.transfer import ImportSummary
from cocktailspace.setting_types import database_url
from cocktailspace.settings import read_settings
from cocktailspace.terminal import printable

STDIO = Path("-")
"""Stands for standard input or output where a file is asked for."""
STANDARD_INPUT = "standard input"

_SHOWN = 12
"""So many names of a list are printed."""


def say(text: str, *, err: bool = False) -> None:
    """Print a text, with its control characters escaped."""
    typer.echo(printable(text), err=err)


def fail(message: str) -> NoReturn:
    """Print an error and exit with code 1."""
    typer.echo(f"{typer.style('error:', fg='red')} {printable(message)}", err=True)
    sys.exit(1)


def listed(names: Sequence[str], count: int) -> str:
    """The first names of so many, and how many there are besides."""
    return wording.listed(names, _SHOWN, count)


def url_of(text: str) -> URL:
    """The URL of a database; ends the program where the text is none of ours."""
    try:
        return database_url(text)
    except ValueError as error:
        fail(str(error))


def published_run_id(store: ArtifactStore) -> str:
    """The id of the published run; NotFoundError where there is none that this program reads."""
    manifest = current_manifest(store)
    if manifest is None or not is_readable(manifest):
        raise NotFoundError(
            "there are no analytics of this version yet; `cocktailspace refresh` makes them"
        )
    return manifest.run_id


@contextmanager
def services_of(**overrides: object) -> Iterator[Services]:
    """The services for one command, from the environment and overrides (those not None)."""
    given = {name: value for name, value in overrides.items() if value is not None}
    with closing(build_services(read_settings(**given))) as services:
        yield services


@contextmanager
def existing() -> Iterator[Services]:
    """The services of a catalogue that exists; SchemaError where there is none."""
    with services_of() as services:
        require_catalogue(services.database)
        yield services


def prepare(services: Services, *, starter: bool) -> None:
    """Make or upgrade the catalogue; with `starter`, fill an empty one."""
    summary = prepare_catalogue(services.settings, services.database, starter=starter)
    if summary is not None:
        say(f"the catalogue is new; starter catalogue: {described(summary)}")


def described(summary: ImportSummary) -> str:
    """What an import did, in one line."""
    return (
        f"{summary.created} created, {summary.updated} updated, {summary.deleted} deleted, "
        f"{summary.unchanged} unchanged"
    )
