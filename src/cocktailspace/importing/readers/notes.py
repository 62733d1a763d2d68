"""Notes of any program: objects with a title, and a text that may be a recipe."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cocktailspace.importing.readers.fields import recipe_of
from cocktailspace.importing.readers.keys import Mapped, folded, names_of, words_of_lists
from cocktailspace.importing.readers.prose import read_text
from cocktailspace.importing.readers.text_rows import is_poured
from cocktailspace.importing.readers.values import text_of
from cocktailspace.importing.rows import Collection, RecipeRow, UnreadableError
from cocktailspace.wording import listed

_DEPTH = 6
_TAKEN = ("tags", "source_url")
"""What is read of a note besides."""


def read_notes(document: Any, what: str, mapped: Mapped) -> Collection | None:
    """The recipes that the texts of notes are; None where none is one.

    what: the format that they are written in, in words.
    """
    recipes: list[RecipeRow] = []
    passed: list[str] = []
    for title, text, note in _notes(document, _DEPTH):
        found = _recipes_of(title, text, note, mapped)
        recipes += found
        passed += [] if found else [title or text[:40]]
    if not recipes:
        return None
    remarks = ["of notes, titles, texts, tags and addresses are read"]
    remarks += [f"passed over, as they are no recipes: {listed(passed)}"] if passed else []
    return Collection(f"notes, {what}", recipes=tuple(recipes), remarks=tuple(remarks))


def _notes(value: Any, depth: int) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Titles and texts of the notes in a document, so many levels deep."""
    if isinstance(value, Mapping):
        title = text = ""
        for key, content in value.items():
            word = folded(str(key))
            if names_of("recipe").get(word) == "name":
                title = title or text_of(content)
            elif word in words_of_lists("texts"):
                text = text or _text_in(content)
        if text:
            yield title, text, value
            return
    inner = value.values() if isinstance(value, Mapping) else value
    if depth and isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        for each in inner:
            yield from _notes(each, depth - 1)


def _text_in(content: Any) -> str:
    """What a note says: a text, one with marks, or the points of a list."""
    if isinstance(content, list):
        items = [each.get("text") if isinstance(each, Mapping) else None for each in content]
        texts = [each for each in items if isinstance(each, str)]
        return "\n".join(texts) if len(texts) == len(items) else ""
    if isinstance(content, Mapping):
        content = content.get("rendered")
    return text_of(content) if isinstance(content, str) else ""


def _recipes_of(title: str, text: str, note: Mapping[str, Any], mapped: Mapped) -> list[RecipeRow]:
    """The recipes of a note; none where it does not say how much of something is poured."""
    name = " ".join(title.split())
    try:
        found = read_text(text, name).recipes
    except UnreadableError:
        return []
    found = tuple(recipe for recipe in found if any(is_poured(line.text) for line in recipe.lines))
    said = recipe_of(note, mapped)
    taken = {each: value for each in _TAKEN if (value := getattr(said, each))}
    return [replace(recipe, origin=f"note {name}".strip(), **taken) for recipe in found]
