"""Whole catalogues in and out, and what came in twice."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cocktailspace.bootstrap import Services
from cocktailspace.catalogue import backup as copies
from cocktailspace.catalogue.duplicates import duplicates as find_duplicates
from cocktailspace.catalogue.imports import COMMAND_LINE
from cocktailspace.catalogue.transfer import (
    OUTPUTS,
    CatalogueFile,
    ImportSummary,
    import_file,
    left_out_of_1,
    load_file,
    parse_file,
    would_delete,
)
from cocktailspace.cli.common import described, existing, fail, say
from cocktailspace.files import replace_file
from cocktailspace.importing.service import Imports
from cocktailspace.wording import counted

_STDIO = Path("-")
_NAMED = 10
"""So many of what would be deleted are named."""


class _TriedError(Exception):
    """Ends a transaction that was only to show what it would do."""

    def __init__(self, summary: ImportSummary) -> None:
        self.summary = summary


def take_catalogue(
    services: Services, name: str, body: bytes, *, replace: bool, yes: bool, dry_run: bool
) -> None:
    """Import a catalogue's own file: what it does not say stays as it is.

    With `replace`, what would be deleted is shown first, and there is no undoing it.
    """
    file = parse_file(body)
    if dry_run:
        say(f"would be {described(_tried(services, file, replace=replace))}")
        return
    if replace:
        _confirm_deletions(services, file, yes=yes)
        say(described(load_file(services.database, file, replace=True)))
        return
    imports = Imports(services.database, services.clock)
    say(described(imports.take_own_file(COMMAND_LINE, name, body, file)))


def _tried(services: Services, file: CatalogueFile, *, replace: bool) -> ImportSummary:
    try:
        with services.database.transaction() as tx:
            raise _TriedError(import_file(tx, file, replace=replace))
    except _TriedError as tried:
        return tried.summary


def export(
    file: Annotated[Path, typer.Argument(help="Where to write; - is standard output")] = _STDIO,
    version: Annotated[
        str, typer.Option("--format", help=f"{', '.join(OUTPUTS)}; catalogue/2 says all")
    ] = "catalogue/1",
) -> None:
    """Write the whole catalogue as a JSON file that imports to the same one, or its recipes as a
    table, as Markdown or in schema.org's words.
    """
    output = next((each for name, each in OUTPUTS.items() if name == version), None)
    if output is None:
        fail(f"there is no format {version!r}; choose one of {', '.join(OUTPUTS)}")
    with existing() as services:
        with services.database.reading() as connection:
            text = "".join(output.parts(connection))
            left_out = left_out_of_1(connection) if version == "catalogue/1" else {}
        if file == _STDIO:
            typer.echo(text, nl=False)
        else:
            copies.refuse_live_file(services.database, file)
            replace_file(file, text.encode())
            say(f"written to {file}", err=True)
    if left_out:
        counted = ", ".join(f"{title} {count:,}" for title, count in left_out.items())
        say(f"left out, as only --format catalogue/2 has a place for it: {counted}", err=True)


def _confirm_deletions(services: Services, file: CatalogueFile, *, yes: bool) -> None:
    """Show and count what an import would delete; go on only if that is confirmed."""
    with services.database.reading() as connection:
        deleted = {table: names for table, names in would_delete(connection, file).items() if names}
    for table, names in deleted.items():
        more = len(names) - _NAMED
        named = ", ".join(names[:_NAMED]) + f" and {more:,} more" * (more > 0)
        say(f"would delete {counted(len(names), table[:-1], table)}: {named}", err=True)
    if not deleted or yes:
        return
    if not sys.stdin.isatty():
        fail("nothing was changed; --yes deletes them without being asked")
    if not typer.confirm("Delete them?", err=True):
        fail("nothing was changed")


def duplicates() -> None:
    """List ingredients and recipes that look the same; exit 1 if there are any.

    POST /ingredients/{id}/merge and /recipes/{id}/merge make one of two.
    """
    with existing() as services, services.database.reading() as connection:
        found = list(find_duplicates(connection))
    for group in found:
        named = ", ".join(f"{name!r} ({row_id})" for row_id, name in group.rows)
        say(f"{group.entity}s, {group.why}: {named}")
    if found:
        raise typer.Exit(1)
    say("nothing looks the same")
