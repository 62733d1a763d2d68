"""Tables without a header: a name in a row of its own, below it a row for each ingredient."""

from collections.abc import Sequence
from typing import Any

from cocktailspace.importing.readers.keys import Mapped, is_sum
from cocktailspace.importing.readers.matrices import is_amount
from cocktailspace.importing.readers.values import text_of

_MOST_CELLS = 4
"""Of a line: an amount, a unit, a name, a note."""
_FEWEST_LINES = 2


def text_of_blocks(rows: Sequence[Sequence[Any]], mapped: Mapped) -> str:
    """What rows say, as a text of recipes; empty where they are any other table."""
    texts: list[str] = []
    names = lines = below = 0
    for row in rows:
        cells = [said for cell in row if (said := text_of(cell))]
        fields = {mapped.field_of(each, "line")[0] for each in cells}
        if not cells:
            texts.append("")
        elif len(cells) == 1:
            is_name = not below or not texts[-1]
            texts += ["", cells[0]] if is_name else [cells[0]]
            names += is_name
            below = 0 if is_name else below
        elif is_sum(cells[0]) or ("ingredient" in fields and fields & {"amount", "measure"}):
            continue
        elif names and len(cells) <= _MOST_CELLS and any(map(is_amount, cells)):
            texts.append(_line(cells))
            lines, below = lines + 1, below + 1
        else:
            return ""
    return "\n".join(texts) if names and lines >= _FEWEST_LINES * names else ""


def _line(cells: Sequence[str]) -> str:
    """Amount and unit before the name, wherever they stand in the row."""
    measures = [cell for cell in cells if is_amount(cell)][:2]
    names = [cell for cell in cells if cell not in measures]
    return " ".join((*measures, *names[:1])) + "".join(f" ({note})" for note in names[1:])
