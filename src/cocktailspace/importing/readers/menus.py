"""Menus: a name with its price, and below it what is in the drink, without amounts."""

import re

from cocktailspace.importing.readers.keys import is_kind
from cocktailspace.importing.readers.matrices import is_ingredient
from cocktailspace.importing.readers.text_rows import Row
from cocktailspace.importing.vocabulary import flavours, words_of

PRICE = re.compile(
    r"(?:(?:\s?[.…]{3,}\s?|\s+)(?:[-–—|]\s+)?"
    r"(?:[$€£]\s?\d{1,3}(?:[.,]\d{2})?|\d{1,3}(?:[.,]\d{2})?\s?[€£$])"
    r"|(?:\s?[.…]{3,}\s?|\s{2,})\d{1,2}(?:[.,]\d{2}|[.,]?[-–])?)$"
)
"""At the end of a row: `Negroni   14`, `Gimlet $12.50`, `Spritz ....... 9,50 €`."""
_PARTED = re.compile(r"\s*[,|·•+]\s*|\s+[/&]\s+")
_FIGURE = re.compile(r"\d")
_LONGEST = 200
_MOST = 15
"""Things that are in a drink."""


def with_menu_as_lists(rows: list[Row]) -> list[Row]:
    """The rows of a text; what a menu says of its drinks as lists. Most have a price, else it may
    be anything that is listed: what stands on which shelf.
    """
    found: dict[int, tuple[str, list[str]]] = {}
    for place in range(len(rows) - 1):
        name, below = rows[place][1].strip(), rows[place + 1][1].strip()
        before = rows[place - 1][1].strip() if place else ""
        if before or not name or not below or len(name) > _LONGEST or len(below) > _LONGEST:
            continue
        parts = _PARTED.split(PRICE.sub("", below))
        if _is_name(PRICE.sub("", name)) and _are_of_drink(parts):
            found[place] = (name, parts)
    priced = sum(
        bool(PRICE.search(name) or PRICE.search(rows[place + 1][1].strip()))
        for place, (name, _) in found.items()
    )
    if not found or priced * 2 < len(found):
        return rows
    said: list[Row] = []
    for place, (number, text) in enumerate(rows):
        if place - 1 in found:
            said += [(number, f"- {part.strip()}") for part in found[place - 1][1] if part.strip()]
        elif place in found and not PRICE.search(text.strip()):
            price = PRICE.search(rows[place + 1][1].strip())
            said.append((number, text + (price[0] if price else "")))
        else:
            said.append((number, text))
    return said


def _is_name(text: str) -> bool:
    is_thing = is_kind(text) or is_ingredient(text) or bool(_FIGURE.search(text))
    return not is_thing and not text.endswith((":", ".", ",")) and len(_PARTED.split(text)) < 3


def _are_of_drink(parts: list[str]) -> bool:
    """Whether most are ingredients that are known, and not all words of flavour: of a wine, `lemon,
    honey` is how it tastes.
    """
    if not 2 <= len(parts) <= _MOST or any(map(_FIGURE.search, parts)):
        return False
    known = [part for part in parts if is_ingredient(part)]
    tastes = all(set(words_of(part)) <= flavours() for part in known)
    return len(known) > 1 and len(known) * 2 > len(parts) and not tastes
