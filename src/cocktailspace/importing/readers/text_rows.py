"""Rows of a text, each with its number there: tables and recipes of one line have several."""

import re

from cocktailspace.importing.lines import POURED, is_known_name
from cocktailspace.importing.quantities import read_quantity
from cocktailspace.importing.readers.keys import sections
from cocktailspace.importing.readers.line_fields import parts_of_row
from cocktailspace.importing.readers.matrices import is_ingredient
from cocktailspace.importing.vocabulary import plain

Row = tuple[int, str]
FIELD = re.compile(
    r"^(?:[-*+]\s+)?(?:\*\*|__)?([^:*_|]{2,30}?)(?:\*\*|__)?\s*::?(?:\*\*|__)?\s*(.*)$"
)
_STAMP = re.compile(
    r"^\u200e?\[?\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?\]?"
    r"(?: -)? [^:\n]{1,40}: ",
    re.IGNORECASE,
)
"""When a message of a chat was written, and by whom."""
_HIGHLIGHT = re.compile(
    r"^- [^|\n]{5,80}(?: \| [^|\n]{3,80}){0,2} \| [^|\n]{0,60}\d{4}[^|\n]{0,20}\d{1,2}:\d{2}"
)
"""Below a book's name, where in an e-book something was marked, and when."""
_THEN = re.compile(r"\.\s+(?=[^\W\d_])(?=[^\d½¼¾⅓⅔⅛]{0,300}$)")
"""Between the last ingredient of a row and what is said after it."""
_BEGINS = re.compile(r"\s*(?:[-*+•·–▪‣]\s+)?(?=[.,]?[\d¼-¾⅐-⅞])")
"""Of a row that begins with a figure, what stands before that."""
_BAR = re.compile(r"\s+[|•·]\s+")
_HEADED = re.compile(r"\s*(?:#{1,6}\s|={3,}\s*$|-{3,}\s*$)")
_LISTED = re.compile(r"\s*(?:[-*+•·–▪‣]\s|[\d.,¼-¾⅐-⅞])")


def without_tables(text: str) -> list[Row]:
    """A text with the rows of its Markdown tables as lists, their headers left out."""
    found: list[Row] = []
    book = ""
    for number, written in enumerate(text.splitlines(), 1):
        if _HIGHLIGHT.match(written) and found:
            book = found.pop()[1].strip(" \ufeff")
            found.append((number, ""))
            continue
        each, is_message = _STAMP.subn("", written)
        if is_message:
            found.append((number, ""))  # which begins anew
        cells = [cell.strip() for cell in each.strip().strip("|").split("|")]
        if not each.lstrip().startswith("|") or len(cells) < 2:
            found += [(number, one) for one in _fields_of(each)]
        elif all(cell and not cell.strip(":- ") for cell in cells):
            found[-1:] = []
        else:
            found.append((number, f"- {' '.join(filter(None, cells))}"))
        if book and each.strip():
            found.append((number, f"Source: {book}"))
            book = ""
    return found


def _fields_of(row: str) -> list[str]:
    """`Glass: coupe | Method: shake` is a row for each."""
    parts = _BAR.split(row) if ":" in row else [row]
    are_fields = len(parts) > 1 and all(FIELD.match(part) for part in parts)
    return parts if are_fields else [row]


def is_poured(part: str) -> bool:
    """Whether it says how much of a drink: `10 g sugar` may be what is in a portion."""
    found = read_quantity(part, is_known_name)
    return found.unit in POURED and bool(found.rest)


def _is_counted(part: str) -> bool:
    """Whether it is a bare number of an ingredient, as bartenders note it: `2 rye`."""
    found = read_quantity(part, is_known_name)
    return found.amount is not None and found.unit is None and is_ingredient(found.rest)


def _several(row: str) -> list[str]:
    """A row that lists what is poured (`3 cl gin, 3 cl Campari. Stir.`) as one for each."""
    begun = _BEGINS.match(row)
    if begun is None or not any(sign in row for sign in (", ", " / ", " + ")):
        return [row]
    *parts, last = parts_of_row(row[begun.end() :].strip())
    last, _, todo = last.partition(". ")
    parts.append(last)
    if len(parts) < 2 or sum(map(is_poured, parts)) < 2:
        return [row]
    return [*(f"{begun[0]}{part}" for part in parts), *filter(None, (todo,))]


def spread(rows: list[Row]) -> list[Row]:
    """Rows, those of recipes of one line (`Gimlet: 6 cl gin, 2 cl lime. Shake.`) as several.

    Where recipes have headings, such a line is of one of them.
    """
    if any(_HEADED.match(each) for _, each in rows):
        return [(number, one) for number, each in rows for one in _several(each)]
    found: list[Row] = []
    is_list, known = False, sections()
    for number, each in rows:
        may_be_one = not is_list and ":" in each and ("," in each or " / " in each)
        said = FIELD.match(each) if may_be_one else None
        listed, *todo = _THEN.split(said[2], maxsplit=1) if said else ("",)
        parts = parts_of_row(listed) if said and plain(said[1]) not in known else []
        if said is None and len(split := _several(each)) > 1:
            found += [(number, one) for one in split]
            continue
        if (
            said
            and len(parts) > 1
            and (any(map(is_poured, parts)) or sum(map(_is_counted, parts)) > 1)
        ):
            several = ("", said[1], *parts, *todo, "")
            found += [(number, one) for one in several]
        else:
            is_list = bool(each.strip()) and (is_list or bool(_LISTED.match(each)))
            found.append((number, each))
    return found
