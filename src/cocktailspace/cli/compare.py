"""`cocktailspace compare`: how alike two recipes are, and what turns one into the other."""

import csv
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cocktailspace.analytics.comparing import Difference
from cocktailspace.analytics.published import PublishedRun
from cocktailspace.analytics.words import in_words
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.cli.common import published_run_id
from cocktailspace.cli.naming import RecipeNames
from cocktailspace.settings import read_settings
from cocktailspace.storage import choose_store

Pair = tuple[str, str]


def compare(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Two recipes by name, or by id where several share it", show_default=False
        ),
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="A CSV file of two names a line, for many at once")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
) -> None:
    """Say how alike two recipes are, and what turns the first into the second.

    Reads the published analytics: run `cocktailspace refresh` first where there are none.
    """
    wanted = list(_wanted(names or [], pairs))
    store = choose_store(read_settings())
    run = PublishedRun(store, published_run_id(store))
    for one, other, difference in differences(run, wanted):
        if as_json:
            typer.echo(json.dumps({"recipe": one, "other": other, **difference}))
        else:
            typer.echo(f"{one} → {other}: {described(difference, run.counted_in_pieces)}")


def _wanted(names: Sequence[str], pairs: Path | None) -> Iterator[tuple[str, Pair]]:
    """The pairs, each with its place in the file for error messages."""
    if pairs is None:
        if len(names) != 2:
            raise typer.BadParameter("name two recipes, or a file with --pairs")
        yield "", (names[0], names[1])
        return
    if names:
        raise typer.BadParameter("name two recipes or a file with --pairs, not both")
    with pairs.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, skipinitialspace=True)
        for row in reader:
            where = f"{pairs}, line {reader.line_num}: "
            if not row:
                continue
            if len(row) != 2:
                raise NotFoundError(
                    f"{where}two names are needed, separated by a comma; there are {len(row)} "
                    "(quote a name that has a comma)"
                )
            yield where, (row[0].strip(), row[1].strip())


def differences(
    run: PublishedRun, wanted: Iterable[tuple[str, Pair]]
) -> Iterator[tuple[str, str, Difference]]:
    """The pairs as the catalogue spells them, and how each differs.

    Raises NotFoundError with every name that the run does not know, or knows twice, before the
    first is given.
    """
    recipes = RecipeNames(run.names, run.ids.tolist())
    problems, found = [], []
    for where, pair in wanted:
        rows = []
        for name in pair:
            try:
                rows.append(run.row_of(recipes.id_of(name)))
            except NotFoundError as error:
                problems.append(f"{where}{error}")
        found.append(rows)
    if problems:
        raise NotFoundError("\n".join(problems))
    for one, other in found:
        (difference,) = run.differences(run.lines(one), [run.lines(other)], run.kinds)
        yield run.names[one], run.names[other], difference


def described(difference: Difference, counted: Collection[str] = ()) -> str:
    """Likeness and changes in one line; counted: names of what recipes count in pieces."""
    near = "near" if difference["near"] else "not near"
    changes = ", ".join(in_words(difference["changes"], counted))
    return f"{difference['likeness']} of 100, {near}; {changes or 'the same, measure for measure'}"
