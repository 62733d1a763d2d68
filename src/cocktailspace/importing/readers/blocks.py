"""Tables without a header: a name in a row of its own, below it a row for each ingredient."""

from collections.abc import Sequence
from typing import Any

from cocktailspace.importing.readers.keys import Mapped, is_sum, sections
from cocktailspace.importing.readers.matrices import is_amount, is_ingredient
from cocktailspace.importing.readers.values import text_of
from cocktailspace.importing.vocabulary import plain

_MOST_CELLS = 4
"""Of a line: an amount, a unit, a name, a note."""
_FEWEST_LINES = 2


def text_of_blocks(rows: Sequence[Sequence[Any]], mapped: Mapped) -> str:
    """What rows say, as a text of recipes; empty where they are any other table."""
    texts: list[str] = []
    names = lines = below = known = 0
    for row in rows:
        cells = [said for cell in row if (said := text_of(cell))]
        fields = {mapped.field_of(each, "line")[0] for each in cells}
        if not cells:
            texts.append("")
        elif len(cells) == 1:
            is_name = not below or not texts[-1]
            texts += ["", f"**{cells[0]}**"] if is_name else [cells[0]]
            names += is_name
            below = 0 if is_name else below
        elif (fields_said := _with_fields(cells)) and (not below or not texts[-1]):
            texts += ["", f"**{cells[0]}**", *fields_said]
            names, below = names + 1, 0
        elif not names and not any(map(is_amount, cells)):
            texts.append(" ".join(cells))  # what the sheet is called
        elif is_sum(cells[0]) or ("ingredient" in fields and fields & {"amount", "measure"}):
            continue
        elif names and len(cells) <= _MOST_CELLS and any(map(is_amount, cells)):
            known += is_ingredient(_name(cells)) or any(map(_has_unit, cells))
            texts.append(_line(cells))
            lines, below = lines + 1, below + 1
        else:
            return ""
    are_blocks = names and lines >= _FEWEST_LINES * names and known * 2 > lines
    return "\n".join(texts) if are_blocks else ""


def _has_unit(cell: str) -> bool:
    return is_amount(cell) and any(map(str.isalpha, cell))


def _name(cells: Sequence[str]) -> str:
    return next((cell for cell in cells if not is_amount(cell)), "")


def _with_fields(cells: Sequence[str]) -> list[str]:
    """What a name's row says besides: `El Diablo`, `Glass:`, `Highball`."""
    pairs = list(zip(cells[1::2], cells[2::2], strict=False))
    are_fields = len(cells) % 2 == 1 and all(
        key.endswith(":") and plain(key.rstrip(": ")) in sections() for key, _ in pairs
    )
    return [f"{key} {said}" for key, said in pairs] if are_fields else []


def _line(cells: Sequence[str]) -> str:
    """Amount and unit before the name, wherever they stand in the row."""
    measures = [cell for cell in cells if is_amount(cell)][:2]
    names = [cell for cell in cells if cell not in measures]
    return " ".join((*measures, *names[:1])) + "".join(f" ({note})" for note in names[1:])
