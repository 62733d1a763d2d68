"""What recipes are built on."""

import numpy as np

from cocktailspace.catalogue.bases import NONE, Lines, base_ingredients

SPIRIT, GIN, RUM, TONIC, SODA, LIME = 1, 2, 3, 4, 5, 6
PARENTS = {SPIRIT: None, GIN: SPIRIT, RUM: SPIRIT, TONIC: None, SODA: None, LIME: None}
Drink = list[tuple[int, float]]

STRONG: list[Drink] = [[(each, 60), (LIME, ml)] for each in (GIN, RUM) for ml in (5, 10, 20, 30)]
LONG: list[Drink] = [
    [(GIN, 50), (TONIC, 100)],
    [(RUM, 40), (SODA, 120), (LIME, 20)],
    [(GIN, 40), (SODA, 80)],
    [(TONIC, 100), (RUM, 50), (LIME, 10)],
]
DRINKS = STRONG + LONG


def _lines(drinks: list[Drink], first_id: int = 1) -> Lines:
    ids = np.array(sorted(PARENTS))
    flat = [(row, each, ml) for row, drink in enumerate(drinks) for each, ml in drink]
    return Lines(
        recipe_ids=np.arange(first_id, first_id + len(drinks)),
        rows=np.array([row for row, _, _ in flat], np.int64),
        ingredients=np.searchsorted(ids, np.array([each for _, each, _ in flat], np.int64)),
        ingredient_ids=ids,
        ml=np.array([ml for _, _, ml in flat], np.float64),
    )


def _bases(drinks: list[Drink]) -> list[int]:
    (found,) = base_ingredients([_lines(drinks)], PARENTS)
    return [int(each) for each in found]


def test_what_always_comes_with_something_that_leads_is_not_it_however_much_there_is() -> None:
    assert _bases(DRINKS)[-len(LONG) :] == [GIN, RUM, GIN, RUM]


def test_of_what_leads_it_is_the_largest_and_of_equal_ones_the_first() -> None:
    assert _bases([*DRINKS, [(RUM, 20), (GIN, 30)], [(RUM, 30), (GIN, 30)]])[-2:] == [GIN, RUM]


def test_without_a_volume_there_is_none() -> None:
    assert _bases([*DRINKS, [(GIN, 0.0)], []])[-2:] == [NONE, NONE]
    assert _bases([[], []]) == [NONE, NONE]


def test_in_parts_and_in_another_order_it_is_the_same() -> None:
    first, second = _lines(DRINKS[:9]), _lines(DRINKS[9:], 10)
    for parts in ([first, second], [second, first]):
        found = base_ingredients(parts, PARENTS)
        by_id = {
            int(each): int(base)
            for part, bases in zip(parts, found, strict=True)
            for each, base in zip(part.recipe_ids, bases, strict=True)
        }
        assert [by_id[each] for each in sorted(by_id)] == _bases(DRINKS)
