"""Comparing names: when two are the same or look alike, a text's words, hints for unknown names."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

_LIKE_ENOUGH = 60  # of 100
_LONG_SOURCE = 200
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´"))
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae"}
    | {"œ": "oe", "Œ": "oe"}
)
"""Letters that Unicode does not take apart into one of A to Z and a mark."""
_STOP_WORDS = {"a", "an", "and", "n", "of", "the", "with"}
_SPELLINGS = {"whisky": "whiskey"}
_WORD = re.compile(r"[^\W_]+")


def name_key(name: str) -> str:
    """The form in which names are compared: without regard to case or to how accents are coded.

    Canonical caseless matching, Unicode Standard 3.13, D145. Compatibility variants stay apart:
    real catalogues hold names that differ in nothing but a no-break space.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def alike_key(name: str) -> str:
    """The form in which names look the same: without accents, case, punctuation and plurals.

    A name that is nothing but punctuation looks like no other.
    """
    return " ".join(plain_words(name)) or name_key(name)


def plain_words(text: str) -> list[str]:
    """The words of a text in the singular, without accents, case and punctuation."""
    if text.isascii():
        text = text.lower()
    else:
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
    return list(map(_singular, _WORD.findall(text.translate(_APOSTROPHES))))


def words_of(text: str) -> list[str]:
    """Singular, without case, accents and punctuation, stop words left out where others remain.

    What has no letter (an emoji) is a word as it is.
    """
    words = plain_words(text if text.isascii() else text.translate(_LETTERS))
    found = [word for word in words if word not in _STOP_WORDS] or words
    return [_SPELLINGS.get(word, word) for word in found] or name_key(text).split()


@lru_cache(100_000)
def _singular(word: str) -> str:
    """By the rules of English, as far as they are rules."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses", "zes", "oes")) else word[:-1]


def order_key(name: str, source: str | None) -> str:
    """The form by which recipes are sorted and told apart: the name's key, then the source's.

    What divides them sorts before all that a name may have. A source that is too long for an
    index is cut, and told apart by its digest.
    """
    key = name_key(source or "")
    if len(key) > _LONG_SOURCE:
        key = f"{key[:_LONG_SOURCE]}\x01{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    return f"{name_key(name)}\x01{key}" if key else name_key(name)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint such as ` (did you mean 'Gin'?)`, or nothing when no known name is close."""
    spelling = {name_key(each): each for each in known}
    found = process.extractOne(
        name_key(name), spelling.keys(), scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH
    )
    return f" (did you mean {spelling[found[0]]!r}?)" if found else ""
