"""Measures that stand in a list of their own, beside the ingredients."""

import re
from collections.abc import Mapping
from typing import Any

from cocktailspace.importing.readers.keys import Mapped, folded, names_of
from cocktailspace.importing.readers.line_fields import (
    AMOUNT,
    ROWS,
    Object,
    listed_in,
    parts_of_cell,
)
from cocktailspace.importing.readers.values import text_of

_RATIO = re.compile(r"[\d.,½¼¾⅓⅔⅛]{1,6}(?:\s?:\s?[\d.,½¼¾⅓⅔⅛]{1,6}){1,20}")


def with_measures(value: Object, mapped: Mapped) -> Object:
    """An object whose list of measures stands beside its list of ingredients, as one list."""
    said = [(key, met) for key in value if (met := _measured_by(str(key)))]
    if not said:  # as most
        return value
    of_names = [key for key in value if mapped.field_of(str(key), "recipe")[0] == "ingredients"]
    names = _plain_list(value[of_names[0]]) if len(of_names) == 1 else []
    if len(names) == 1 and isinstance(names[0], str):
        names = parts_of_cell(names[0])
    if sum(bool(AMOUNT.match(text_of(each))) for each in names) * 2 > len(names):
        return value  # which say it themselves
    numbers = {} if of_names else _numbered_names(value, mapped)
    names = names or list(numbers.values())
    beside: dict[str, str] = {}
    for key, met in said if len(names) > 1 else ():
        if len(_plain_list(value[key])) == len(names):
            beside.setdefault(met, key)
    if not beside:
        return value
    if numbers:
        parts = {
            f"{met}{number}": said
            for met, key in beside.items()
            for number, said in zip(numbers, _plain_list(value[key]), strict=True)
        }
        return {key: said for key, said in value.items() if key not in beside.values()} | parts
    columns = {"ingredient": names} | {met: _plain_list(value[key]) for met, key in beside.items()}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    others = {key: said for key, said in value.items() if key not in beside.values()}
    return {**others, of_names[0]: rows}


def _measured_by(key: str) -> str:
    """Which part of a measure a key says: `measures`, `strMeasures`, `ingredientAmounts`."""
    word = folded(key).removeprefix("str").removeprefix("ingredient").removesuffix("s")
    met = names_of("line").get({"quantitie": "quantity"}.get(word, word))
    return met if met in ("amount", "measure", "unit") else ""


def _numbered_names(value: Object, mapped: Mapped) -> dict[int, Any]:
    """The ingredients of a row of `Ingredient 1`, `Ingredient 2`, by number."""
    found = {}
    for key, content in value.items():
        met, number = mapped.field_of(str(key), "line")
        if met == "ingredient" and number is not None and content not in (None, ""):
            found[number] = content
    return dict(sorted(found.items()))


def _plain_list(content: Any) -> list[Any]:
    """A list of texts or numbers, also where a text is one (`3:2:1` of parts); nothing of any
    other value.
    """
    if isinstance(content, str):
        if _RATIO.fullmatch(content.strip()):
            return [f"{part.strip()} parts" for part in content.split(":")]
        return listed_in(content) or [part.strip() for part in ROWS.split(content)]
    is_list = isinstance(content, list)
    return content if is_list and not any(isinstance(x, list | Mapping) for x in content) else []
