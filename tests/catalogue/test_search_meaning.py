"""What a search finds, and in what order, is what a slow search by the same definitions finds."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cocktailspace.catalogue.measures import Measures
from cocktailspace.catalogue.names import name_key, order_key, words_of
from cocktailspace.catalogue.properties import OwnProperties, inherit
from cocktailspace.catalogue.reference import Reference
from cocktailspace.catalogue.search import Cursor, Order, RecipeQuery, Snapshot
from cocktailspace.catalogue.search.ingredients import IndexedIngredients
from cocktailspace.catalogue.search.segment import IndexedRecipe, Segment, build_segment, label

WORDS = [
    "gin",
    "gim",
    "Gins",
    "ginger",
    "lime",
    "limes",
    "lemon",
    "sour",
    "sours",
    "so",
    "rúm",
    "the",
]
ASKED = [*WORDS, "gni", "rums", "lmie", "sourr", "xyzzy", "g"]
PARENTS = {1: None, 2: 1, 3: 2, 4: None, 7: 4}
words = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)


@dataclass(frozen=True)
class Drink:
    """A recipe as the slow search reads it."""

    id: int
    name: str
    tag: str
    text: str
    ingredients: frozenset[int]


drinks = st.lists(
    st.builds(
        Drink,
        id=st.integers(1, 12),
        name=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join),
        tag=st.sampled_from(WORDS),
        text=words,
        ingredients=st.frozensets(st.sampled_from(sorted(PARENTS)), max_size=3),
    ),
    max_size=10,
    unique_by=(lambda drink: drink.id, lambda drink: drink.name.casefold()),
)
ingredient_names = st.tuples(*(st.tuples(words, words) for _ in PARENTS)).map(
    lambda names: dict(zip(PARENTS, names, strict=True))
)
Names = dict[int, tuple[str, ...]]


def _above(ingredient: int | None) -> list[int]:
    return [] if ingredient is None else [ingredient, *_above(PARENTS[ingredient])]


def _mistakes(one: str, other: str) -> int:
    """Letters wrong, missing, too many, or swapped with the next, by the textbook's table."""
    table = np.zeros((len(one) + 1, len(other) + 1), int)
    table[:, 0], table[0] = range(len(one) + 1), range(len(other) + 1)
    for i, a in enumerate(one, 1):
        for j, b in enumerate(other, 1):
            changed = table[i - 1, j - 1] + (a != b)
            table[i, j] = min(changed, table[i - 1, j] + 1, table[i, j - 1] + 1)
            if i > 1 and j > 1 and (a, b) == (other[j - 2], one[i - 2]):
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return int(table[-1, -1])


def _weighed(drink: Drink, names: Names, *, in_name: bool) -> set[tuple[str, int]]:
    """Each word of a drink with what it counts."""
    found = {(word, 12) for word in words_of(drink.name)}
    if not in_name:
        found |= {(word, 6) for word in words_of(drink.tag)}
        found |= {(word, 2) for word in words_of(drink.text)}
        above = {kind for each in drink.ingredients for kind in _above(each)}
        found |= {(word, 8) for each in above for name in names[each] for word in words_of(name)}
    return found


def _slow(found: list[Drink], names: Names, text: str, *, in_name: bool) -> dict[int, int]:
    """Score by id of the drinks that have every word."""
    have = {drink.id: _weighed(drink, names, in_name=in_name) for drink in found}
    scores = dict.fromkeys(have, 0)
    asked = []
    for word in dict.fromkeys(words_of(text)):
        points = {
            each: max(
                (w * (4 if own == word else 2) for own, w in has if own.startswith(word)), default=0
            )
            for each, has in have.items()
        }
        spelled = word
        if not any(points.values()):
            vocabulary = {w for drink in found for w, _ in _weighed(drink, names, in_name=False)}
            vocabulary |= {w for each in names.values() for name in each for w in words_of(name)}
            near = {w: _mistakes(word, w) for w in vocabulary}
            near = {w: n for w, n in near.items() if n <= min(2, len(word) // 3)}
            nearest = sorted(w for w, n in near.items() if n == min(near.values()))
            spelled = nearest[0] if nearest else word
            points = {
                each: max((w for own, w in has if own in nearest), default=0)
                for each, has in have.items()
            }
        asked.append(spelled)
        scores = {each: scores[each] + points[each] for each in scores if points[each]}
    if asked:
        for drink in found:
            whole, phrase = " ".join(words_of(drink.name)), " ".join(asked)
            if drink.id in scores and whole.startswith(phrase):
                scores[drink.id] += 96 if whole == phrase else 48
    return scores


def _segment(found: list[Drink]) -> Segment:
    return build_segment(
        [
            IndexedRecipe(
                id=drink.id,
                order_key=order_key(drink.name, None),
                texts=[(2, drink.text), (6, drink.tag), (12, drink.name)],
                labels=[label("tag", name_key(drink.tag))],
                ingredient_ids=sorted(drink.ingredients),
                lines=len(drink.ingredients),
                parts=(),
                house_made=False,
            )
            for drink in found
        ]
    )


def _snapshot(found: list[Drink], names: Names) -> Snapshot:
    numbers = {drink.id % 3 for drink in found}
    parts = {n: _segment([drink for drink in found if drink.id % 3 == n]) for n in numbers}
    own = {each: OwnProperties("x", parent) for each, parent in PARENTS.items()}
    reference = Reference(Measures({}, inherit(own)), {}, [])
    return Snapshot(parts, IndexedIngredients.of(names, reference))


@given(
    found=drinks,
    names=ingredient_names,
    text=st.lists(st.sampled_from(ASKED), max_size=3).map(", ".join),
    in_name=st.booleans(),
    wanted=st.none() | st.sampled_from(sorted(PARENTS)),
    without=st.none() | st.sampled_from(sorted(PARENTS)),
    tag=st.none() | st.sampled_from(WORDS),
    most=st.none() | st.integers(0, 3),
    only=st.just(()) | st.lists(st.integers(1, 12), min_size=1).map(tuple),
    order=st.sampled_from([Order.MATCH, Order.NAME, Order.FEWEST, Order.NEWEST]),
    limit=st.integers(1, 4),
)
def test_pages_and_counts_are_those_of_the_slow_search(
    found: list[Drink],
    names: Names,
    text: str,
    in_name: bool,
    wanted: int | None,
    without: int | None,
    tag: str | None,
    most: int | None,
    only: tuple[int, ...],
    order: Order,
    limit: int,
) -> None:
    query = RecipeQuery(
        id=list(only),
        q="" if in_name else text,
        name=text if in_name else "",
        ingredient=[] if wanted is None else [wanted],
        without=[] if without is None else [without],
        tag=[] if tag is None else [tag.upper()],
        max_ingredients=most,
    )
    scores = _slow(found, names, text, in_name=in_name)
    expected = []
    for drink in found:
        above = {kind for each in drink.ingredients for kind in _above(each)}
        if (
            drink.id in scores
            and (wanted is None or wanted in above)
            and without not in above
            and tag in (None, drink.tag)
            and (most is None or len(drink.ingredients) <= most)
            and (not only or drink.id in only)
        ):
            first = {
                Order.MATCH: -scores[drink.id],
                Order.NAME: 0,
                Order.FEWEST: len(drink.ingredients),
                Order.NEWEST: -drink.id,
            }
            expected.append((first[order], order_key(drink.name, None), drink.id))
    snapshot, met = _snapshot(found, names), []
    after: Cursor | None = None
    while True:
        page = snapshot.search(query, order=order, after=after, limit=limit)
        assert page.total == len(expected)
        met += page.ids
        after = page.next_after
        if after is None:
            break
        assert len(page.ids) == limit
    assert met == [each for _, _, each in sorted(expected)]
    assert met == snapshot.all_ids(query, order)
    assert len(met) == snapshot.count(query)
