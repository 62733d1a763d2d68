"""What files call their fields, in many languages; and what somebody said that they mean."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from cocktailspace.importing.vocabulary import plain, spoken

_KEY = re.compile(r"[^a-z0-9\u0400-\u04ff]+")
_MOST_KEYS = 10_000
_BEFORE_NUMBERS = ("ingredient", "item", "zutat", "line")
_NUMBERED = re.compile(r"^(.*?)(\d{1,3})(.*)$")
_NUMBER = re.compile(r"\d+")
_IN = re.compile(r"(?<=[a-z])In$|[ _-]in$")
_PREFIXES = {"recipe": ("cocktail", "drink", "recipe"), "line": ("ingredient",)}
"""What a key may say once more that it is of: `cocktailIngredients`, `ingredient_amount`."""
_UNIT = re.compile(
    r"(?:(?<![A-Za-z])(?:ml|cl|oz|parts|ounces|ML|CL|OZ)|(?:(?<=[a-z])|\b)(?:Ml|Cl|Oz|Parts|Ounces))"
    r"(?![A-Za-z])"
)


@cache
def _words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    text = (files("cocktailspace.importing") / "words" / "fields.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def names_of(kind: str) -> Mapping[str, str]:
    """The fields of a `recipe`, `line` or `ingredient` by what files call them."""
    return {folded(name): each for each, names in _words()[kind].items() for name in names}


@cache
def words_of_lists(what: str) -> frozenset[str]:
    """What files call their lists of recipes, or of ingredients."""
    return frozenset(_words()["list"][what])


@cache
def is_sum(text: str) -> bool:
    """Whether a cell says that its row, or its column, sums others up."""
    return folded(text) in _words()["table"]["sums"]


@cache
def is_kind(header: str) -> bool:
    """Whether a column is called as a kind of ingredient is: `Base Spirit`, `Liqueur 2`."""
    return _NUMBER.sub("", folded(header)).removesuffix("s") in _words()["table"]["kinds"]


@cache
def is_glass(text: str) -> bool:
    """Whether a cell says a glass: `Nick & Nora`, `Rocks glass`."""
    return folded(text).removesuffix("glass").removesuffix("glas") in _words()["table"]["glasses"]


def sections() -> Mapping[str, str]:
    """What comes after a heading in a text, by its words."""
    return {plain(name): each for each, names in _words()["section"].items() for name in names}


@cache
def doing() -> tuple[frozenset[tuple[str, ...]], frozenset[str]]:
    """How begins a line that says what to do, and how it may end."""
    said = _words()["doing"]
    return frozenset(map(spoken, said["first"])), frozenset(map(plain, said["last"]))


@cache
def folded(key: str) -> str:
    """A key without case, accents and punctuation."""
    return _KEY.sub("", plain(key))


def parted(key: str) -> tuple[str, str]:
    """A key without the unit that it says, and that: `Amount (oz)`, `ml 1`, `volumeMl`."""
    found = _UNIT.search(key)
    if found is None:
        return key, ""
    before = _IN.sub("", key[: found.start()].rstrip(" ([_-"))
    return f"{before} {key[found.end() :].lstrip(' )]_-')}", found[0]


def mapping_of(pairs: Iterable[str]) -> dict[str, str]:
    """Headers of a file by the field that each is, as people write it: `name=Drink name`.

    Raises ValueError for a pair that names no header.
    """
    found = {}
    for pair in pairs:
        field, equals, header = pair.partition("=")
        if not equals or not header.strip():
            raise ValueError(f"say which header is what, as in name=Drink name, not {pair!r}")
        found[field.strip()] = header.strip()
    return found


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which key of a file is meant by which field, where somebody said so."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """`{"name": "Drink name"}`: a number in a key stands for that of a line."""
    _seen: dict[tuple[str, str], tuple[str | None, int | None]] = field(default_factory=dict)

    def field_of(self, key: str, kind: str) -> tuple[str | None, int | None]:
        """The field that a key is, and the number of the line that it is of."""
        if (found := self._seen.get((key, kind))) is None:
            if len(self._seen) > _MOST_KEYS:
                self._seen.clear()
            found = self._seen[key, kind] = _field_of(tuple(self.fields.items()), key, kind)
        return found


def _field_of(
    said: tuple[tuple[str, str], ...], key: str, kind: str
) -> tuple[str | None, int | None]:
    name = folded(key)
    mapped = {folded(each): field for field, each in said if field in _words()[kind]}
    if name in mapped:
        return mapped[name], None
    known = names_of(kind)
    bare, unit = parted(key)
    is_list = bool(unit) and kind == "recipe" and known.get(folded(bare)) == "ingredients"
    if name in known or is_list:
        return "ingredients" if is_list else known[name], None
    for prefix in _PREFIXES.get(kind, ()):
        if name.startswith(prefix) and (rest := name.removeprefix(prefix)) in known:
            return known[rest], None
    bare, unit = (bare, unit) if kind == "line" else (key, "")
    if unit and known.get(folded(bare)) in ("amount", "measure"):
        return "amount", None
    numbered = _NUMBERED.match(name) if kind == "line" else None
    if numbered is None:
        return None, None
    stem = numbered[1] + numbered[3]
    stems = {_NUMBERED.sub(r"\1\3", each): field for each, field in mapped.items()}
    inner = numbered[3] if numbered[1] in _BEFORE_NUMBERS else ""
    met = stems.get(stem) or known.get(stem) or known.get(inner)
    if met is None and unit and known.get(_NUMBER.sub("", folded(bare))) in ("amount", "measure"):
        met = "amount"
    return met, int(numbered[2]) if met else None
