"""Whole catalogues in and out, and what came in twice."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cocktailspace.bootstrap import Services
from cocktailspace.catalogue import backup as copies
from cocktailspace.catalogue.duplicates import duplicates as find_duplicates
from cocktailspace.catalogue.imports import COMMAND_LINE
from cocktailspace.catalogue.transfer import (
    OUTPUTS,
    left_out_of_1,
    parse_file,
)
from cocktailspace.cli.common import (
    STANDARD_INPUT,
    STDIO,
    described,
    existing,
    fail,
    listed,
    say,
)
from cocktailspace.cli.views import plan_table
from cocktailspace.files import replace_file
from cocktailspace.importing.own_files import OwnPlan, plan_own_file
from cocktailspace.importing.service import Imports
from cocktailspace.terminal import printable
from cocktailspace.wording import counted


def take_catalogue(
    services: Services, name: str, body: bytes, *, replace: bool, yes: bool, dry_run: bool
) -> bool:
    """Whether a catalogue's own file was taken, as it is: what it does not say stays.

    The plan is shown first. With `replace` there is no undoing what it deletes.
    """
    file = parse_file(body)
    plan = plan_own_file(services.database, file, replace=replace)
    if not plan.rows:
        say(described(plan.summary))
        return True
    Console().print(plan_table(f"{name}: {file.format}", _plan_rows(plan)))
    if dry_run:
        return False
    same: dict[str, str] = {}
    if not yes:
        if name == STANDARD_INPUT or not sys.stdin.isatty():
            say("nothing was changed: confirm at a terminal, or take it with --yes")
            return False
        same = {} if replace else {
            new: there for new, there in plan.alike.items()
            if typer.confirm(printable(f"{new} may be {there}: is it the same?"), default=True)
        }  # fmt: skip
        if not typer.confirm("bring it in?"):
            say("nothing was changed")
            return False
    done = Imports(services.database, services.clock).take_own_file(
        COMMAND_LINE, name, body, file, version=plan.version, same=same, replace=replace
    )
    say(described(done))
    return True


def _plan_rows(plan: OwnPlan) -> Iterator[tuple[str, str]]:
    for (action, entity), each in sorted(plan.rows.items()):
        yield action, f"{counted(each.count, entity)}: {listed(each.names, each.count)}"
    if plan.alike:
        pairs = [f"{new} beside {there}" for new, there in plan.alike.items()]
        yield "alike", listed(pairs, len(pairs))
    if any(action == "delete" for action, _ in plan.rows):
        yield "remark", "what is deleted is not brought back by --undo"


def export(
    file: Annotated[Path, typer.Argument(help="Where to write; - is standard output")] = STDIO,
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
        if file == STDIO:
            typer.echo(text, nl=False)
        else:
            copies.refuse_live_file(services.database, file)
            replace_file(file, text.encode())
            say(f"written to {file}", err=True)
    if left_out:
        said = ", ".join(f"{title} {count:,}" for title, count in left_out.items())
        say(f"left out, as only --format catalogue/2 has a place for it: {said}", err=True)


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
