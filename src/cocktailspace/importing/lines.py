"""A line of any file becomes an amount and the names that may be meant, most specific first."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from cocktailspace.importing.languages import in_english, is_preparation, is_quality, varieties
from cocktailspace.importing.quantities import Quantity, read_quantity
from cocktailspace.importing.remarks import in_words
from cocktailspace.importing.rows import LineRow
from cocktailspace.importing.vocabulary import (
    flavours,
    key_of,
    plain,
    spoken,
    unit_phrases,
    usual_name,
    words_of,
)

_OF_THE_NAME = ("colour", "sweetness", "age", "kind", "strength")
_EACH = re.compile(r"^each(?: of)?\s+", re.IGNORECASE)
_OF_EACH = re.compile(r"^(.{1,30}?)\s+(each(?: of)?\s+.+)$", re.IGNORECASE)
_LISTED = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*", re.IGNORECASE)
_OR = re.compile(r"\s+(?:or|oder|ou)\s+|\s*/\s*|\s+o\s+", re.IGNORECASE)
_OR_LEFT = re.compile(r"^(?:or|oder|ou|o)\s+", re.IGNORECASE)
_OR_INSIDE = re.compile(r"\s(?:or|oder|ou|o)\s", re.IGNORECASE)
_NEXT_AMOUNT = re.compile(r"\s+(?:to|and|plus|und|et|y|e|\+|&)\s+(?=[\d.¼-¾⅐-⅞])", re.IGNORECASE)
POURED = frozenset(
    ("ml", "cl", "dl", "l", "oz", "tbsp", "tsp", "bsp", "dash", "splash", "part", "shot", "pony",
     "cup", "top", "float")
)  # fmt: skip
_JUICY = frozenset(
    (fruit,) for fruit in ("lemon", "lime", "orange", "grapefruit", "pineapple", "cranberry",
                           "tomato", "apple", "pomegranate")
)  # fmt: skip
_AND_AMOUNT = re.compile(r"\s+(?:and\s+|plus\s+)?[\d.,/ ¼-¾⅐-⅞]*\d\s?(?:oz|ml|cl|tsp|tbsp)\.?$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that a line may mean, and what it would leave to the note."""

    name: str
    remainder: str = ""
    unit: str | None = None
    """Said in the name: `mint leaves`."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line that was read: its amount, and what it may be of."""

    quantity: Quantity
    candidates: tuple[Candidate, ...]
    """Most specific first; none where the line says no name."""
    alternatives: tuple[str, ...] = ()
    label: str = ""
    text: str = ""
    """What the file says, in one line."""


def is_known_name(text: str) -> bool:
    """Whether a text that begins with a number is the name of something, such as `7 Up`."""
    return usual_name(key_of(words_of(text))) is not None


def _always(_: str) -> bool:
    return True


def read_line(row: LineRow) -> list[ReadLine]:
    """A file's line; several where it lists several (`1 oz each lemon juice, triple sec`)."""
    each = _OF_EACH.match(row.text) if row.text else None
    if each and (of := read_quantity(each[1])).unit and not of.rest:
        return read_line(replace(row, text="", measure=each[1], ingredient=each[2]))
    if row.measure and _EACH.match(row.ingredient):
        names = [name for name in _LISTED.split(_EACH.sub("", row.ingredient)) if name.strip()]
        if len(names) > 1:
            return [
                read_line(
                    LineRow(text=name) if name[0].isdigit() else replace(row, ingredient=name)
                )[0]
                for name in names
            ]
    if row.text and (parts := _two_lines(row.text)):
        return [line for part in parts for line in read_line(replace(row, text=part))]
    said = _parts_of(row)
    quantity = said.quantity
    if row.note:
        quantity = replace(quantity, notes=(*quantity.notes, row.note))
    if row.optional:
        quantity = replace(quantity, optional=True)
    return [_read(row, replace(said, quantity=quantity))]


def _two_lines(text: str) -> tuple[str, str] | None:
    """`2 parts rum to 1 part lime juice` is two lines: each has an amount, a unit and a name."""
    for found in _NEXT_AMOUNT.finditer(text):
        parts = text[: found.start()], text[found.end() :]
        read = [read_quantity(part, is_known_name) for part in parts]
        if all(each.unit and each.amount and each.rest for each in read):
            return parts
    return None


@dataclass(frozen=True, slots=True)
class _Parts:
    """A line in its parts."""

    quantity: Quantity
    name: str
    leading: str = ""
    """Words of the measure that are of the ingredient: `1 oz white`."""
    following: str = ""
    """What stands after the name in brackets, if that says of which kind it is."""


def _parts_of(row: LineRow) -> _Parts:
    given = row.amount is not None or row.unit
    if row.text or not (row.measure or given):
        quantity = read_quantity(row.text or row.ingredient, is_known_name)
        return _following(_Parts(quantity, quantity.rest))
    quantity = _given(row) if given else read_quantity(row.measure)
    name = read_quantity(row.ingredient, _always)
    notes = (*quantity.notes, *name.notes)
    quantity = replace(
        quantity,
        notes=notes,
        optional=quantity.optional or name.optional,
        juice=quantity.juice or name.juice,
    )
    return _following(_Parts(quantity, name.rest, quantity.rest))


def _following(said: _Parts) -> _Parts:
    """`Creme de Cacao (White)`: a remark of colour, sweetness or age alone is of the name."""
    for note in said.quantity.notes:
        words = words_of(note)
        if words and all(varieties((word,), *_OF_THE_NAME) for word in words):
            notes = tuple(each for each in said.quantity.notes if each != note)
            return replace(said, quantity=replace(said.quantity, notes=notes), following=note)
    if match := _AND_AMOUNT.search(said.name):
        notes = (*said.quantity.notes, match[0].strip())
        name = said.name[: match.start()]
        return replace(said, quantity=replace(said.quantity, notes=notes), name=name)
    return said


def _given(row: LineRow) -> Quantity:
    """The amount where the file has it in parts; what its unit says besides, leads the name."""
    unit = unit_phrases().get(spoken(row.unit))
    quantity = Quantity(row.amount, row.amount_max, unit.key if unit else None)
    if unit is None and row.unit.strip():
        read = read_quantity(f"1 {row.unit}")
        quantity = replace(quantity, unit=read.unit, rest=read.rest, notes=read.notes)
    return quantity


def _read(row: LineRow, said: _Parts) -> ReadLine:
    alternatives = list(row.alternatives)
    leading = said.leading
    if match := _OR_LEFT.match(leading):
        alternatives.append(leading[match.end() :])
        leading = ""
    name = said.name
    if _OR_INSIDE.search(f"{leading} "):  # `2 oz light or dark` rum
        name, leading = f"{leading} {name}", ""
    label = in_words(row.label)
    names, others = _or(label or name)
    candidates = [each for name in names for each in _candidates(name, leading, said.following)]
    if label:
        candidates += _candidates(said.name, "", "")
    if said.quantity.juice:
        candidates = [replace(each, name=_juice_of(each.name)) for each in candidates if each.name]
        others = [_juice_of(other) for other in others]
    elif others == [] and not label:
        candidates = [*_bitters_meant(said), *_fruit_meant(said), *candidates]
    found = tuple(dict.fromkeys(each for each in candidates if each.name))
    text = row.text or " ".join(filter(None, (row.measure, row.unit, row.ingredient, row.label)))
    return ReadLine(said.quantity, found, (*alternatives, *others), label, text)


def _fruit_meant(said: _Parts) -> list[Candidate]:
    """Of a fruit that is poured, the juice is meant (`1 oz lemon`); of one that is counted, the
    fruit, though its name may be a liqueur's, too (`4 framboises`).
    """
    words = tuple(word for word in words_of(said.name) if not is_preparation(word))
    english = next(in_english(words), words)
    amount, unit = said.quantity.amount, said.quantity.unit
    left = f"{said.leading} {said.following}".strip()
    parts_of_one = unit is None and amount is not None and amount * 2 % 1 > 0
    if english in _JUICY and (unit in POURED or parts_of_one):
        return [Candidate(f"{' '.join(english)} juice", left)]
    counted = amount is not None and amount % 1 == 0 and unit in (None, "each", "piece", "handful")
    if (counted or unit in ("g", "kg")) and english != words and set(english) <= flavours():
        return [Candidate(" ".join(english), left)]
    return []


def _bitters_meant(said: _Parts) -> list[Candidate]:
    """What flavour is dashed, if it is not sour, is of bitters: `2 dashes orange`."""
    words = words_of(said.name)
    if said.quantity.unit not in ("dash", "drop") or not words or said.leading:
        return []
    flavour = words[-1] in flavours() and words[-1] not in ("lemon", "lime", "grenadine")
    return [Candidate(f"{said.name} bitters", said.following)] if flavour else []


def _juice_of(fruit: str) -> str:
    return f"{usual_name(key_of(words_of(fruit))) or fruit} juice"


def _or(name: str) -> tuple[list[str], list[str]]:
    """The names that `Light or dark rum` may begin with, and what may stand in its place."""
    parts = [part.strip(" ,") for part in _OR.split(name)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or is_known_name(name):
        return [name], []
    first, *others = parts
    head = others[-1].split()
    shared = [f"{first} {' '.join(head[place:])}" for place in range(1, len(head))]
    words = words_of(first)
    if shared and len(words) == 1 and (is_quality(words[0]) or set(words) <= flavours()):
        return shared, others  # of `Lemon or orange sherbet` no lemon is meant
    return [*shared, first], others


def _candidates(name: str, leading: str, following: str) -> list[Candidate]:
    """A name with the words around it, and without them."""
    around = " ".join(filter(None, (leading, following)))
    found = []
    wholes = [f"{around} {name}"] if around else []
    wholes += [f"{leading} {name} {following}"] if following else []  # `vanilla (extract)`
    for left, full in (*(("", whole) for whole in wholes), (around, name)):
        found.append(Candidate(full.strip(), left))
        found += [replace(each, remainder=left) for each in _without_unit(full.strip())]
    return found


def _without_unit(name: str) -> list[Candidate]:
    """A name whose last, or first, word is a unit of pieces: `fresh mint leaves`."""
    found = []
    for word, rest in (name.rpartition(" ")[::-2], name.partition(" ")[::2]):
        unit = unit_phrases().get(spoken(word))
        if rest and unit is not None and unit.at_end:
            found.append(Candidate(rest.removeprefix("of ").strip(), unit=unit.key))
    before, _, last = name.rpartition(" ")
    if all(map(is_preparation, words_of(before))) and (parts := _unit_at_end(last)):
        found.append(Candidate(parts[0], unit=parts[1]))
    return found


@lru_cache(maxsize=10_000)
def _unit_at_end(word: str) -> tuple[str, str] | None:
    """`Orangenscheibe` is a slice of orange: a word, and the unit at its end."""
    for start in range(3, len(word) - 3):
        unit = unit_phrases().get((plain(word[start:]),))
        if unit is not None and unit.at_end:
            words = words_of(word[:start].rstrip("-"))
            fruit = next(in_english(words), words if set(words) <= flavours() else None)
            if fruit:
                return " ".join(fruit), unit.key
    return None
