"""Tables whose header says little, or that have none: what is in a column says what it is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cocktailspace.importing.lines import POURED, is_known_name
from cocktailspace.importing.quantities import read_quantity
from cocktailspace.importing.readers.keys import Mapped, doing, is_kind
from cocktailspace.importing.readers.line_fields import parts_of_cell, says_lines
from cocktailspace.importing.readers.matrices import is_amount, is_ingredient
from cocktailspace.importing.readers.values import text_of
from cocktailspace.importing.vocabulary import every_word, spoken, unit_phrases, units, words_of

Rows = Sequence[Sequence[Any]]
_HEADER_ROWS = 10
_SAMPLE = 200
_WIDEST = 60
_FIGURE = re.compile(r"[.,]?[\d¼-¾⅐-⅞]")
_BOTTLE = 350
"""Millilitres of a usual line, from which on it is what stands on a shelf."""


def with_lines_in_one(rows: Rows, mapped: Mapped) -> Rows:
    """A table whose columns are kinds of ingredients (`Spirit`, `Liqueur`), or hold a line each
    (`2 oz gin`), with all lines of a recipe in one column; any other as it is.
    """
    for at, row in enumerate(rows[:_HEADER_ROWS]):
        header = [text_of(cell) for cell in row]
        fields = [mapped.field_of(each, "recipe")[0] for each in header]
        if "name" not in fields:
            continue
        of_lines = {mapped.field_of(each, "line")[0] for each in header}
        if "ingredients" in fields or of_lines & {"amount", "measure"} or len(header) > _WIDEST:
            return rows
        sample = _sample(rows[at + 1 :])
        found = [
            place
            for place, said in enumerate(header)
            if fields[place] is None and _is_of_lines(said, _cells(sample, place))
        ]
        if len(found) < 2:
            return rows
        below = (_joined(each, found) for each in rows[at + 1 :])
        others = [said for place, said in enumerate(header) if place not in found]
        return [*rows[:at], ["Ingredients", *others], *below]
    return rows


def _is_of_lines(header: str, cells: Sequence[str]) -> bool:
    if not cells:
        return False
    if _most(_is_line, cells):
        return True
    return is_kind(header) and _most(_lists_ingredients, cells)


def _lists_ingredients(cell: str) -> bool:
    return all(map(_is_ingredient, parts_of_cell(cell)))


def _joined(row: Sequence[Any], columns: Sequence[int]) -> list[Any]:
    cells = [text_of(row[place]) for place in columns if place < len(row)]
    lines = "\n".join(part for cell in cells for part in parts_of_cell(cell) if part)
    return [lines, *(cell for place, cell in enumerate(row) if place not in columns)]


def without_header(rows: Rows) -> tuple[list[list[Any]], str] | None:
    """A table that has no header with one, and what its columns were taken for; None where that
    cannot be told.
    """
    sample = _sample(rows)
    width = max(map(len, sample), default=0)
    if len(sample) < 2 or not 2 <= width <= _WIDEST:
        return None
    columns = [_Column.of(_cells(sample, place)) for place in range(width)]
    header = _of_lists(columns) or _of_pairs(columns) or _of_a_line_a_row(columns, sample)
    if header is None or columns[header.index("Name")].is_of_ingredients:
        return None
    said = ", ".join(
        f"{place} {each.casefold()}"
        for place, each in enumerate(header, 1)
        if not each.startswith("column")
    )
    return _with_header(header, rows), f"no header was found; columns were taken so: {said}"


def _with_header(header: list[str], rows: Rows) -> list[list[Any]]:
    lists = [place for place, said in enumerate(header) if said == "Ingredients"]
    if len(lists) < 2:
        return [header, *map(list, rows)]
    others = [said for place, said in enumerate(header) if place not in lists]
    return [["Ingredients", *others], *(_joined(row, lists) for row in rows)]


@dataclass(frozen=True, slots=True)
class _Column:
    """What the cells of a column are."""

    cells: Sequence[str]
    are_lists: bool = False
    are_lines: bool = False
    are_amounts: bool = False
    are_units: bool = False
    are_steps: bool = False
    is_of_ingredients: bool = False

    @classmethod
    def of(cls, cells: Sequence[str]) -> "_Column":
        """A column of these cells, the empty ones left out."""
        are_units = bool(cells) and all(spoken(each) in unit_phrases() for each in cells)
        return cls(
            cells,
            are_lists=_most(says_lines, cells),
            are_lines=_most(_is_line, cells),
            are_amounts=bool(cells) and all(map(is_amount, cells)) and not are_units,
            are_units=are_units,
            are_steps=_most(_is_step, cells),
            is_of_ingredients=_most(_is_ingredient, cells),
        )

    @property
    def may_be_names(self) -> bool:
        """Whether it may be of recipes' names: of texts, not of figures nor of what to do."""
        others = (
            self.are_lists or self.are_lines or self.are_amounts or self.are_units or self.are_steps
        )
        return bool(self.cells) and not others and not any(map(_is_figure, self.cells))


def _named(columns: Sequence[_Column], others: dict[int, str]) -> list[str] | None:
    """A header that says which columns the lines are in, and the name and what to do beside."""
    before = min(others)
    name = next((at for at in range(before) if columns[at].may_be_names), None)
    if name is None:
        return None
    steps = next((at for at, each in enumerate(columns) if each.are_steps), None)
    said = {steps: "Instructions"} if steps is not None else {}
    said |= others | {name: "Name"}
    return [said.get(at, f"column {at + 1}") for at in range(len(columns))]


def _of_lists(columns: Sequence[_Column]) -> list[str] | None:
    """`Negroni`, `1 oz gin, 1 oz Campari`; or a line in each cell."""
    lists = [at for at, each in enumerate(columns) if each.are_lists]
    lists = lists or [at for at, each in enumerate(columns) if each.are_lines]
    if not lists or (len(lists) == 1 and not columns[lists[0]].are_lists):
        return None
    return _named(columns, dict.fromkeys(lists, "Ingredients"))


def _of_pairs(columns: Sequence[_Column]) -> list[str] | None:
    """`Negroni`, `Gin`, `1 oz`, `Campari`, `1 oz`."""
    names = [at for at, each in enumerate(columns) if each.is_of_ingredients]
    amounts = [at for at, each in enumerate(columns) if each.are_amounts]
    if len(names) < 2 or len(names) != len(amounts):
        return None
    others = {at: f"Ingredient {number}" for number, at in enumerate(names, 1)}
    others |= {at: f"Measure {number}" for number, at in enumerate(amounts, 1)}
    return _named(columns, others)


def _of_a_line_a_row(columns: Sequence[_Column], sample: Rows) -> list[str] | None:
    """`Negroni`, `Gin`, `30`, `ml`, and next to it `Negroni`, `Campari`, `30`, `ml`."""
    ingredients = [at for at, each in enumerate(columns) if each.is_of_ingredients]
    amounts = [at for at, each in enumerate(columns) if each.are_amounts]
    unit = [at for at, each in enumerate(columns) if each.are_units]
    if len(ingredients) != 1 or len(amounts) != 1 or len(unit) > 1:
        return None
    others = {ingredients[0]: "Ingredient", amounts[0]: "Measure"} | dict.fromkeys(unit, "Unit")
    header = _named(columns, others)
    if header is None:
        return None
    said = [text_of(row[header.index("Name")]) for row in sample]
    begun = sum(
        bool(each) and each != before for before, each in zip(["", *said], said, strict=False)
    )
    is_long = begun * 2 <= len(said)
    return header if is_long and _are_poured(sample, amounts[0], unit) else None


def _are_poured(sample: Rows, amount: int, unit: Sequence[int]) -> bool:
    """Whether most are what goes into a glass, not what stands on a shelf."""
    poured = 0
    for row in sample:
        cells = [text_of(row[at]) for at in (amount, *unit) if at < len(row)]
        read = read_quantity(" ".join(cells))
        size = units()[read.unit].millilitres if read.unit in POURED else None
        poured += size is not None and size * (read.amount or 1) < _BOTTLE
    return poured * 2 > len(sample)


def _sample(rows: Rows) -> list[Sequence[Any]]:
    return [row for row in rows[: 2 * _SAMPLE] if any(map(text_of, row))][:_SAMPLE]


def _cells(sample: Rows, place: int) -> list[str]:
    return [said for row in sample if place < len(row) and (said := text_of(row[place]))]


def _most(is_so: Callable[[str], bool], cells: Sequence[str]) -> bool:
    return bool(cells) and sum(map(is_so, cells)) * 2 > len(cells)


def _is_line(cell: str) -> bool:
    if not _FIGURE.match(cell):
        return False
    read = read_quantity(cell, is_known_name)
    return read.unit in POURED and bool(read.rest)


def _is_figure(cell: str) -> bool:
    """A price, a date, an amount and nothing else."""
    return not any(len(word) > 2 for word in re.findall(r"[^\W\d_]+", cell)) or (
        bool(_FIGURE.match(cell)) and is_amount(cell)
    )


def _is_ingredient(cell: str) -> bool:
    words = words_of(cell)
    is_known = bool(words) and (is_ingredient(cell) or every_word().issuperset(words))
    return is_known and not _FIGURE.match(cell) and not _is_step(cell)


def _is_step(cell: str) -> bool:
    return spoken(cell)[:1] in doing()[0]
