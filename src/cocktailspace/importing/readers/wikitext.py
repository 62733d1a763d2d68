"""Wikitext: a page of a wiki whose infobox says what a drink is made of."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cocktailspace.importing.readers.fields import is_recipe, recipe_of
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.rows import Collection, UnreadableError

_BOX = re.compile(r"\{\{\s*(?:infobox|iba|cocktail)\b[^\n|{}]{0,80}", re.IGNORECASE)
_FIELD = re.compile(r"^\s*\|\s*([^=|\n{}\[\]]{1,60}?)\s*=[ \t]*", re.MULTILINE)
_LINK = re.compile(r"\[\[(?:[^\[\]|]{1,200}\|)?([^\[\]|]{1,200})\]\]")
_CONVERT = re.compile(
    r"\{\{\s*(?:convert|cvt)\s*\|\s*([\d./]+)\s*\|\s*([^|{}]{1,20})[^{}]*\}\}", re.I
)
_TEMPLATE = re.compile(r"\{\{[^{}]{0,1000}\}\}")
_NOTE = re.compile(
    r"<ref[^<>]{0,200}/>|<ref[^<>]{0,200}>[^<]{0,2000}</ref>|<!--.{0,2000}?-->", re.I | re.S
)
_QUOTES = re.compile(r"'{2,5}")
_BULLET = re.compile(r"^\s*[*#:]+\s*", re.MULTILINE)
_LONGEST_BOX = 20_000


def is_wikitext(text: str) -> bool:
    """Whether a text has a box of a wiki."""
    return _BOX.search(text[:50_000]) is not None


def read_wikitext(text: str, mapped: Mapped, name: str) -> Collection:
    """The recipes of the boxes of a page. name: where a box says none."""
    boxes = [{"name": name, **box} for box in map(_fields, _boxes(text))]
    recipes = [recipe_of(box, mapped, f"box {n}") for n, box in enumerate(boxes, 1)
               if is_recipe(box, mapped)]  # fmt: skip
    if not recipes:
        raise UnreadableError("this wiki page has no box with ingredients: copy its text instead")
    return Collection("wikitext", recipes=tuple(recipes))


def _boxes(text: str) -> Iterator[str]:
    """What stands in each box: braces within it are counted."""
    at = 0
    while begun := _BOX.search(text, at):
        depth, at = 1, begun.end()
        for brace in re.finditer(r"\{\{|\}\}", text[begun.end() : begun.end() + _LONGEST_BOX]):
            depth += 1 if brace[0] == "{{" else -1
            if not depth:
                at = begun.end() + brace.start()
                yield text[begun.end() : at]
                break
        else:  # it has no end: what it has begun is passed by
            at += _LONGEST_BOX


def _fields(box: str) -> Mapping[str, Any]:
    found = list(_FIELD.finditer(box))
    ends = [*(each.start() for each in found[1:]), len(box)] if found else []
    said = {each[1]: _plain(box[each.end() : end]) for each, end in zip(found, ends, strict=True)}
    return {key: value for key, value in said.items() if value}


def _plain(text: str) -> str:
    text = _CONVERT.sub(r"\1 \2", _NOTE.sub("", text))
    text = _TEMPLATE.sub("", _LINK.sub(r"\1", text))
    return _BULLET.sub("", _QUOTES.sub("", text)).strip()
