"""Tables whose header says little, or that have none: what is in a column says what it is."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cocktailspace.importing.lines import POURED, is_known_name
from cocktailspace.importing.quantities import read_quantity
from cocktailspace.importing.readers.keys import Mapped, is_glass, is_kind, parted
from cocktailspace.importing.readers.line_fields import FIGURES, parts_of_cell, says_lines
from cocktailspace.importing.readers.matrices import is_amount, is_ingredient
from cocktailspace.importing.readers.menus import are_of_drink
from cocktailspace.importing.readers.text_lines import says_to_do
from cocktailspace.importing.readers.values import text_of
from cocktailspace.importing.vocabulary import every_word, spoken, unit_phrases, units, words_of

Rows = Sequence[Sequence[Any]]
_HEADER_ROWS = 10
_SAMPLE = 200
_WIDEST = 60
_FIGURE = re.compile(r"[.,]?[\d¼-¾⅐-⅞]")
_FIGURES = re.compile(r"[\d¼-¾⅐-⅞]")
_LONGEST_LINE = 120
_PRICE = re.compile(r"[$€£]?\s?\d{1,3}(?:[.,]\d{2})?\s?[$€£]?")
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
        sample = _sample(rows[at + 1 :])
        if (named := _with_name_beside(header, fields, sample, mapped)) is not None:
            return [*rows[:at], named, *rows[at + 1 :]]
        of_lines = {mapped.field_of(each, "line")[0] for each in header}
        if "ingredients" in fields or of_lines & {"amount", "measure"} or len(header) > _WIDEST:
            return rows
        found = [
            place
            for place, said in enumerate(header)
            if fields[place] is None and _is_of_lines(said, _cells(sample, place))
        ]
        if not found or (len(found) == 1 and not _most(says_lines, _cells(sample, found[0]))):
            return rows
        below = (_joined(each, found) for each in rows[at + 1 :])
        others = [said for place, said in enumerate(header) if place not in found]
        return [*rows[:at], ["Ingredients", *others], *below]
    return rows


def _with_name_beside(
    header: list[str], fields: Sequence[str | None], sample: Rows, mapped: Mapped
) -> list[str] | None:
    """A header in which `Recipe` is what it is made of, and `Item` the name; None of any other."""
    place = fields.index("name")
    beside = [
        at
        for at, said in enumerate(header)
        if at != place and mapped.field_of(said, "line") == ("ingredient", None)
    ]
    if fields.count("name") > 1 or not beside or not _most(says_lines, _cells(sample, place)):
        return None
    names = {place: "Ingredients", beside[0]: "Name"}
    return [names.get(at, said) for at, said in enumerate(header)]


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


def without_header(rows: Rows, mapped: Mapped) -> tuple[list[list[Any]], str] | None:
    """A table that has no header with one, and what its columns were taken for; None where that
    cannot be told.
    """
    sample = _sample(rows)
    width = max(map(len, sample), default=0)
    if len(sample) < 2 or _is_header(sample[0], mapped) or not 2 <= width <= _WIDEST:
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
    lists = [at for at, each in enumerate(header) if each == "Ingredients"]
    rows = [
        row for row in rows if not lists or any(text_of(row[at]) for at in lists if at < len(row))
    ]
    return _with_header(header, rows), f"no header was found; columns were taken so: {said}"


def _is_header(row: Sequence[Any], mapped: Mapped) -> bool:
    cells = [text_of(cell) for cell in row]
    fields = {mapped.field_of(each, "recipe")[0] for each in cells}
    return bool(fields & {"name", "ingredients"})


def with_amounts_named(header: list[str], objects: Sequence[Mapping[str, Any]]) -> list[str]:
    """A header of lines in which the first column of figures with a unit (`1 drink (ml)`) is called
    amounts, if none is; as it is where there is no such column.
    """
    for said in header:
        unit = parted(said)[1]
        cells = [text for each in objects[:_SAMPLE] if (text := text_of(each.get(said)))]
        if unit and cells and all(map(FIGURES.fullmatch, cells)):
            return [f"Amount ({unit})" if each == said else each for each in header]
    return header


def are_on_a_shelf(header: Sequence[str], row: Sequence[Any], mapped: Mapped) -> bool:
    """Whether a row says both how large something is and how many there are: a size and a count."""
    said = {
        mapped.field_of(key, "line")[0]: text_of(cell)
        for key, cell in zip(header, row, strict=False)
    }
    return all(_FIGURE.match(said.get(each, "")) for each in ("measure", "amount"))


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
    are_glasses: bool = False
    are_prices: bool = False
    are_drinks: bool = False
    """Whether they list what is in drinks, without amounts."""
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
            are_steps=_most(says_to_do, cells),
            are_glasses=_most(is_glass, cells),
            are_prices=bool(cells) and all(map(_PRICE.fullmatch, cells)),
            are_drinks=_most(_is_drink, cells),
            is_of_ingredients=_most(_is_ingredient, cells),
        )

    @property
    def may_be_names(self) -> bool:
        """Whether it may be of recipes' names: of texts, not of figures nor of what to do."""
        others = (
            self.are_lists or self.are_lines or self.are_amounts or self.are_units
            or self.are_steps or self.are_glasses or self.are_drinks
        )  # fmt: skip
        return bool(self.cells) and not others and not any(map(_is_figure, self.cells))


def _named(columns: Sequence[_Column], others: dict[int, str]) -> list[str] | None:
    """A header that says which columns the lines are in, and the name and what to do beside."""
    before = min(others)
    name = next((at for at in range(before) if columns[at].may_be_names), None)
    if name is None:
        return None
    said = {at: "Glass" for at, each in enumerate(columns) if each.are_glasses}
    said |= {at: "Instructions" for at, each in enumerate(columns) if each.are_steps}
    said = {at: what for what, at in {what: at for at, what in said.items()}.items()}  # one each
    said |= others | {name: "Name"}
    return [said.get(at, f"column {at + 1}") for at in range(len(columns))]


def _of_lists(columns: Sequence[_Column]) -> list[str] | None:
    """`Negroni`, `1 oz gin, 1 oz Campari`; or a line in each cell."""
    lists = [at for at, each in enumerate(columns) if each.are_lists]
    if any(each.are_prices for each in columns):
        lists = lists or [at for at, each in enumerate(columns) if each.are_drinks][:1]
        if lists and columns[lists[0]].are_drinks:
            return _named(columns, {lists[0]: "Ingredients"})
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
    if len(cell) > _LONGEST_LINE:
        return False
    read = read_quantity(cell, is_known_name)
    return (
        read.unit in (*POURED, "rinse")
        and bool(read.rest)
        and (bool(_FIGURES.search(cell)) or read.unit in ("top", "float", "rinse"))
    )


def _is_drink(cell: str) -> bool:
    parts = parts_of_cell(cell)
    return len(parts) > 1 and not any(map(str.isdigit, cell)) and are_of_drink(parts)


def _is_figure(cell: str) -> bool:
    """A price, a date, an amount and nothing else."""
    return not any(len(word) > 2 for word in re.findall(r"[^\W\d_]+", cell)) or (
        bool(_FIGURE.match(cell)) and is_amount(cell)
    )


def _is_ingredient(cell: str) -> bool:
    words = words_of(cell)
    is_known = bool(words) and (is_ingredient(cell) or every_word().issuperset(words))
    return is_known and not _FIGURE.match(cell) and not says_to_do(cell)
