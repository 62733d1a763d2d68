"""Front matter: what a Markdown file says of itself between `---` (YAML) or `+++` (TOML)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cocktailspace.importing.readers.documents import read_yaml
from cocktailspace.importing.readers.fields import recipe_of
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.prose import read_text
from cocktailspace.importing.rows import Collection, RecipeRow, UnreadableError

_FENCED = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\r?\n(.*?)\r?\n\1[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_KEY = re.compile(r"\s*[\w\"'-]+\s*[:=]")
_TABLES = ("params", "extra", "taxonomies")
"""In which site generators put fields of one's own."""
_NOT_COMPARED = ("name", "origin", "tags", "extra")
_TEXTS = ("instructions", "description", "notes")


def read_markdown(text: str, mapped: Mapped, name: str = "") -> Collection:
    """The recipes of a text, and what its front matter says of them.

    name: what a recipe is called where the text does not say it.
    """
    fields, body = parted_front_matter(text)
    if fields is None:
        return read_text(text, name)
    head = recipe_of(fields, mapped)
    try:
        found = read_text(body, head.name or name)
    except UnreadableError:
        if not head.lines:
            raise
        own = RecipeRow(head.name or name, instructions=body.strip(), origin="line 1")
        return Collection("Markdown", recipes=(_of_both(head, own),))
    if len(found.recipes) == 1:
        return replace(found, recipes=(_of_both(head, found.recipes[0]),))
    recipes = [
        replace(each, source=each.source or head.source) if head.source else each
        for each in found.recipes
    ]
    remark = f"of no single recipe, and so passed over: front matter ({', '.join(fields)})"
    return replace(found, name=head.name, recipes=tuple(recipes), remarks=(remark,))


def parted_front_matter(text: str) -> tuple[Mapping[str, Any] | None, str]:
    """The fields before a text, and the text; None where it has none."""
    found = _FENCED.match(text)
    if found is None or not _KEY.match(found[2]):
        return None, text
    if found[1] == "---":
        fields = read_yaml(found[2])
    else:
        try:
            fields = tomllib.loads(found[2])
        except tomllib.TOMLDecodeError as error:
            raise UnreadableError(f"the front matter is not whole TOML: {error}") from None
    if not isinstance(fields, Mapping):
        return None, text
    flat = {str(key): value for key, value in fields.items() if key not in _TABLES}
    for table in _TABLES:
        inner = fields.get(table)
        flat |= inner if isinstance(inner, Mapping) else {table: inner} if inner else {}
    return flat, text[found.end() :]


def _of_both(head: RecipeRow, body: RecipeRow) -> RecipeRow:
    """A recipe of the text with what its front matter says; where they differ, both are kept."""
    extra = {**head.extra, **body.extra}
    fields: dict[str, Any] = {}
    for each in RecipeRow.__slots__:
        above, below = getattr(head, each), getattr(body, each)
        fields[each] = below or above
        if each in _TEXTS and above and below and above != below:
            fields[each] = f"{above}\n{below}"
        elif above and below and above != below and each == "lines":
            extra["ingredients"] = [line.text or line.ingredient for line in above]
        elif above and below and above != below and each not in _NOT_COMPARED:
            extra[each] = above
    tags = tuple(dict.fromkeys((*head.tags, *body.tags)))
    return RecipeRow(**fields | {"tags": tags, "extra": extra, "name": head.name or body.name})
