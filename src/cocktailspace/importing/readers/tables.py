"""Tables (CSV with any delimiter, sheets): a recipe a row, a line a row, or amounts in cells."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cocktailspace.importing.readers.blocks import text_of_blocks
from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.readers.cells import (
    are_on_a_shelf,
    with_amounts_named,
    with_lines_in_one,
    without_header,
)
from cocktailspace.importing.readers.fields import is_long, is_recipe, recipe_of, rows_of_lines
from cocktailspace.importing.readers.keys import Mapped, is_sum
from cocktailspace.importing.readers.matrices import objects_of_matrix
from cocktailspace.importing.readers.objects import collection_of
from cocktailspace.importing.readers.prose import read_text
from cocktailspace.importing.readers.values import text_of
from cocktailspace.importing.rows import Collection, UnreadableError
from cocktailspace.wording import counted

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 30
_HEADER_ROWS = 10
_MAX_CELL = 2**20
_RULE = re.compile(r"[:\s]*-*[:\s]*")
"""A cell that says nothing: empty, or of the line below a Markdown table's header."""
_OF_LINES = ("ingredient", "measure", "amount", "unit", "label")
_NUMBER = re.compile(r"\d{1,3}")


def delimiter_of(text: str) -> str | None:
    """What parts the cells: that by which most rows have the same number, more than one."""
    best: tuple[float, int, str] | None = None
    for delimiter in _DELIMITERS:
        rows = _sample(text, delimiter)
        widths = [len(row) for row in rows if any(row)]
        if len(widths) < 2 or max(widths) < 2:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        share = widths.count(usual) / len(widths)
        if usual > 1 and (best is None or (share, usual) > best[:2]):
            best = (share, usual, delimiter)
    return best[2] if best and best[0] >= 0.5 else None


def _sample(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    csv.field_size_limit(_MAX_CELL)
    try:
        for row in csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) >= _SAMPLE_ROWS:
                break
    except csv.Error:
        return []
    return rows


def read_csv(text: str, mapped: Mapped, name: str = "") -> Collection:
    """The recipes of a CSV text. name: of one whose lines alone it has."""
    delimiter = delimiter_of(text)
    if delimiter is None and (told := _of_any_width(text, mapped)) is not None:
        return replace(collection_of_rows(told[0], "CSV", mapped), remarks=(told[1],))
    if delimiter is None:
        raise UnreadableError("this is no table: its rows have not the same number of cells")
    try:
        rows = _rows_of(text, delimiter)
    except csv.Error as error:
        raise UnreadableError(f"the table cannot be read: {error}") from None
    said = {",": "", ";": "semicolons", "\t": "tabs", "|": "bars"}[delimiter]
    return collection_of_rows(rows, "CSV" + (f" with {said}" if said else ""), mapped, name)


def _rows_of(text: str, delimiter: str) -> list[list[Any]]:
    return list(bounded(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))


def _of_any_width(text: str, mapped: Mapped) -> tuple[list[list[Any]], str] | None:
    """A table without a header whose rows have as many cells as their recipes have lines."""
    for delimiter in _DELIMITERS[:3]:
        try:
            rows = list(bounded(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
        except csv.Error:
            continue
        if (told := without_header(rows, mapped)) is not None:
            return told
    return None


def bounded(rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Rows; UnreadableError where they have too many cells."""
    cells = 0
    for row in rows:
        cells += len(row)
        if cells > BOUNDS.cells:
            raise UnreadableError(f"the table has more than {BOUNDS.cells:,} cells: split it")
        yield list(row)


def collection_of_rows(
    rows: Sequence[Sequence[Any]], what: str, mapped: Mapped, name: str = ""
) -> Collection:
    """The recipes of rows, the first of which says what the columns are.

    name: of the one recipe whose lines they are, where no column says it.
    """
    rows = with_lines_in_one(rows, mapped)
    try:
        header_at = _header_of(rows, mapped)
    except UnreadableError:
        if blocks := text_of_blocks(rows, mapped):
            return replace(read_text(blocks), format=f"{what}, a recipe a block")
        if name and (found := _of_one(rows, what, mapped, name)) is not None:
            return found
        if (matrix := objects_of_matrix(rows, mapped)) is None:
            if (told := without_header(rows, mapped)) is None:
                raise
            found = collection_of_rows(told[0], what, mapped)
            return replace(found, remarks=(told[1], *found.remarks))
        found = collection_of(matrix, f"{what}, amounts in cells", mapped)
        columns = dict.fromkeys(key for recipe in found.recipes for key in recipe.extra)
        return replace(found, columns=tuple(columns))
    header = _headers(rows[header_at], mapped)
    objects = [
        dict(zip(header, row, strict=False))
        for row in rows[header_at + 1 :]
        if not all(_RULE.fullmatch(text_of(cell)) for cell in row)
    ]
    long = is_long(header, mapped)
    if long and not {mapped.field_of(each, "line")[0] for each in header} & {"amount", "measure"}:
        named = with_amounts_named(header, objects)
        objects = [dict(zip(named, each.values(), strict=False)) for each in objects]
    parted: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for each in objects:
        parted[long and _is_sum(each, mapped)].append(each)
    sums, objects = parted[True], parted[False]
    if long:
        recipes = rows_of_lines(objects, mapped, "recipe")
        form = "a line a row"
    else:
        recipes = [
            recipe_of(each, mapped, f"row {header_at + 2 + number}")
            for number, each in enumerate(objects)
        ]
        form = "a recipe a row"
    unknown = dict.fromkeys(key for recipe in recipes for key in recipe.extra)
    remarks = (f"passed over: {counted(len(sums), 'row')} of sums",) if sums else ()
    return Collection(f"{what}, {form}", "", tuple(recipes), (), tuple(unknown), remarks)


def _of_one(
    rows: Sequence[Sequence[Any]], what: str, mapped: Mapped, name: str
) -> Collection | None:
    """The recipe of a table of its lines alone: `Ingredient`, `Amount`; None of any other."""
    for place, row in enumerate(rows[:_HEADER_ROWS]):
        header = [text_of(cell) for cell in row]
        fields = {mapped.field_of(each, "line")[0] for each in header}
        if "ingredient" in fields and fields & {"amount", "measure"}:
            if any(are_on_a_shelf(header, each, mapped) for each in rows[place + 1 : place + 4]):
                return None
            named = [["Recipe", *header], *([name, *each] for each in rows[place + 1 :])]
            return collection_of_rows(named, what, mapped)
    return None


def _is_sum(row: Mapping[str, Any], mapped: Mapped) -> bool:
    """Whether a row of a long table sums others up: its ingredient, or its name, says so."""
    return any(
        mapped.field_of(key, kind)[0] in ("name", "ingredient", "text") and is_sum(text_of(cell))
        for key, cell in row.items()
        for kind in ("recipe", "line")
    )


def plain_objects(rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows as objects, whatever their columns are: the first that is not empty says it."""
    header_at = next((at for at, row in enumerate(rows) if any(map(text_of, row))), len(rows))
    header = [text_of(cell) for cell in rows[header_at]] if header_at < len(rows) else []
    return [
        {
            key: cell
            for key, cell in zip(header, row, strict=False)
            if key and cell not in (None, "")
        }
        for row in rows[header_at + 1 :]
    ]


def csv_objects(text: str) -> list[dict[str, Any]]:
    """The rows of a CSV text as objects; none of what is no table."""
    delimiter = delimiter_of(text)
    try:
        return plain_objects(_rows_of(text, delimiter)) if delimiter else []
    except csv.Error:
        return []


def _header_of(rows: Sequence[Sequence[Any]], mapped: Mapped) -> int:
    """The row that says what the columns are: a name, and ingredients."""
    for place, row in enumerate(rows[:_HEADER_ROWS]):
        header = [text_of(cell) for cell in row]
        recipe = [mapped.field_of(cell, "recipe")[0] for cell in header]
        lines = [mapped.field_of(cell, "line") for cell in header]
        made_of = "ingredients" in recipe or any(
            met in ("ingredient", "text") and recipe[column] != "name"
            for column, (met, _) in enumerate(lines)
        )
        if "name" in recipe and (made_of or _is_made_of(header, rows[place + 1 : place + 4])):
            return place
    seen = list(filter(None, map(text_of, rows[0]))) if rows else []
    raise UnreadableError(
        "the columns do not say which of them is a drink's name and which its ingredients "
        f"({', '.join(seen)[:200]}): say which is which, as in name=Drink name, ingredient=What 1, "
        "measure=How much 1; where each column is an ingredient and its cells say how much, call "
        "the first column Drink, where each is a drink, Ingredient",
        once_numbered(seen),
    )


def _is_made_of(header: Sequence[str], sample: Sequence[Sequence[Any]]) -> bool:
    """Whether a column called as recipes are says what they are made of: `Drink`, `Recipe`."""
    objects = [dict(zip(header, map(text_of, row), strict=False)) for row in sample]
    return any(is_recipe(each, Mapped()) for each in objects)


def _headers(row: Sequence[Any], mapped: Mapped) -> list[str]:
    """What the columns are called; those of lines (`Ingredient`, `Measure`, `Ingredient`,
    `Measure`) are numbered. UnreadableError where others are called alike.
    """
    header = [text_of(cell) or f"column {place + 1}" for place, cell in enumerate(row)]
    seen: Counter[str] = Counter()
    counts = Counter(header)
    for place, said in enumerate(header):
        if counts[said] == 1:
            continue
        of_line = mapped.field_of(said, "line")[0] in _OF_LINES
        if not of_line or mapped.field_of(said, "recipe")[0] == "name":
            raise UnreadableError(
                f"there are {counts[said]} columns {said!r}: give each a name of its own, as in "
                f"{said} 1, {said} 2"
            )
        seen[said] += 1
        header[place] = f"{said} {seen[said]}"
    return header


def once_numbered(headers: Iterable[str]) -> list[str]:
    """Headers, of those that differ by a number alone the first: it stands for all of them."""
    first: dict[str, str] = {}
    for header in headers:
        first.setdefault(_NUMBER.sub("", header), header)
    return list(first.values())
