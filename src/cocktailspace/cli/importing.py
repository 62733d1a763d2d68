"""`import`: bring in what people have. The plan is shown first; whoever has a terminal decides."""

import sys
from hashlib import sha256
from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.console import Console

from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.imports import COMMAND_LINE
from cocktailspace.cli.common import (
    STANDARD_INPUT,
    STDIO,
    existing,
    fail,
    prepare,
    say,
    services_of,
)
from cocktailspace.cli.plan_dialogue import ask, described_counts, show
from cocktailspace.cli.transfer import take_catalogue
from cocktailspace.importing.decisions import Decisions, OnConflict
from cocktailspace.importing.planning import Plan
from cocktailspace.importing.readers.child_process import read_in_child
from cocktailspace.importing.readers.files import is_catalogue
from cocktailspace.importing.readers.keys import mapping_of
from cocktailspace.importing.rows import Collection, UnreadableError
from cocktailspace.importing.service import Imports
from cocktailspace.times import to_text
from cocktailspace.wording import counted


def import_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files to bring in, of any format; - is standard input"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan, change nothing")
    ] = False,
    on_conflict: Annotated[
        str,
        typer.Option(help="What a recipe that is there gets: skip, fill (what it lacks), replace"),
    ] = "fill",
    yes: Annotated[
        bool, typer.Option("--yes", help="Take what is certain, put the rest under Unsorted")
    ] = False,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help='Which header is what: name="Drink name"')
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="The source of recipes that name none themselves")
    ] = None,
    second_versions: Annotated[
        bool,
        typer.Option(
            "--second-versions", help="Make second versions of drinks that are there from elsewhere"
        ),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Of a catalogue's file: also delete what it does not have"),
    ] = False,
    undo: Annotated[
        bool,
        typer.Option("--undo", help="Take back the last import from here, or that of a file"),
    ] = False,
) -> None:
    """Bring in recipes: lists, tables, texts, web pages, other programs' exports, catalogues.

    The plan is shown, asked about and then carried out, whole or not at all; without a terminal and
    without --yes it is only shown, and the exit code is 1. A file of this program (catalogue/1,
    catalogue/2) means its names as they are. All is taken back with --undo, for a month and while
    nobody has touched what it made.
    """
    conflict = _conflict(on_conflict)
    if undo:
        undo_imports(files or [])
        return
    if not files:
        fail("say which files to bring in; --undo takes back the last that came in")
    try:
        mapping = mapping_of(map_ or [])
    except ValueError as error:
        fail(f"--map: {error}")
    decisions = Decisions(
        on_conflict=conflict, source=source, second_versions=second_versions,
        rest="unsorted" if yes else None,
    )  # fmt: skip
    bodies = {
        file: sys.stdin.buffer.read() if file == STDIO else file.read_bytes() for file in files
    }
    strange = [file for file, body in bodies.items() if not is_catalogue(body)]
    if replace and strange:
        fail(f"--replace is for a catalogue's file, which {strange[0]} is not; see --on-conflict")
    read = {file: _read(file, bodies[file], mapping) for file in strange}
    with services_of() as services:
        # Names are matched to ingredients that are there: a new catalogue gets the starter's.
        prepare(services, starter=bool(read))
        done = []
        for file, body in bodies.items():
            if file in read:
                digest = sha256(body).hexdigest()
                one = _import_one(services, file, digest, read[file], decisions, dry_run=dry_run)
            else:
                one = take_catalogue(
                    services, _name(file), body, replace=replace, yes=yes, dry_run=dry_run
                )
            done.append(one)
        if not all(done) and not dry_run:
            raise typer.Exit(1)


def undo_imports(files: list[Path]) -> None:
    """Take back the last import from the command line, or the last of each of these files."""
    with existing() as services:
        imports = Imports(services.database, services.clock)
        wanted: list[str | None] = [_name(file) for file in files]
        for name in wanted or [None]:
            applied = [each for each in imports.list(COMMAND_LINE) if each.state == "applied"]
            found = next((each for each in applied if name in (None, each.name)), None)
            if found is None:
                fail(f"there is no import of {name or 'anything'} from here that could be undone")
            imports.undo(COMMAND_LINE, found.id)
            say(f"undone: {found.name}, brought in {to_text(found.created_at)}")


def _conflict(text: str) -> OnConflict:
    found: OnConflict | None = next((each for each in get_args(OnConflict) if each == text), None)
    if found is None:
        fail(f"--on-conflict is skip, fill or replace, not {text}")
    return found


def _name(file: Path) -> str:
    return STANDARD_INPUT if file == STDIO else file.name


def _read(file: Path, body: bytes, mapping: dict[str, str]) -> Collection:
    try:
        return read_in_child(_name(file), body, mapping)
    except UnreadableError as error:
        hint = f'; here with --map name="{error.headers[0]}" and so on' if error.headers else ""
        fail(f"{error}{hint}")


def _import_one(
    services: Services,
    file: Path,
    digest: str,
    collection: Collection,
    decisions: Decisions,
    *,
    dry_run: bool,
) -> bool:
    """Whether a file was brought in."""
    imports = Imports(services.database, services.clock)
    found = imports.plan(COMMAND_LINE, _name(file), digest, collection, decisions)
    console = Console()
    show(console, found)
    may_ask = sys.stdin.isatty() and sys.stdout.isatty() and file != STDIO
    if not dry_run and may_ask and decisions.rest is None:
        found = ask(console, imports, found)
    if dry_run or found.plan.open_groups or (decisions.rest is None and not may_ask):
        imports.discard(COMMAND_LINE, found.stored.id)
        if not dry_run:
            say("nothing was changed: decide at a terminal, or take what is certain with --yes")
        return False
    applied = imports.carry_out(found, found.plan.digest)
    say(_done(applied.plan))
    return True


def _done(plan: Plan) -> str:
    counts = described_counts(plan)
    return f"done: {counts}; {counted(len(plan.new_ingredients), 'new ingredient')}"
