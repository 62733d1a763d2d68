"""The words of a name: which of them are remarks, brands, or of the thing itself."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from cocktailspace.importing.languages import is_participle, is_preparation, particle, remarks
from cocktailspace.importing.vocabulary import (
    Brand,
    brands,
    key_of,
    usual_name,
    word_set,
    words_of,
)

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|&")
OVERPROOF = 120
"""From so many degrees on, a spirit is another thing."""
_SMALL = ("de", "di", "of", "and", "et", "e", "y", "or", "la", "le", "du")


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words of a name as written and as compared."""

    written: tuple[str, ...]
    compared: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, name: str) -> "NameWords":
        """The words of this name."""
        written = tuple(_WORD.findall(name))
        return cls(written, tuple(words_of(word) for word in written))

    @property
    def flat(self) -> tuple[str, ...]:
        """All words as compared; a hyphenated one is several."""
        return tuple(word for words in self.compared for word in words)

    def split(self, taken: Iterable[int]) -> tuple["NameWords", str]:
        """Without the words at these places, and those words as written."""
        out = frozenset(taken)
        kept = [place for place in range(len(self.written)) if place not in out]
        rest = NameWords(
            tuple(self.written[place] for place in kept),
            tuple(self.compared[place] for place in kept),
        )
        return rest, " ".join(self.written[place] for place in sorted(out))


def without_preparation(words: NameWords) -> tuple[NameWords, str]:
    """`fresh`, `chopped`, `chilled` are remarks on a thing, not its name."""
    if usual_name(key_of(words.flat)):
        return words, ""  # such as hot chocolate
    taken = sorted(
        {*_places_of_remarks(words), *_places_of_proof(words), *_places_of_digits(words)}
    )
    kept = [place for place in range(len(words.written)) if place not in taken]
    for end in (0, -1):  # `peeled and chopped ginger`
        while kept and (word := words.compared[kept[end]]) and _joins(word, last=end == -1):
            taken.append(kept.pop(end))
    return words.split(taken) if kept else words.split(taken[:-1])


def shorter_and_shorter(words: NameWords) -> list[tuple[NameWords, str]]:
    """Without its first remark, its first two…: `strong cold brew` is `cold brew`."""
    count = next((n for n, each in enumerate(words.compared) if not _is_remark(each)), 0)
    return [words.split(range(end)) for end in range(1, count)]


def _is_remark(words: tuple[str, ...]) -> bool:
    """Of what is written as one, `D.O.C.` and `semi-skimmed` included."""
    return bool(words) and (all(map(is_preparation, words)) or is_preparation("".join(words)))


def _joins(words: tuple[str, ...], *, last: bool) -> bool:
    """Whether a word at an end of a name joins what is there no more."""
    return words in (("and",), ("or",)) or (last and len(words) == 1 and particle(words[0]) == "of")


def _noun_leads(words: NameWords) -> bool:
    """Whether the first word is the thing itself: `batida de coco`."""
    return len(words.flat) > 1 and particle(words.flat[1]) == "of"


def _places_of_remarks(words: NameWords) -> Iterator[int]:
    for start in range(_noun_leads(words), len(words.compared)):
        yield from (start,) if _is_remark(words.compared[start]) else ()
        for end in (start + 2, start + 3):  # `non traité`, `di buona qualità`
            if tuple(word for each in words.compared[start:end] for word in each) in remarks():
                yield from range(start, min(end, len(words.compared)))


def _places_of_digits(words: NameWords) -> Iterator[int]:
    """`2:1 honey syrup`, `7 años`: how much sugar for how much water, how old."""
    for place, (one, other) in enumerate(pairwise(words.written)):
        if one.isdigit() and len(one) < 3:
            ratio = len(one) == len(other) == 1 and other.isdigit()
            years = set(words.compared[place + 1]) <= word_set("years")
            yield from (place, place + 1) if ratio or years else ()


def _places_of_proof(words: NameWords) -> list[int]:
    """`100-proof` says how strong, unless it is so strong as to be another thing."""
    found = re.search(r"\b(\d{2,3})[- ]proof\b", " ".join(words.written), re.IGNORECASE)
    if found is None or int(found[1]) >= OVERPROOF:
        return []
    return [
        place
        for place, word in enumerate(words.written)
        if word.casefold() in (found[0].casefold(), found[1], "proof")
    ]


def without_participles(words: NameWords) -> tuple[NameWords, str]:
    """`concombre épluché`: what was done with a thing, in languages that say it afterwards."""
    taken = [
        place
        for place, (written, compared) in enumerate(zip(words.written, words.compared, strict=True))
        if place >= _noun_leads(words)
        and len(compared) == 1
        and is_participle(written, compared[0])
    ]
    return words.split(taken)


def without_flavored(words: NameWords) -> NameWords | None:
    """`Cherry-flavored brandy` is `cherry brandy`."""
    if "flavored" not in words.flat:
        return None
    written = " ".join(words.written)
    return NameWords.of(re.sub(r"[- ]?flavou?red", "", written, flags=re.IGNORECASE))


def brands_in(words: tuple[str, ...]) -> Iterable[tuple[Brand, int]]:
    """The brands that stand in a name, and where."""
    for start, word in enumerate(words):
        for brand in brands().get(word, ()):
            if words[start : start + len(brand.words)] == brand.words:
                yield brand, start


def as_written(words: NameWords, start: int, length: int) -> str:
    """The words of a name, as written, that these compared words are of."""
    return " ".join(words.written[place] for place in word_places(words, start, length))


def word_places(words: NameWords, start: int, length: int) -> list[int]:
    """Where the written words are that so many compared ones from `start` on are of."""
    found, at = [], 0
    for place, each in enumerate(words.compared):
        if at < start + length and at + len(each) > start:
            found.append(place)
        at += len(each)
    return found


def titled(name: str) -> str:
    """A name with capitals, where it has none: `Coconut Rum`, but `St-Germain` as it is."""
    return " ".join(
        word if word in _SMALL and place else word[:1].upper() + word[1:]
        for place, word in enumerate(name.split())
    )
