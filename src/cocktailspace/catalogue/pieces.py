"""Which ingredients recipes count in pieces (leaves, wedges, whole things) rather than pour."""

from collections import Counter
from collections.abc import Iterable, Mapping

EACH = "each"
"""Catalogues that had to give it millilitres gave it 1, whatever it counts."""


def counted_in_pieces(
    lines: Mapping[tuple[int, int | None], int], units: Iterable[tuple[int, str, float | None]]
) -> frozenset[int]:
    """Ids of the ingredients that more than half of their lines count in pieces.

    lines: how many there are, by ingredient and unit. units: id, name and millilitres.
    A line counts pieces whose unit has no millilitres or is Each, or that has no unit ("8 mint
    leaves"). So lime juice stays poured for all of one line in wedges, and egg white while most
    lines measure it.
    """
    counting = {each for each, name, ml in units if ml is None or name.casefold() == EACH}
    all_lines: Counter[int] = Counter()
    in_pieces: Counter[int] = Counter()
    for (ingredient_id, unit_id), count in lines.items():
        all_lines[ingredient_id] += count
        if unit_id is None or unit_id in counting:
            in_pieces[ingredient_id] += count
    return frozenset(each for each, count in in_pieces.items() if 2 * count > all_lines[each])
