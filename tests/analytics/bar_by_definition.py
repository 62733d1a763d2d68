"""What a bar can make, straight from the definitions, one ingredient and one recipe at a time.

Slow, and as plain as can be: the fast computation has to say the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cocktailspace.analytics.bar.bottles import COMPLETED, NEARER
from cocktailspace.analytics.bar.drinks import MOST_OF_STAND_IN
from cocktailspace.analytics.bar.ways import Way

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """How a line is met: the way, by what, which of its ingredients, and what a stand-in adds."""

    way: Way
    by: int | None = None
    ingredient: int | None = None
    share: int = 0
    adds: frozenset[str] = frozenset()


class Bar:
    """What is owned, and what is always there; and bottles bought, which are what they are: of a
    bought gin nobody says "your gin will do".
    """

    def __init__(self, data: Data, owned: Iterable[int], bought: Iterable[int] = ()) -> None:
        self.data, self.ingredients = data, data["ingredients"]
        self.below = [
            [
                o
                for o, row in enumerate(self.ingredients)
                if row["parent"] == one and not own["shelf"]
            ]
            for one, own in enumerate(self.ingredients)
        ]
        self.typed = set(owned)
        self.bought = list(bought)
        self.named = Counter(data["demands"][each][0] for each in data["lines"]["demand"])
        self._cache: dict[int, tuple[Way, int | None]] = {}

    def families(self, one: int) -> Iterator[int]:
        """All above it that it is a kind of, the nearest first: a shelf ends them."""
        above = self.ingredients[one]["parent"]
        while above is not None and not self.ingredients[above]["shelf"]:
            yield above
            above = self.ingredients[above]["parent"]

    def had(self, one: int, seen: frozenset[int] = frozenset()) -> dict[int, int]:
        """What is owned from which it can be had, as it is, as a kind, or made: fewest steps."""
        found = {one: 0} if one in self.typed else {}
        if one in seen:
            return found
        seen |= {one}
        source = self.ingredients[one]["made_from"]
        for other in [*self.below[one], *([] if source is None else [source])]:
            for origin, steps in self.had(other, seen).items():
                found[origin] = min(found.get(origin, steps + 1), steps + 1)
        return found

    def ingredient(self, one: int) -> tuple[Way, int | None]:
        """How it is met by itself, without stand-ins, and by what."""
        if one not in self._cache:
            self._cache[one] = self._ingredient(one)
        return self._cache[one]

    def _ingredient(self, one: int) -> tuple[Way, int | None]:
        if one in self.typed:
            return Way.OWNED, one
        kinds = [
            (list(self.families(other)).index(one), other)
            for other in self.typed
            if one in self.families(other)
        ]
        if kinds:
            return Way.KIND, min(kinds)[1]
        if had := self.had(one):
            return Way.MADE, _nearest(had)[1]
        other = self._family(one)
        if other is not None:
            return Way.GENERIC, other
        siblings = [_nearest(had) for other in self.siblings(one) if (had := self.had(other))]
        if siblings:
            return Way.SIBLING, min(siblings)[1]
        meeting = [bottle for bottle in self.bought if one in self.met_by_bottle(bottle)]
        return (Way.SIBLING, meeting[0]) if meeting else (Way.MISSING, None)

    def met_by_bottle(self, bottle: int) -> set[int]:
        """What a bottle that is bought meets by itself."""
        had: set[int] = set()
        new = {bottle}
        while new:
            had |= new
            above = {self._stands_for(each) for each in new}
            made = {o for o, row in enumerate(self.ingredients) if row["made_from"] in had}
            new = {each for each in above | made if each is not None} - had
        there = {each for each in had if self.ingredients[each]["made_from"] in had} | {bottle}
        families = {each for each in there if not self.ingredients[each]["shelf"]}
        families |= {
            self.ingredients[each]["parent"]
            for each in had
            if self.ingredients[each]["substitution"]
        }
        return had.union(*(self.members(each) for each in families if each is not None))

    def _stands_for(self, one: int) -> int | None:
        """The family that it counts as when it is bought."""
        family = next(self.families(one), None)
        if family is None or self.ingredients[one]["substitution"]:
            return family
        return family if self.named[one] >= self.named[family] else None

    def _family(self, one: int) -> int | None:
        """What is owned of the nearest family above that will do."""
        for above in self.families(one):
            if above in self.typed:
                return above
            source = self.ingredients[above]["made_from"]
            if source is not None and (had := self.had(source)):
                return _nearest(had)[1]
        return None

    def siblings(self, one: int) -> list[int]:
        """Those that a guest would take instead, also of a shelf."""
        family = self.ingredients[one]["parent"]
        if family is None or not self.ingredients[one]["substitution"]:
            return []
        return [other for other in self.members(family) if other != one]

    def line(self, demand: list[int], volume: float = 0) -> Line:
        """How a line is met that asks for the first of these, or for one of the others."""
        first, *others = demand
        way, by = self.ingredient(first)
        if way != Way.MISSING:
            return Line(way, by, first)
        ways = [(self.ingredient(other)[0], place) for place, other in enumerate(others)]
        if ways and min(ways)[0] != Way.MISSING:
            other = others[min(ways)[1]]
            return Line(Way.ALTERNATIVE, self.ingredient(other)[1], other)
        best = min(self.stand_ins(demand), default=None)
        if best is None:
            return Line(Way.MISSING)
        _, share, by, place, adds = best
        if 0 < self.most_poured(by) < volume / MOST_OF_STAND_IN:
            return Line(Way.MISSING)
        return Line(Way.STAND_IN, by, demand[place], -share, frozenset(adds))

    def stand_ins(self, demand: list[int]) -> Iterator[tuple[bool, int, int, int, tuple[str, ...]]]:
        """Those that are there: whether it adds something, its share, name, for which, and what."""
        for place, one in enumerate(demand):
            for other, share, _, adds in self.ingredients[one]["stand_ins"]:
                if self.ingredient(other)[0] <= Way.GENERIC:
                    yield bool(adds), -share, other, place, tuple(adds)

    def most_poured(self, one: int) -> float:
        """The most that any line has of it."""
        lines = [
            line for recipe in range(count_of(self.data)) for line in lines_of(self.data, recipe)
        ]
        return max((volume for demand, volume in lines if demand[0] == one), default=0)

    def bottle(self, one: int) -> int:
        """What to buy for it."""
        seen = [one]
        while (source := self.ingredients[seen[-1]]["made_from"]) is not None:
            if source in seen:
                return self.usual(one)
            seen.append(source)
        return seen[-1] if len(seen) > 1 else self.usual(one)

    def usual(self, one: int) -> int:
        """Of those of which any will do the one that most lines name."""
        own = self.ingredients[one]
        family = own["parent"] if own["substitution"] else None
        if self.members(one) and not own["shelf"]:
            family = one
        if family is None:
            return one
        itself = [] if self.ingredients[family]["shelf"] else [family]
        return min([*itself, *self.members(family)], key=lambda each: (-self.named[each], each))

    def members(self, family: int) -> list[int]:
        """Those of a family of which a guest would take any."""
        return [
            each
            for each, row in enumerate(self.ingredients)
            if row["parent"] == family and row["substitution"]
        ]

    def short(self, recipe: int) -> list[int]:
        """Bottles that are missing for it to be made as it is written."""
        lines = lines_of(self.data, recipe)
        return sorted({self.bottle(d[0]) for d, _ in lines if self.line(d).way > Way.ALTERNATIVE})

    def worst(self, recipe: int) -> Way:
        """The worst way in which one of its lines is met."""
        return max(self.line(*line).way for line in lines_of(self.data, recipe))

    def can_be_made(self) -> list[int]:
        """In order."""
        found = [r for r in range(count_of(self.data)) if self.worst(r) <= Way.ALTERNATIVE]
        return sorted(found, key=lambda r: (max(self.worst(r), Way.MADE), r))

    def with_stand_ins(self, masses: list[list[int]]) -> list[int]:
        """In order. masses: of the lines of each recipe."""
        found = [r for r in range(count_of(self.data)) if self.worst(r) == Way.STAND_IN]

        def changed(recipe: int) -> int:
            met = [self.line(*line) for line in lines_of(self.data, recipe)]
            return sum(
                mass * (10_000 - line.share)
                for mass, line in zip(masses[recipe], met, strict=True)
                if line.way == Way.STAND_IN
            )

        return sorted(found, key=lambda r: (changed(r), r))

    def short_of(self, bottles: int) -> list[int]:
        """In order."""
        return [
            r
            for r in range(count_of(self.data))
            if self.worst(r) == Way.MISSING and len(self.short(r)) == bottles
        ]


def _nearest(had: dict[int, int]) -> tuple[int, int]:
    return min((steps, origin) for origin, steps in had.items())


def count_of(data: Data) -> int:
    """How many recipes there are."""
    return len(data["recipes"]["recipe_id"])


def lines_of(data: Data, recipe: int) -> list[tuple[list[int], float]]:
    """What each line of a recipe asks for, and its volume."""
    lengths = data["recipes"]["lines"]
    start = sum(lengths[:recipe])
    own = slice(start, start + lengths[recipe])
    lines = zip(data["lines"]["demand"][own], data["lines"]["volume_ml"][own], strict=True)
    return [(data["demands"][demand], volume) for demand, volume in lines]


def next_bottles(
    data: Data, owned: set[int], weights: list[int], most: int
) -> list[tuple[int, list[int], int]]:
    """The bottle, what it completes, how many it leaves one short; the best each time."""
    bought: list[int] = []
    found = []
    for _ in range(most):
        now = Bar(data, owned, bought)
        short = {r: len(now.short(r)) for r in range(count_of(data))}
        choices = []
        for bottle in sorted({now.bottle(demand[0]) for demand in data["demands"]}):
            then = Bar(data, owned, [*bought, bottle])
            left = {r: len(then.short(r)) for r, n in short.items() if n in (1, 2)}
            opened = [r for r, n in left.items() if n == 0]
            nearer = [r for r, n in left.items() if n == 1 and short[r] == 2]
            worth = sum(weights[r] for r in opened)
            score = COMPLETED * worth + NEARER * sum(weights[r] for r in nearer)
            opened.sort(key=lambda r: (-weights[r], r))
            choices.append(((-score, -worth, bottle), opened, len(nearer)))
        if not choices or min(choices)[0][0] >= 0:
            break
        (_, _, bottle), opened, nearer_count = min(choices)
        bought.append(bottle)
        found.append((bottle, opened, nearer_count))
    return found
