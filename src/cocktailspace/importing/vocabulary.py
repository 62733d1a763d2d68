"""The words of the bar, read once from `words/`, and the form in which names are compared."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_MARKS = str.maketrans({"'": "", ".": " ", "&": " and "})
_ARTICLE = re.compile(r"\b(?:[dl]|(?:a|de|ne|da|su)ll)'(?=\w)")
_SPELLINGS = {
    "whisky": "whiskey",
    "flavoured": "flavored",
    "flavour": "flavor",
    "vermut": "vermouth",
    "wermut": "vermouth",
    "vermout": "vermouth",
    "sirup": "syrup",
    "grey": "gray",
    "liquer": "liqueur",
    "crema": "creme",
    "vermute": "vermouth",
    "cidre": "cider",
    "sidra": "cider",
    "sidro": "cider",
    "verm": "vermouth",
    "swt": "sweet",
    "wht": "white",
}
_PLURAL_ONLY = {"bitters"}
_PLURALS = (  # ending, what takes its place
    ("ies", "y"),
    ("ie", "y"),
    ("aves", "af"),
    ("oes", "o"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
)
_NO_PLURALS = ("ss", "us", "is")


@cache
def _folded(word: str) -> str:
    word = _SPELLINGS.get(word, word)
    if len(word) <= 3 or word in _PLURAL_ONLY or word.endswith(_NO_PLURALS):
        return word
    for ending, singular in _PLURALS:
        if word.endswith(ending):
            return word.removesuffix(ending) + singular
    return word.removesuffix("s")


def plain(text: str) -> str:
    """The text in lower case, without accents and with straight apostrophes."""
    if text.isascii():  # most are, and this is asked for every word
        return text.lower()
    folded = text.casefold().replace("’", "'").replace("æ", "ae").replace("œ", "oe")
    decomposed = unicodedata.normalize("NFKD", folded.replace("ø", "o").replace("ł", "l"))
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: singular, one spelling, `&` as `and`."""
    text = _ARTICLE.sub("", plain(name)).replace("s's", "s").translate(_MARKS)
    return tuple(_folded(word) for word in _WORD.findall(text))


def key_of(words: Iterable[str]) -> str:
    """What names of the same words have in common, however they are joined (`7 Up`, `7-up`)."""
    return "".join(words)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that people measure in."""

    key: str
    name: str
    millilitres: float | None
    at_end: bool
    """Whether it may follow the ingredient: `2 mint leaves`."""


@dataclass(frozen=True, slots=True)
class Brand:
    """What is in the bottle of a brand."""

    words: tuple[str, ...]
    kind: str | None
    """None for a maker of everything."""


def _read(file: str) -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "words" / file).read_text("utf-8"))


@cache
def units() -> Mapping[str, Unit]:
    """All units by key."""
    return {
        key: Unit(key, each["name"], each.get("millilitres"), each.get("at_end", False))
        for key, each in _read("units.toml")["unit"].items()
    }


Phrases = Mapping[tuple[str, ...], Any]
WORD = r"[dl]['’](?=\w)|[^\W\d_]+(?:[-'’][^\W\d_]+)*['’]?"
"""A word of a line; a French or Italian article (`d'`, `l'`) is one of its own."""
_TOKEN = re.compile(rf"\d+|{WORD}|[^\s.]", re.IGNORECASE)


def spoken(text: str) -> tuple[str, ...]:
    """The words of a phrase as a line's text is cut into them."""
    return tuple(_TOKEN.findall(plain(text)))


def _phrases(meanings: Iterable[tuple[str, Any]]) -> Phrases:
    return {spoken(phrase): meaning for phrase, meaning in meanings}


@cache
def unit_phrases() -> Phrases:
    """Units by the words that say them, plurals included."""
    found: dict[str, Unit] = {}
    for key, each in _read("units.toml")["unit"].items():
        for word in each["words"]:
            found.setdefault(word, units()[key])
        for word in each["words"]:
            found.setdefault(word + "s", units()[key])
            found.setdefault(word + "n", units()[key])
    return _phrases(found.items())


@cache
def _unit_phrases_by_word() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Phrases that say a unit, by their first word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in (*unit_phrases(), *phrases("peel_of"), ("t",)):
        found.setdefault(phrase[0], []).append(phrase)
    return {word: tuple(group) for word, group in found.items()}


def says_unit(words: tuple[str, ...]) -> bool:
    """Whether a unit is said anywhere in these words."""
    known = _unit_phrases_by_word()
    return any(
        words[place : place + len(phrase)] == phrase
        for place, word in enumerate(words)
        for phrase in known.get(word, ())
    )


@cache
def number_phrases() -> Phrases:
    """Numbers by the words that say them."""
    return _phrases(_read("units.toml")["number"].items())


@cache
def phrases(kind: str) -> Phrases:
    """Phrases of a kind: what they say of an amount."""
    return _phrases((phrase, kind) for phrase in _read("units.toml")["phrase"][kind])


def clauses() -> tuple[str, ...]:
    """Patterns of how begins what is said after a name."""
    return tuple(_read("units.toml")["clause"]["patterns"])


def garnish_words() -> tuple[str, ...]:
    """By which a line says that it is the garnish: `Garnish: lemon twist`."""
    return tuple(_read("fields.toml")["section"]["garnish"])


@cache
def same_names() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """By the key of a name the groups of names that say the same, the usual one first."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for usual, others in _read("names.toml")["same"].items():
        group = (usual, *others)
        for key in {key_of(words_of(name)) for name in group}:
            groups.setdefault(key, []).append(group)
    return {key: tuple(found) for key, found in groups.items()}


@cache
def same_in_any_order() -> Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The same groups by the words of a name of three or more, sorted."""
    groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for usual, others in _read("names.toml")["same"].items():
        for words in {tuple(sorted(words_of(name))) for name in (usual, *others)}:
            if len(words) > 2:
                groups.setdefault(words, []).append((usual, *others))
    return {words: tuple(found) for words, found in groups.items()}


@cache
def every_word() -> frozenset[str]:
    """All words of the names, brands and families that are known."""
    names = _read("names.toml")
    groups = (*names["same"].items(), *names["brands"].items())
    said = (name for usual, others in groups for name in (usual, *others))
    words = {word for name in (*said, *names["places"]) for word in words_of(name)}
    return frozenset(words) | variety()


@cache
def usual_name(key: str) -> str | None:
    """What a name of this key is usually called, if that is known."""
    groups = same_names().get(key)
    return groups[0][0] if groups else None


@cache
def brands() -> Mapping[str, tuple[Brand, ...]]:
    """Brands and makers by their first word, the longest first."""
    names = _read("names.toml")
    found = [
        Brand(words_of(brand), kind) for kind, group in names["brands"].items() for brand in group
    ]
    found += [Brand(words_of(maker), None) for maker in names["makers"]["words"]]
    by_word: dict[str, list[Brand]] = {}
    for brand in sorted(found, key=lambda each: -len(each.words)):
        by_word.setdefault(brand.words[0], []).append(brand)
    return {word: tuple(group) for word, group in by_word.items()}


@cache
def word_set(kind: str) -> frozenset[str]:
    """Words of a kind: `preparation`, `families`, `drinks`, `beside_brands`."""
    return frozenset(key_of(words_of(word)) for word in _read("names.toml")[kind]["words"])


@cache
def variety(*kinds: str) -> frozenset[str]:
    """Words that each make another thing: of these kinds (`colour`, `age`…), or of all."""
    known = _read("names.toml")["variety"]
    return frozenset(
        word for kind in kinds or known for name in known[kind] for word in words_of(name)
    )


def flavours() -> frozenset[str]:
    """Words of flavour and colour: alone, they may be of a fruit, a liqueur or a syrup."""
    return variety("colour", "flavour")


@cache
def kind_said(where: str) -> Mapping[str, str]:
    """What a word at a place of a name (`first_word`, `first_word_at_last`) says of the whole."""
    return dict(_read("names.toml")[where])


@cache
def places(kind: str = "places") -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Families that something new may hang under, by its last words (or by its category)."""
    return {words_of(head): tuple(families) for head, families in _read("names.toml")[kind].items()}
