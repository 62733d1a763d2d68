"""What a region is called: after the classic that its recipes are kin of, else by what they hold.

Recipes' names have a say in what a region is called, never in which recipes it holds.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.wording import plural

_FIT = 30
"""Dice coefficient, in hundredths, of a region and a classic from which it takes that name."""

_FEWEST = 3
"""Recipes that carry a classic's name and must be in the region that takes it."""

_ONE_IN = 10
"""A word with which more than one name in so many ends (recipe) sets nothing apart."""

_WAYS = """
    bucks cobblers collinses coolers daisies fixes fizzes flips highballs juleps mules punches
    rickeys slings smashes sours swizzles toddies
"""
"""Ways to make a drink rather than drinks: they need their base said, as in "Whiskey sours"."""

_OF_ANY_BASE = frozenset(_WAYS.split())

_WORDS_OF_THE_BAR = """
    agave aged amaro and aperitivo apple apricot aromatic aromatized banana berry bitter
    bitters black blanc blanco blended bourbon brandy cane cherry chocolate cider citrus
    coconut coffee column cordial cranberry cream dark dry egg elderflower fortified fruit
    gin ginger grape grapefruit grenadine herbal honey juice leaves lemon light lightly lime
    liqueur malt maple mezcal milk mint mixer nut orange orgeat overproof peach pear
    pineapple port pot red reposado rum rye sherry simple single soda sparkling spice spiced
    spirit still strawberry sugar sweet sweetener syrup tea tequila tonic unaged vanilla
    vermouth vodka water whiskey whisky white wine
"""
"""Words of ingredients' names that are no names themselves: "Gin and sweet vermouth"."""

_LOWER_CASE = frozenset(_WORDS_OF_THE_BAR.split())

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_SAYS_NOTHING = frozenset(("and", "cocktail", "the"))


@dataclass(frozen=True, slots=True)
class Region:
    """Recipes that all hold the columns of `path`, in the order in which they were chosen.

    rows: (members,) the recipes' rows.
    """

    path: tuple[int, ...]
    rows: NDArray[np.int64]


class RegionNames:
    """Names the regions of one space."""

    def __init__(self, space: Space, subtree: Rows) -> None:
        """`subtree`, masses at or below each ingredient, says which recipes hold what."""
        self._labels = [ingredient.name for ingredient in space.ingredients]
        self._parents = space.forest.parents.tolist()
        self._columns, self._rows = subtree.indices, subtree.row_of_entry()
        recipes = [recipe.name for recipe in space.recipes]
        self._classics, self._classic = _classics(recipes, self._labels)
        self._everywhere = self._count(np.arange(len(recipes)))
        self._among: dict[int, NDArray[np.int64]] = {}

    def of(self, level: Sequence[Region]) -> list[str]:
        """A name for each region of a level, no two alike; a classic's goes where it fits best."""
        names = self._by_ingredients(level)
        claims = [self._claim(region) for region in level]
        order = sorted(range(len(level)), key=lambda number: (-claims[number][0], names[number]))
        taken = {"", *names}
        for number in order:
            _, classic = claims[number]
            if classic not in taken:
                taken.add(classic)
                names[number] = classic
        return names

    def _claim(self, region: Region) -> tuple[int, str]:
        """The classic that the region fits best among recipes of its base, and how well.

        The base goes unsaid where most recipes of that name hold it: "Negronis", "Rum negronis".
        A region that is a base and nothing else is no classic.
        """
        base, *others = self._slots(region.path) or [-1]
        if not others or not self._classics:
            return 0, ""
        held, among = self._count(region.rows), self._holding(base)
        fits = np.where(held >= _FEWEST, 200 * held // (len(region.rows) + among), 0)
        best = int(fits.argmax())
        if fits[best] < _FIT:
            return 0, ""
        classic = self._classics[best]
        if 2 * among[best] > self._everywhere[best] and classic not in _OF_ANY_BASE:
            return int(fits[best]), _capitalised(classic)
        return int(fits[best]), f"{_sentence(self._labels[base])} {classic}"

    def _count(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """(classics,) how many of the rows carry each one's name."""
        return np.bincount(self._classic[rows] + 1, minlength=len(self._classics) + 1)[1:]

    def _holding(self, column: int) -> NDArray[np.int64]:
        """(classics,) how many of the recipes that hold the column carry each one's name."""
        if column not in self._among:
            self._among[column] = self._count(self._rows[self._columns == column])
        return self._among[column]

    def _by_ingredients(self, level: Sequence[Region]) -> list[str]:
        """What all recipes of each region hold; juices by their fruits where that is clear."""
        full = [self._listed(region, self._labels.__getitem__) for region in level]
        short = [self._listed(region, self._fruit) for region in level]
        count = Counter(short)
        names = [s if count[s] == 1 else w for s, w in zip(short, full, strict=True)]
        return [name or ("Everything else" if len(level) > 1 else "Everything") for name in names]

    def _listed(self, region: Region, label: Callable[[int], str]) -> str:
        slots = self._slots(region.path)
        if len(slots) < 2:
            return "".join(_sentence(self._labels[column]) for column in slots)
        *first, last = map(label, slots)
        return _sentence(f"{', '.join(first)} and {last}")

    def _fruit(self, column: int) -> str:
        return self._labels[column].removesuffix(" Juice")

    def _slots(self, path: Sequence[int]) -> list[int]:
        """The path, with a kind in the place of the family that it comes after."""
        slots: list[int] = []
        for column in path:
            above = set(self._above(column))
            place = next((p for p, other in enumerate(slots) if other in above), len(slots))
            slots[place : place + 1] = [column]
        return slots

    def _above(self, column: int) -> Iterator[int]:
        while (column := self._parents[column]) >= 0:
            yield column


def _classics(
    recipes: Sequence[str], ingredients: Sequence[str]
) -> tuple[list[str], NDArray[np.int64]]:
    """What recipes are named after, in the plural, and (recipes,) which one each is, or -1.

    A recipe is named after that word of its name with which most names end: "White Negroni" and
    "Negroni Sbagliato" after the Negroni, "Gin Fizz" after the fizz, not after an ingredient.
    """
    known = {name.casefold() for name in ingredients}
    names = [_words(name) for name in recipes]
    ends = Counter(words[-1] for words in names if words and words[-1] not in known)
    ends = Counter({word: n for word, n in ends.items() if n * _ONE_IN <= len(names)})
    heads = [max(range(len(w)), key=lambda p: (ends[w[p]], p), default=0) for w in names]
    named = [tuple(w[max(h - 1, 0) : h + 1]) for w, h in zip(names, heads, strict=True)]
    named = [words if words and ends[words[-1]] else () for words in named]
    words = sorted({each[-1] for each in named if each})
    number = {word: place for place, word in enumerate(words)}
    classic = [number[each[-1]] if each else -1 for each in named]
    return _plurals(words, named, known), np.array(classic, dtype=np.int64)


def _plurals(words: Sequence[str], named: Sequence[tuple[str, ...]], known: set[str]) -> list[str]:
    """Each classic in the plural, with the word before it if that is part of it: "Mai Tais"."""
    counts = Counter(named)
    total = Counter(each[-1] for each in named if each)
    plurals = {word: plural(word) for word in words}
    for pair in sorted((p for p in counts if len(p) == 2), key=lambda p: (counts[p], p)):
        before, word = pair
        if before not in known and counts[pair] * 10 >= total[word] * 3:
            plurals[word] = f"{_capitalised(before)} {_capitalised(plural(word))}"
    return [plurals[word] for word in words]


def _words(name: str) -> list[str]:
    """The words of a recipe's name that may tell what it is: none in brackets, no initials."""
    words = _WORD.findall(name.casefold().split("(")[0])
    return [word for word in words if len(word) > 2 and word not in _SAYS_NOTHING]


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sentence(name: str) -> str:
    """The name as in running text: only its first word and names keep their capitals."""
    first, *rest = name.split(" ")
    lower = (w.lower() if w.strip(",").lower() in _LOWER_CASE else w for w in rest)
    return " ".join([first, *lower])
