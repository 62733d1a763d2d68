"""Names of other languages put into English: `Himbeerlikör`, `vodka alla vaniglia`."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from cocktailspace.importing.vocabulary import plain, qualities, words_of

Words = tuple[str, ...]
_ENDINGS = ("che", "chi", "ia", "ie", "io", "en", "er", "es", "em", "n", "e", "s", "a", "o", "i")
"""By which a noun or an adjective may differ from how the table has it."""
_SHORTEST = 4
"""So many letters are left of a word without its ending."""
_LONGEST = 4


@cache
def _read() -> Mapping[str, Any]:
    text = (files("cocktailspace.importing") / "words" / "languages.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _table(*sections: str) -> Mapping[Words, Words]:
    """English words by the words that say them, as both are compared."""
    found: dict[Words, Words] = {}
    for section in sections:
        for english, others in _read()[section].items():
            for other in others:
                found.setdefault(words_of(other), words_of(english))
    return found


@cache
def _stems(*sections: str) -> Mapping[str, Words]:
    """English words by the stem of the single word that says them."""
    found: dict[str, Words] = {}
    for said, english in _table(*sections).items():
        if len(said) == 1:
            found.setdefault(said[0], english)
            found.setdefault(_stem(said[0]), english)
    return found


@cache
def _english() -> frozenset[Words]:
    """Names of several English words, which are not taken apart."""
    return frozenset(words_of(each) for section in ("kind", "word") for each in _read()[section])


@cache
def _particles() -> frozenset[str]:
    return frozenset(word for each in _read()["particle"]["words"] for word in words_of(each))


@cache
def _ends() -> Mapping[str, Words]:
    """What the ends of words written as one say, as they are spelled there."""
    found: dict[str, Words] = {}
    for kind, others in _read()["kind"].items():
        for other in (*others, kind):
            found.setdefault(plain(other), words_of(kind))
    return found


@cache
def _kinds() -> frozenset[str]:
    return frozenset(word for kind in _read()["kind"] for word in words_of(kind))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        kept = word.removesuffix(ending) + ("c" if ending in ("che", "chi") else "")
        if word.endswith(ending) and len(kept) >= _SHORTEST:
            return kept
    return word


@cache
def _said_by(word: str) -> Words | None:
    """What one word means."""
    whole = _table("kind", "word").get((word,))
    if whole is not None:
        return whole
    stems = _stems("kind", "word")
    return stems.get(word, stems.get(_stem(word))) if len(word) >= _SHORTEST else None


@cache
def _said_by_parts(word: str) -> Words | None:
    """What a word says that is written as one: `Ananassaft`, `frambozenlikeur`."""
    for start in range(3, len(word) - 2):
        ending = word[start:]
        kind = _ends().get(ending) or _ends().get(ending.removesuffix("e"))
        if kind is None:
            continue
        first = word[:start]
        for part in (first, first.removesuffix("s"), first.removesuffix("n")):
            if (said := _said_by(part)) is not None:
                return said + kind
        return (_said_by_parts(first) or words_of(first)) + kind
    return None


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
            met = _table("kind", "word").get(phrase) or (phrase if phrase in _english() else None)
            if met is not None:
                break
        else:
            length, word = 1, words[at]
            met = _said_by(word) or _said_by_parts(word)
            if met is None and word in _particles() and said:
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
        orders = [head_last, said] if joined or said[0][-1] in _kinds() else [said, head_last]
        orders.append(said[::-1])
    orders.append([_quality(word) for word in words])  # `crema de cacao blanca`
    yield from dict.fromkeys(tuple(word for part in order for word in part) for order in orders)


def _quality(word: str) -> Words:
    said = _said_by(word)
    return said if said and set(said) <= qualities() else (word,)
