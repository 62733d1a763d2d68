"""Reads numbers and units from left to right, as people write them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cocktailspace.importing.vocabulary import (
    WORD,
    Unit,
    number_phrases,
    phrases,
    plain,
    unit_phrases,
    units,
)

_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?![\d.,])|\d+(?:[.,]\d+)?|[.,]\d+)"
    r"|(?P<vulgar>[¼-¾⅐-⅞])"
    rf"|(?P<word>{WORD})"
    r"|(?P<sign>[^\s.])",
    re.IGNORECASE,
)
SLASH, HYPHEN, _TIMES = frozenset("/⁄∕"), frozenset("-–—−‐~"), frozenset("x×")
JOINING = HYPHEN | _TIMES
"""What may stand between an amount and its unit."""
_LONGEST_PHRASE = 6


@dataclass(frozen=True, slots=True)
class Token:
    """A number, word or sign, as compared, and where it stands."""

    kind: str
    said: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """A text cut into numbers, words and signs."""
    return [
        Token(found.lastgroup or "", plain(found[0]), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    ]


class Scanner:
    """Reads a text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.at = 0
        self.notes: list[str] = []

    def kind(self, ahead: int = 0) -> str:
        """Whether a number, word or sign comes; empty at the end."""
        place = self.at + ahead
        return self.tokens[place].kind if place < len(self.tokens) else ""

    def said(self, ahead: int = 0) -> str:
        """The token that comes, as compared."""
        place = self.at + ahead
        return self.tokens[place].said if place < len(self.tokens) else ""

    def rest(self) -> str:
        """What has not been read yet, as written."""
        if self.at >= len(self.tokens):
            return ""
        return self.text[self.tokens[self.at].start :].strip()

    def phrase(self, known: Mapping[tuple[str, ...], Any], ahead: int = 0) -> tuple[Any, int]:
        """The longest known phrase that stands here: what it means, how many words it has."""
        place = self.at + ahead
        for length in range(min(_LONGEST_PHRASE, len(self.tokens) - place), 0, -1):
            said = tuple(token.said for token in self.tokens[place : place + length])
            if said in known:
                return known[said], length
        return None, 0

    def take(self, count: int) -> str:
        """Pass so many words by; what they say in the line."""
        first, last = self.tokens[self.at], self.tokens[self.at + count - 1]
        self.at += count
        return self.text[first.start : last.end]


def _value(said: str) -> float:
    """A decimal number; a comma before three digits, after none, parts thousands."""
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", said):
        return float(said.replace(",", ""))
    return float(said.replace(",", "."))


def read_simple_number(scan: Scanner) -> float | None:
    """A number without a whole part before a fraction: `2`, `1,5`, `1/2`, `½`, `half`."""
    if scan.kind() == "vulgar":
        return unicodedata.numeric(unicodedata.normalize("NFC", scan.take(1)))
    if scan.kind() == "number":
        value = _value(scan.said())
        if scan.said(1) in SLASH and scan.kind(2) == "number" and _value(scan.said(2)) > 0:
            value /= _value(scan.said(2))
            scan.take(3)
        else:
            scan.take(1)
        return value
    value, length = scan.phrase(number_phrases())
    if not length or scan.said(length) in ("and", "&", "n"):
        return None
    scan.take(length)
    after, more = scan.phrase(number_phrases())
    if {value, after} == {0.5, 1}:  # `half a lime`, `un demi citron`
        scan.take(more)
        return 0.5
    return float(value)


def read_number(scan: Scanner) -> float | None:
    """A number, `1 1/2`, `1½`, `1-1/2`, `1 and 1/2` included."""
    start = scan.at
    whole_kind = scan.kind()
    value = read_simple_number(scan)
    if value is None or whole_kind != "number" or scan.at - start != 1 or value % 1:
        return value
    before = scan.at
    if scan.said() in ("and", "&", "+", "und", "et", "y", "e") or scan.said() in HYPHEN:
        scan.at += 1
    if scan.kind() in ("number", "vulgar"):
        fraction_at = scan.at
        fraction = read_simple_number(scan)
        is_fraction = scan.at - fraction_at == 3 or scan.tokens[fraction_at].kind == "vulgar"
        if fraction is not None and is_fraction and 0 < fraction < 1 <= value:
            return value + fraction
    elif scan.said() in ("half", "a") and scan.at > before:
        fraction = read_simple_number(scan)
        if scan.said() == "half":
            fraction = read_simple_number(scan)
        if fraction == 0.5:
            return value + fraction
    scan.at = before
    return value


def unit_at(scan: Scanner, ahead: int = 0) -> tuple[Unit | None, int]:
    """The unit that stands here, and of how many words: `T` is a tablespoon, `t` a teaspoon."""
    token = scan.tokens[scan.at + ahead] if scan.at + ahead < len(scan.tokens) else None
    if token is not None and token.said == "t":
        capital = scan.text[token.start] == "T"
        return units()["tbsp" if capital else "tsp"], 1
    unit, length = scan.phrase(unit_phrases(), ahead)
    return unit, length


def read_range_end(scan: Scanner, *, unit: Unit | None = None) -> float | None:
    """The end of a range whose beginning has just been read."""
    start = scan.at
    _, length = scan.phrase(phrases("to"))
    if length:
        scan.take(length)
        end = read_number(scan)
        found, unit_length = unit_at(scan)
        if end is not None and (unit is None or found is unit):
            if unit is not None:
                scan.take(unit_length)
            return end
    scan.at = start
    return None


def read_sized(scan: Scanner, amount: float) -> tuple[float, Unit] | None:
    """`2 750-ml` bottles or `2 x 30 ml`: so many times so much."""
    start = scan.at
    if scan.said() in _TIMES:
        scan.take(1)
    size = read_simple_number(scan) if scan.kind() == "number" else None
    if size is not None:
        if scan.said() in HYPHEN:
            scan.take(1)
        unit, length = unit_at(scan)
        if unit is not None and unit.key in ("inch", "cm"):
            scan.take(length)
            scan.notes.append(scan.text[scan.tokens[start].start : scan.tokens[scan.at - 1].end])
            return None
        if unit is not None and unit.key in ("ml", "cl", "dl", "l", "oz"):
            scan.take(length)
            return amount * size, unit
    scan.at = start
    return None


def read_unit(scan: Scanner) -> Unit | None:
    """The unit that stands here; words between number and unit become notes."""
    passed = 0
    while True:
        unit, length = unit_at(scan, passed)
        if unit is not None:
            if passed:
                scan.notes.append(scan.take(passed))
            scan.take(length)
            return unit
        _, about = scan.phrase(phrases("about"), passed)
        if not about:
            return None
        passed += about
