"""Menus: a name with its price, and below it what is in the drink, without amounts."""

import re

from cocktailspace.importing.languages import in_english
from cocktailspace.importing.readers.keys import is_kind
from cocktailspace.importing.readers.matrices import is_ingredient
from cocktailspace.importing.readers.text_rows import Row
from cocktailspace.importing.vocabulary import word_set, words_of

_PRICE = re.compile(
    r"(?:[$€£]\s?\d{1,3}(?:[.,]\d{2})?|\d{1,3}(?:[.,]\d{2}|[.,]?[-–])?(?:\s?[€£$])?)$"
)
_LEADERS = ".… \t-–—|"
_LONGEST_PRICE = 12
_PARTED = re.compile(r"\s*[,|·•+]\s*|\s+[/&]\s+")
_FIGURE = re.compile(r"\d")
_LONGEST = 200
_MOST = 15
"""Things that are in a drink."""


def priced(text: str) -> tuple[str, str]:
    """A row of a menu without its price, and that, if it has one: `Negroni   14`,
    `Gimlet $12.50`, `Spritz ....... 9,50 €`.
    """
    found = _PRICE.search(text, max(0, len(text) - _LONGEST_PRICE))
    before = text[: found.start()] if found else ""
    has_currency = found is not None and not {"$", "€", "£"}.isdisjoint(found[0])
    gap = (" ", "\t", "..", "…") if has_currency else ("  ", "\t", "...", "…")
    if found is None or not before.strip() or not before.endswith((*gap, "... ", "… ")):
        return text, ""
    return before.rstrip(_LEADERS), found[0]


def with_menu_as_lists(rows: list[Row]) -> list[Row]:
    """The rows of a text; what a menu says of its drinks as lists. Most have a price, else it may
    be anything that is listed: what stands on which shelf.
    """
    found: dict[int, list[str]] = {}
    has_price: set[int] = set()
    for place in range(len(rows) - 1):
        name, below = rows[place][1].strip(), rows[place + 1][1].strip()
        before = rows[place - 1][1].strip() if place else ""
        if before or not name or not below or len(name) > _LONGEST or len(below) > _LONGEST:
            continue
        below, price = priced(below)
        parts = _PARTED.split(below)
        if 2 <= len(parts) <= _MOST and not any(map(_FIGURE.search, parts)):
            found[place] = parts
            has_price |= {place} if price or priced(name)[1] else set()
    if not has_price:
        return rows
    found = {
        place: parts
        for place, parts in found.items()
        if _is_name(priced(rows[place][1].strip())[0]) and are_of_drink(parts)
    }
    if len(has_price & found.keys()) * 2 < max(1, len(found)):
        return rows
    said: list[Row] = []
    for place, (number, text) in enumerate(rows):
        if place - 1 in found:
            said += [(number, f"- {part.strip()}") for part in found[place - 1] if part.strip()]
        elif place in found:
            price = "" if priced(text.strip())[1] else priced(rows[place + 1][1].strip())[1]
            said.append((number, f"**{text.strip()}{f'   {price}' if price else ''}**"))
        else:
            said.append((number, text))
    return said


def _is_name(text: str) -> bool:
    is_thing = is_kind(text) or is_ingredient(text) or bool(_FIGURE.search(text))
    return not is_thing and not text.endswith((":", ".", ",")) and len(_PARTED.split(text)) < 3


def are_of_drink(parts: list[str]) -> bool:
    """Whether most are ingredients that are known, and one of them a drink: of a wine, `lemon,
    honey` is how it tastes.
    """
    words = [next(in_english(each), each) for each in map(words_of, parts)]
    return sum(map(is_ingredient, parts)) * 2 > len(parts) and any(
        not word_set("drinks").isdisjoint(each) for each in words
    )
