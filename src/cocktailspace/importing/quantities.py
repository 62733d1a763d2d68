"""What a line says of its amount: how much, in which unit, of which words, with which remarks."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cocktailspace.importing.remarks import with_remarks, without_clause
from cocktailspace.importing.scanning import (
    HYPHEN,
    JOINING,
    SLASH,
    Scanner,
    read_number,
    read_range_end,
    read_sized,
    read_unit,
    unit_at,
)
from cocktailspace.importing.vocabulary import (
    Unit,
    phrases,
    spoken,
    unit_phrases,
    units,
)

MOST_CHARACTERS = 500
"""So long is a line that is read; a longer one is a note as a whole."""

_SEGMENT = re.compile(r"\s*[,;]\s+|\s*[,;]$|\s+[-–—]\s+|\s*:\s+")
_HALF = re.compile(r"\b(?:(?:une?|1)\s+)?demie?-(?=\w)", re.IGNORECASE)
_BIO = re.compile(r"\bbio-(?=\w)", re.IGNORECASE)
_SAID_AGAIN = frozenset((*SLASH, "|", "+"))
"""After an amount, what another is added by, or the same in another unit: `45 ml/1.5 oz`."""
_LEADERS = re.compile(r"\s*(?:[.…_]\s?){2,}$|\s*\|$")
"""What leads from a name to its amount: `Gin ...... 45 ml`."""
_WITH = re.compile(r"\bw/\s*", re.IGNORECASE)
_TIMES = re.compile(r"^([^\d\s][^\d]*?)\s*[x×]\s*(\d{1,3})$", re.IGNORECASE)
_DASHES = re.compile(r"(?<=\d)d(?=\s)")
"""`2d Angostura`, as bartenders write."""
_PUT_LAST = re.compile(r"\s+(?:as an? |to )?(float|floater|floated|rinse)$", re.IGNORECASE)
_MOST = 1e6
_ONE_IS_MEANT = ("dash", "splash", "pinch")
_CONTAINERS = ("can", "bottle", "carton", "package")
_PUT_ON = ("top", "rinse", "float")
_NO_NUMBER = (*_PUT_ON, *_ONE_IS_MEANT)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What was understood of a line, and what is left of it."""

    amount: float | None = None
    amount_max: float | None = None
    unit: str | None = None
    rest: str = ""
    """What it is of, in the line's own words."""
    notes: tuple[str, ...] = ()
    """What was said besides, word for word."""
    optional: bool = False
    juice: bool = False
    """The amount is of fruit whose juice is meant."""


def _never(_: str) -> bool:
    return False


def _lead(scan: Scanner) -> tuple[bool, Unit | None]:
    """What may stand before a number: whether juice is meant, a unit that is said first."""
    while scan.kind() in ("word", "sign"):
        for kind in ("juice_of", "peel_of", "lead"):
            _, length = scan.phrase(phrases(kind))
            if length and scan.at + length < len(scan.tokens):
                if (
                    kind == "lead"
                    and scan.phrase(unit_phrases(), length)[1] == 0
                    and (scan.kind(length) not in ("number", "vulgar"))
                ):
                    continue
                if kind != "lead" and length == 1 and scan.kind(1) != "number":
                    continue
                said = scan.take(length)
                if kind == "lead":
                    break
                if kind == "juice_of":
                    scan.notes.append(said)
                return kind == "juice_of", units()["peel"] if kind == "peel_of" else None
        else:
            _, length = scan.phrase(phrases("about"))
            if length and scan.kind(length) in ("number", "vulgar"):
                scan.notes.append(scan.take(length))
                continue
            return False, None
    return False, None


def _skip_of(scan: Scanner) -> None:
    _, length = scan.phrase(phrases("of"))
    if length:
        scan.take(length)


def _unit_after_of(scan: Scanner) -> Unit | None:
    """`1/4 de taza`."""
    _, length = scan.phrase(phrases("of"))
    unit, more = unit_at(scan, length) if length else (None, 0)
    if unit is not None and not unit.at_end:
        scan.take(length + more)
        return unit
    return None


def _begins_with_name(scan: Scanner, is_name: Callable[[str], bool]) -> bool:
    """Whether a number is the beginning of a name: `7 Up`, `151 rum`."""
    if is_name(scan.rest()):
        return True
    if scan.kind() != "number":
        return False
    start = scan.tokens[scan.at].start
    ends = [token.end for token in scan.tokens[scan.at + 1 : scan.at + 4]]
    return any(is_name(scan.text[start:end]) for end in ends)


def _from_start(text: str, is_name: Callable[[str], bool]) -> Quantity:
    """The amount where it stands before what it is of."""
    scan = Scanner(text)
    juice, unit = _lead(scan)
    amount = amount_max = None
    if not _begins_with_name(scan, is_name):
        _, unread = scan.phrase(phrases("unread"))
        if unread:
            scan.notes.append(scan.take(unread))
        else:
            amount = read_number(scan)
        if amount is not None:
            amount_max = read_range_end(scan)
            sized = read_sized(scan, amount)
            if sized is not None:
                return _finished(scan, sized[0], None, sized[1], juice=False)
            if scan.said() in JOINING and unit_at(scan, 1)[0]:
                scan.take(1)  # `3/4-oz`, `2x dash`
        found = _unit_after_of(scan) if amount is not None else None
        found = found or _read_unit(scan, counted=amount is not None)
        amount, found = _put_on(scan, amount, found)
        unit = unit or found
        if found is not None and amount is not None:
            amount_max = amount_max or read_range_end(scan, unit=found)
            _pass_said_again(scan)
        if scan.said() in HYPHEN and scan.kind(1) == "word":
            scan.take(1)
        _, about = scan.phrase(phrases("about"))
        if found is not None and about and scan.phrase(phrases("of"), about)[1]:
            scan.notes.append(scan.take(about))  # `1 cuillère à café rase de sucre`
        container, length = unit_at(scan)
        if found is not None and container is not None and container.key in _CONTAINERS:
            scan.notes.append(scan.take(length))
    if amount is not None or unit is not None or scan.notes:
        _skip_of(scan)
    if juice and amount is not None:
        scan.notes[:] = [text[: scan.tokens[scan.at - 1].end].strip(), *scan.notes[1:]]
    return _finished(scan, amount, amount_max, unit, juice=juice)


def _put_on(
    scan: Scanner, amount: float | None, unit: Unit | None
) -> tuple[float | None, Unit | None]:
    """After `float` or `top with`, how much of it: `float 15 ml red wine`; else what was read."""
    if amount is not None or unit is None or unit.key not in _PUT_ON:
        return amount, unit
    start, passed = scan.at, scan.text[: scan.tokens[scan.at - 1].end]
    if scan.said() in ("with", "of", "mit", "avec", "con", "com"):
        scan.at += 1
    much = read_number(scan) if scan.kind() in ("number", "vulgar") else None
    measure, length = unit_at(scan)
    if much is None or measure is None or measure.millilitres is None:
        scan.at = start
        return amount, unit
    scan.take(length)
    scan.notes.append(passed.strip())
    return much, measure


def _read_unit(scan: Scanner, *, counted: bool) -> Unit | None:
    """The unit that stands here; without an amount `St.` is no piece (`St. Germain`)."""
    unit, _ = unit_at(scan)
    return read_unit(scan) if counted or unit is None or unit.key != "piece" else None


def _pass_said_again(scan: Scanner) -> None:
    if scan.said() in _SAID_AGAIN and scan.kind(1) in ("number", "vulgar"):
        start = scan.at
        scan.take(1)
        read_number(scan)
        read_unit(scan)
        said = scan.text[scan.tokens[start].start : scan.tokens[scan.at - 1].end]
        scan.notes.append(said)


def _few(note: str) -> bool:
    return spoken(note) in phrases("unread")


def _finished(
    scan: Scanner,
    amount: float | None,
    amount_max: float | None,
    unit: Unit | None,
    *,
    juice: bool,
) -> Quantity:
    if amount is None and unit is not None and unit.key not in _PUT_ON:
        few = any(_few(note) for note in scan.notes)
        amount = 1.0 if unit.key in _ONE_IS_MEANT and not few else None
    if amount is not None and not max(amount, amount_max or 0) <= _MOST:
        amount = amount_max = None
        scan.notes.append(scan.text)
    rest, key = scan.rest().strip(" ,;:-–—"), unit.key if unit else None
    return Quantity(amount, _above(amount, amount_max), key, rest, tuple(scan.notes), juice=juice)


def _above(amount: float | None, end: float | None) -> float | None:
    """The end of a range, where it is above its beginning."""
    return end if amount is not None and end is not None and end > amount else None


def _from_end(text: str) -> Quantity | None:
    """The amount where it follows what it is of: `Gin 45 ml`, `soda water to top`."""
    scan = Scanner(text)
    for start in range(1, len(scan.tokens)):
        scan.at = start
        scan.notes.clear()
        amount = read_number(scan) if scan.kind() in ("number", "vulgar") else None
        amount_max = read_range_end(scan) if amount is not None else None
        unit = read_unit(scan)
        if unit is None or scan.at < len(scan.tokens) or unit.at_end or unit.key == "each":
            continue
        if amount is None and unit.key not in _NO_NUMBER:
            continue
        if amount is not None and not max(amount, amount_max or 0) <= _MOST:
            continue
        rest = _LEADERS.sub("", text[: scan.tokens[start].start].strip(" ,;:-–—"))
        rest = _without_of(rest)
        if not rest or rest.isdigit():
            continue
        if amount is None and unit.key in _ONE_IS_MEANT:
            amount = 1.0
        return Quantity(amount, _above(amount, amount_max), unit.key, rest, tuple(scan.notes))
    return None


def _without_of(text: str) -> str:
    scan = Scanner(text)
    _skip_of(scan)
    return scan.rest() or text


def _whole(remark: str) -> Quantity | None:
    """A remark that is an amount and nothing else: `Gin (45 ml)`, `soda water, to top`."""
    found = _from_start(remark, _never)
    if found.unit and units()[found.unit].at_end and remark[:1].isalpha():
        return None  # `ghiaccio, a cubetti`
    return None if found.rest or found.unit is None or found.juice else found


@lru_cache(maxsize=50_000)
def read_quantity(text: str, is_name: Callable[[str], bool] = _never) -> Quantity:
    """What a line, or its measure alone, says.

    is_name: whether a text is a name as it stands, though it begins with a number (`7 Up`).
    """
    if len(text) > MOST_CHARACTERS:
        return Quantity(notes=(text,))
    text = _DASHES.sub(" dash", text)
    usual = _TIMES.sub(r"\2 \1", _WITH.sub("with ", _HALF.sub("1/2 ", text)))
    bare, remarks = with_remarks(_BIO.sub("", usual))
    found = _from_start(bare, is_name)
    if found.amount is None and found.unit is None and not is_name(bare):
        found = _from_end(bare) or found
    segments = [part.strip() for part in _SEGMENT.split(found.rest) if part and part.strip()]
    segments[:1] = [part for first in segments[:1] for part in without_clause(first)]
    notes, optional, juice = list(found.notes), False, found.juice
    for remark in [*segments[1:], *remarks]:
        said = spoken(remark)
        if said in phrases("optional"):
            optional = True
        elif said in phrases("juiced") and found.amount is not None and found.unit is None:
            juice = True
            notes.append(remark)
        elif found.amount is None and found.unit is None and (later := _whole(remark)):
            found = later
        else:
            notes.append(remark)
    rest = segments[0] if segments else ""
    if found.amount is not None and (last := _PUT_LAST.search(rest)):
        rest = rest[: last.start()]
        notes.append(last[1])
    return Quantity(found.amount, found.amount_max, found.unit, rest, tuple(notes), optional, juice)
