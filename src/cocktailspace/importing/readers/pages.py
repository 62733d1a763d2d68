"""Saved web pages: what they say of recipes as data. Nothing is fetched or run."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.rows import UnreadableError

_VOID = (
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
)
_ENDS_BEFORE_ANOTHER = ("li", "p", "dt", "dd")
_DEEPEST = 5 * BOUNDS.depth
_ADDRESSES = {"a": "href", "link": "href", "img": "src", "meta": "content"}


def read_html(text: str) -> list[Any]:
    """The recipes of a page: its JSON-LD, else what its elements say (`itemprop`); none of a page
    that says none as data.
    """
    found = list(_json_ld(text))
    if not any("Recipe" in json.dumps(each) for each in found):
        elements = _Microdata()
        elements.feed(text)
        elements.close()
        found += elements.found
    return found


def _json_ld(text: str) -> Iterator[Any]:
    scripts = _Scripts()
    scripts.feed(text)
    scripts.close()
    for script in scripts.found:
        try:
            said = script.strip().removesuffix(";")
            yield json.loads(said, strict=False, object_pairs_hook=_each_once)
        except UnreadableError:
            if "Recipe" in script:
                raise
        except (ValueError, RecursionError):
            continue


class _Scripts(HTMLParser):
    """Collects what a page has as JSON-LD; the rest of it is not looked at."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("type") or ""
        self._inside = tag == "script" and kind.split(";")[0].strip() == "application/ld+json"
        if self._inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; UnreadableError where a key is given twice."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UnreadableError(f"the page's data has a second key {key!r}")
        found[key] = value
    return found


class _Microdata(HTMLParser):
    """Collects the properties of recipes from the elements that have them, as texts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self._open: list[tuple[str, str, list[str]]] = []
        """Elements that are not closed: tag, property, texts."""
        self._recipe_at: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ENDS_BEFORE_ANOTHER and self._open and self._open[-1][0] == tag:
            self.handle_endtag(tag)
        said = dict(attrs)
        name = said.get("itemprop") or ""
        if (said.get("itemtype") or "").endswith("schema.org/Recipe"):
            self.found.append({"@type": "Recipe"})
            self._recipe_at, name = len(self._open), ""
        elif self._recipe_at is None or any(each[1] for each in self._open):
            name = ""  # of nothing, or of what a property is, such as its author
        value = said.get("content") or said.get(_ADDRESSES.get(tag, ""))
        if name and value:
            self._say(name, value)
        if tag in _VOID:
            return
        self._open.append((tag, "" if value else name, []))
        if len(self._open) > _DEEPEST:
            raise UnreadableError(f"the page is nested deeper than {_DEEPEST}")

    def handle_endtag(self, tag: str) -> None:
        while any(each[0] == tag for each in self._open):
            closed, name, texts = self._open.pop()
            if name:
                self._say(name, "".join(texts).strip())
            if self._recipe_at is not None and len(self._open) <= self._recipe_at:
                self._recipe_at = None
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        for _, name, texts in self._open:
            if name:
                texts.append(data)

    def _say(self, name: str, value: str) -> None:
        for each in name.split() if value else ():
            self.found[-1].setdefault(each, []).append(value)
