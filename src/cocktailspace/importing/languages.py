"""Names of other languages put into English: `Himbeerlikör`, `vodka alla vaniglia`.

`words/languages.csv` has a row for each word of the bar and a column for each language.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from cocktailspace.importing.vocabulary import (
    every_word,
    key_of,
    plain,
    usual_name,
    variety,
    word_set,
    words_of,
)

Words = tuple[str, ...]
_TRANSLATED = ("kind", "word")
_ENDINGS = (
    "iego", "che", "chi", "ych", "ego", "ami", "ого", "его", "ow", "ia", "ie", "io", "ii", "ej",
    "en", "er", "es", "em", "ыи", "ии", "ая", "ое", "ои", "ых", "ов", "еи", "n", "e", "s", "a",
    "o", "i", "y", "u", "а", "я", "ы", "и", "у", "о",
)  # fmt: skip
"""By which nouns and adjectives may differ from the table, the longest first (`й` as `и`)."""
_PARTICIPLE = re.compile(
    r"\w{3,}(?:ées?|és?|[aiu]t[oaie]|[ai]d[oa]s?|iert(?:e[mnrs]?)?|(?:an|on|ęt)(?:[yae]|ego|ej|ych))"
    r"|ge\w{3,}(?:t|en|d|te[mnrs]?|de)"
)
"""How French, Italian, Spanish, Portuguese, German, Polish and Dutch participles end."""
_SHORTEST = 4
"""So many letters are left of a word without its ending."""
_LONGEST = 4


@cache
def _rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """What a row is (`kind`, `word`, `prepared`, `particle`), its English word, the others."""
    text = (files(__package__) / "words" / "languages.csv").read_text("utf-8")
    return tuple(
        (what, english, tuple(each for cell in cells for each in cell.split("/") if each))
        for what, english, *cells in csv.reader(text.splitlines()[1:])
    )


@cache
def _table(*what: str) -> Mapping[Words, Words]:
    """English words by the words that say them, as both are compared."""
    found: dict[Words, Words] = {}
    for kind, english, others in _rows():
        for other in others if kind in what else ():
            found.setdefault(words_of(other), words_of(english))
    return found


@cache
def _stems(*what: str) -> Mapping[str, Words]:
    """English words by the stem of the single word that says them."""
    found: dict[str, Words] = {}
    for said, english in _table(*what).items():
        if len(said) == 1:
            found.setdefault(said[0], english)
            found.setdefault(_stem(said[0]), english)
    return found


@cache
def _stemmed_phrases(*what: str) -> Mapping[Words, Words]:
    """English words by the stems of several that say them: `soku ananasowego`."""
    return {
        tuple(map(_stem, said)): english for said, english in _table(*what).items() if len(said) > 1
    }


@cache
def _english() -> frozenset[Words]:
    """What the table has in English."""
    return frozenset(words_of(english) for what, english, _ in _rows() if what in _TRANSLATED)


@cache
def _particles() -> frozenset[str]:
    """Words that join others, and say nothing of their own."""
    return frozenset(word for words in _table("particle") for word in words)


@cache
def _kinds() -> Mapping[str, Words]:
    """What a thing is, by the end of a word that is written as one, as it is spelled there."""
    found: dict[str, Words] = {}
    for what, english, others in _rows():
        for other in (*others, english) if what == "kind" else ():
            found.setdefault(plain(other), words_of(english))
    return found


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        kept = word.removesuffix(ending) + ("c" if ending in ("che", "chi") else "")
        if word.endswith(ending) and len(kept) >= _SHORTEST:
            return kept
    return word


@cache
def _said_by(word: str, *what: str) -> Words | None:
    """What one word means."""
    what = what or _TRANSLATED
    whole = _table(*what).get((word,))
    if whole is not None:
        return whole
    if len(word) < _SHORTEST:
        return None
    stems = _stems(*what)
    return stems.get(word) or stems.get(_stem(word)) or stems.get(*words_of(_stem(word)))


@cache
def _said_by_parts(word: str) -> Words | None:
    """What a word says that is written as one: `Ananassaft`, `frambozenlikeur`."""
    for start in range(3, len(word) - 2):
        ending = word[start:]
        kind = _kinds().get(ending) or _kinds().get(ending.removesuffix("e"))
        if kind is None:
            continue
        first = word[:start]
        for part in (first, first.removesuffix("s"), first.removesuffix("n")):
            if (said := _said_by(part)) is not None:
                return said + kind
        return (_said_by_parts(first) or words_of(first)) + kind
    return None


def is_preparation(word: str) -> bool:
    """Whether a word says how a thing is prepared, in any language: the thing is the same."""
    if word in word_set("preparation"):
        return True
    return word not in variety() and _said_by(word, "prepared") is not None


def remarks() -> Mapping[Words, Words]:
    """What is said of how a thing is prepared, in any language, phrases included."""
    return _table("prepared")


def is_participle(written: str, word: str) -> bool:
    """Whether a word says by its ending that something was done, and no table says what it is."""
    return bool(_PARTICIPLE.fullmatch(written.casefold())) and is_unheard(word)


def is_unheard(word: str) -> bool:
    """Whether no table has this word."""
    return not (_said_by(word) or _said_by_parts(word) or word in every_word())


def says_nothing(word: str) -> bool:
    """Whether a word is none of the tables', or only of how a thing is prepared."""
    return is_unheard(word) or is_preparation(word) or word in _particles()


def particle(word: str) -> str | None:
    """How a word joins others: `of`, `with` or `for`; None for one that does not."""
    said = _table("particle").get((word,))
    return said[0] if said else None


def varieties(words: Iterable[str], *kinds: str) -> frozenset[str]:
    """The English words of colour, sweetness, age… that these say, in any language."""
    known = variety(*kinds)
    said = (each for word in words for each in (_said_by(word) or (word,)))
    return frozenset(each for each in said if each in known)


def is_quality(word: str) -> bool:
    """Whether a word is of colour, sweetness or age, which may stand before or after a name."""
    return bool(varieties((word,), "colour", "sweetness", "age"))


def usual_in_english(words: Words) -> str | None:
    """What a name of any language is usually called, if that is known."""
    known = (usual_name(key_of(each)) for each in (words, *in_english(words)))
    return next(filter(None, known), None)


def in_english(words: Words) -> Iterator[Words]:
    """What a name may be called in English, the likeliest order of its words first.

    Nothing where no word of it is of another language.
    """
    said: list[Words] = []
    at = 0
    changed = joined = False
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 1, -1):
            phrase = words[at : at + length]
            met = _table(*_TRANSLATED).get(phrase) or (phrase if phrase in _english() else None)
            met = met or _stemmed_phrases(*_TRANSLATED).get(tuple(map(_stem, phrase)))
            if met is not None:
                break
        else:
            length, word = 1, words[at]
            met = _said_by(word) or _said_by_parts(word)
            if met is None and word in _particles() and at + 1 < len(words):
                joined, at = True, at + 1
                continue
        said.append(met or (words[at],))
        changed = changed or said[-1] != words[at : at + length]
        at += length
    if not said or not (changed or joined):
        return
    orders = [said]
    if len(said) > 1:
        head_last = [*said[1:], said[0]]
        is_kind = said[0] in _kinds().values()
        orders = [head_last, said] if joined or is_kind else [said, head_last]
        orders.append(said[::-1])
    orders.append([_quality(word) for word in words])  # `crema de cacao blanca`
    yield from dict.fromkeys(tuple(word for part in order for word in part) for order in orders)


def _quality(word: str) -> Words:
    return _said_by(word) or (word,) if is_quality(word) else (word,)
