"""Tables whose cells are amounts: a recipe a row and an ingredient a column, or turned."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from cocktailspace.importing.languages import usual_in_english
from cocktailspace.importing.lines import is_known_name
from cocktailspace.importing.quantities import read_quantity
from cocktailspace.importing.readers.keys import Mapped, folded, is_sum, names_of, parted
from cocktailspace.importing.readers.values import text_of
from cocktailspace.importing.vocabulary import brands, places, words_of

Table = Sequence[Sequence[Any]]
_HEADER_ROWS = 10
_SAMPLE = 200
_WIDEST = 1_000
_AMOUNT = re.compile(r"[\d.,/\s½¼¾⅓⅔⅛–-]{0,12}(?:[^\W\d]{1,12}\.?\s?){0,3}")
_NUMBER = re.compile(r"\d{1,3}")
_MARKS = frozenset(("x", "✓", "✔", "•", "●"))
_OF_BOTH = ("name", "nom", "nombre", "nome", "item", "what", "title")
"""What the first column may be called, whether it is of recipes or of ingredients."""


def objects_of_matrix(rows: Table, mapped: Mapped) -> list[dict[str, Any]] | None:
    """The recipes of a table whose cells say how much; None of any other table.

    The first column's header says which way it lies; where it does not, the ingredients that are
    known by name do.
    """
    if not rows or max(map(len, rows)) > _WIDEST:
        return None
    for at, row in enumerate(rows[:_HEADER_ROWS]):
        if sum(bool(text_of(cell)) for cell in row) < 2:
            continue
        table = rows[at:]
        corner = folded(parted(text_of(row[0]))[0])
        of_recipe = names_of("recipe").get(corner) == "name" and corner not in _OF_BOTH
        of_line = names_of("line").get(corner) == "ingredient" and corner not in _OF_BOTH
        upright = (
            None if of_line and not of_recipe else _Matrix.of(table, mapped, is_certain=of_recipe)
        )
        if of_recipe or any(
            mapped.field_of(text_of(cell), "recipe")[0] == "name" for cell in row[1:]
        ):
            turned = None
        else:
            turned = _Matrix.of(_turned(table), mapped) if len(table) <= _WIDEST else None
        found = [each for each in (upright, turned) if each is not None]
        if len(found) == 2 and found[0].known == found[1].known:
            return None
        if found:
            return max(found, key=lambda each: each.known).objects()
    return None


def _turned(table: Table) -> Table:
    return [list(column) for column in zip_longest(*table, fillvalue="")]


class _Matrix:
    """A table, a recipe a row, as far as it has been looked at."""

    def __init__(self, table: Table, name_at: int, columns: Sequence[int], known: int) -> None:
        self.table, self.name_at, self.columns, self.known = table, name_at, columns, known

    @classmethod
    def of(cls, table: Table, mapped: Mapped, *, is_certain: bool = False) -> "_Matrix | None":
        """The matrix that a table is; None where its columns are no ingredients.

        is_certain: its first column is said to be of recipes.
        """
        header = [text_of(cell) for cell in table[0]]
        fields = [mapped.field_of(each, "recipe")[0] for each in header]
        name_at = fields.index("name") if "name" in fields else 0
        sample = [[text_of(cell) for cell in row] for row in table[1 : _SAMPLE + 1]]
        sample = [row for row in sample if any(row[name_at : name_at + 1])]
        if not sample or any(_is_no_name(row[name_at]) for row in sample):
            return None
        numbered = Counter(_NUMBER.sub("", said) for said in header)
        columns, known, measured = [], 0, 0
        for at, said in enumerate(header):
            cells = [row[at] for row in sample if at < len(row) and row[at]]
            if at == name_at or not said or fields[at] or is_sum(said) or not cells:
                continue
            if not all(map(is_amount, cells)):
                continue
            is_known = is_ingredient(parted(said)[0])
            if not is_known and numbered[_NUMBER.sub("", said)] > 1:
                continue  # `How much 1`, `How much 2`: of a row's lines
            has_unit = bool(parted(said)[1]) or any(any(map(str.isalpha, each)) for each in cells)
            if not is_known and not has_unit and len(cells) == len(sample):
                continue  # a price, a rating
            columns.append(at)
            known += is_known
            measured += has_unit
        if len(columns) < 2 or max(known, measured) * 2 < len(columns):
            return None
        filled = sum(bool(row[at]) for row in sample for at in columns if at < len(row))
        is_sparse = filled < len(sample) * len(columns)
        if not is_sparse and not measured and not is_certain:
            return None  # how many bottles there were in each month
        return cls(table, name_at, columns, known)

    def objects(self) -> list[dict[str, Any]]:
        """The recipes, as a file of objects says them."""
        header = [text_of(cell) for cell in self.table[0]]
        of_all = parted(header[self.name_at])[1]
        found = []
        for row in self.table[1:]:
            lines = [
                _line(header[at], text_of(row[at]), of_all)
                for at in self.columns
                if at < len(row) and text_of(row[at])
            ]
            name = text_of(row[self.name_at]) if self.name_at < len(row) else ""
            others = {
                said: row[at]
                for at, said in enumerate(header)
                if said and at < len(row) and at != self.name_at and at not in self.columns
            }
            if name or lines:
                found.append({**others, "name": name, "ingredients": lines})
        return found


def _line(header: str, cell: str, unit: str) -> dict[str, str]:
    bare, own = parted(header)
    if header.endswith("%"):
        bare, own = header.rstrip(" %"), "parts"
    if cell.casefold() in _MARKS:
        return {"ingredient": bare.strip()}
    figures = not any(map(str.isalpha, cell))
    measure = f"{cell} {own or unit}".strip() if figures else cell
    return {"ingredient": bare.strip(), "measure": measure}


def is_amount(cell: str) -> bool:
    """Whether a cell says how much and nothing else, or only that there is some."""
    if cell.casefold() in _MARKS:
        return True
    if not _AMOUNT.fullmatch(cell):
        return False
    read = read_quantity(cell)
    return not read.rest and not read.notes and (read.amount is not None or read.unit is not None)


def _is_no_name(said: str) -> bool:
    """Whether it is an amount, a unit or what a column of lines is called."""
    of_line = names_of("line").get(folded(said))
    return (any(map(str.isdigit, said)) and is_amount(said)) or of_line in (
        "amount",
        "unit",
        "measure",
    )


def is_ingredient(name: str) -> bool:
    """Whether a name is one of an ingredient that is known, or of a family of them."""
    words = words_of(name)
    if usual_in_english(words) is not None or is_known_name(name):
        return True
    is_brand = any(each.words == words for each in brands().get(words[0], ())) if words else False
    return is_brand or any(words[start:] in places() for start in range(len(words)))
