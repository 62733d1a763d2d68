"""Objects of any file become rows, by what their keys are called."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cocktailspace.importing.readers.keys import Mapped, folded, names_of, parted
from cocktailspace.importing.readers.line_fields import (
    Object,
    add_part,
    line_of_parts,
    lines_of,
    says_amount,
    says_lines,
    with_unit,
)
from cocktailspace.importing.readers.measures import with_measures
from cocktailspace.importing.readers.values import list_of, number_of, text_of
from cocktailspace.importing.rows import IngredientRow, LineRow, RecipeRow

_URL = re.compile(r"^https?://\S+$")
_SHORT = 40
_WHOLE = ("recipe", "drink", "cocktail", "rezept", "recette", "receta", "ricetta")
"""Keys of a recipe's name, or of what it is made of."""


def is_recipe(value: Any, mapped: Mapped) -> bool:
    """Whether an object has a name and something that it is made of."""
    if not isinstance(value, Mapping):
        return False
    value = _flat(value)
    names = [field_of(str(key), content, mapped) for key, content in value.items()]
    lines = (mapped.field_of(str(key), "line") for key in value)
    return "name" in names and (
        "ingredients" in names or any(met == "ingredient" and number for met, number in lines)
    )


def field_of(key: str, content: Any, mapped: Mapped) -> str | None:
    """The field of a recipe that a key is: what is no text is no name (`"recipe": [lines]`)."""
    met, _ = mapped.field_of(key, "recipe")
    is_whole = met == "name" and folded(key) in _WHOLE
    if is_whole and (isinstance(content, list | Mapping) or says_lines(content)):
        return "ingredients"
    of_objects = isinstance(content, list) and any(isinstance(each, Mapping) for each in content)
    return None if met == "name" and of_objects else met  # `cocktails` are several


def recipe_of(value: Object, mapped: Mapped, origin: str = "", name: str = "") -> RecipeRow:
    """The recipe that an object says.

    name: where the object itself has none.
    """
    said: dict[str, Any] = {}
    tags: list[str] = []
    lists: dict[str, list[LineRow]] = {}
    numbered: dict[int, dict[str, Any]] = {}
    extra: dict[str, Any] = {}
    for raw_key, content in with_measures(_flat(value), mapped).items():
        key = str(raw_key)
        met = field_of(key, content, mapped)
        if met is None and (line := mapped.field_of(key, "line"))[0] and line[1] is not None:
            add_part(numbered.setdefault(line[1], {}), str(line[0]), key, content)
        elif content in (None, "", [], {}):
            continue
        elif met == "ingredients":
            unit = parted(key)[1]
            made = [with_unit(line, unit) for line in lines_of(content, mapped)]
            lists[key] = made
            if not all(each.text or each.ingredient or each.label for each in made):
                extra[key] = content  # what was not understood of it is kept, and said
        elif met == "tags":
            tags += list_of(content)
        elif met is None or (met in said and text_of(said[met]) != text_of(content)):
            extra[key] = content
        else:
            said[met] = content
    again = _said_again(lists)
    extra |= {key: value[key] for key in again if key in value}
    lines = [line for key, made in lists.items() if key not in again for line in made]
    lines += [line_of_parts(numbered[number]) for number in sorted(numbered)]
    fields = _texts(said)
    fields["name"] = fields.get("name") or name
    return RecipeRow(
        **fields,
        lines=tuple(line for line in lines if line.text or line.ingredient or line.label),
        tags=tuple(dict.fromkeys(tags)),
        origin=origin,
        extra=extra,
    )


def _said_again(lists: Mapping[str, Sequence[LineRow]]) -> list[str]:
    """Of several lists of what a recipe is made of (`Ingredients`, `Spec`) those that say again
    what another says: without amounts, or line by line.
    """
    if len(lists) < 2:
        return []
    amounts = {key: sum(map(says_amount, lines)) for key, lines in lists.items()}
    best = max(amounts, key=lambda key: amounts[key])
    return [
        key
        for key, lines in lists.items()
        if key != best and amounts[best] and (not amounts[key] or len(lines) == len(lists[best]))
    ]


def _flat(value: Object) -> Object:
    """An object with what its head says, and with the ingredients of all its steps at one place."""
    if isinstance(head := value.get("head"), Mapping):
        value = {**head, **{key: content for key, content in value.items() if key != "head"}}
    steps = value.get("steps")
    if "ingredients" in value or not isinstance(steps, Sequence):
        return value
    lists = [each.get("ingredients") for each in steps if isinstance(each, Mapping)]
    lines = [line for each in lists if isinstance(each, list) for line in each]
    said = [each.get("instruction", each) if isinstance(each, Mapping) else each for each in steps]
    return {**value, "steps": said, "ingredients": lines} if lines else value


def _texts(said: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {each: text_of(content) for each, content in said.items()}
    if "servings" in fields:
        found = re.search(r"\d+(?:\.\d+)?", fields["servings"])
        fields["servings"] = number_of(found[0]) if found else None
    method = fields.get("method", "")
    if len(method) > _SHORT or "\n" in method:  # elsewhere it is what is done, in sentences
        fields["instructions"] = "\n".join(filter(None, (fields.get("instructions"), method)))
        del fields["method"]
    for each in ("source", "source_url"):
        content = fields.get(each, "")
        if each == "source" and _URL.match(content) and not fields.get("source_url"):
            fields["source_url"] = content
            del fields["source"]
        elif each == "source_url" and content and not _URL.match(content):
            fields["source"] = fields.get("source") or content
            del fields["source_url"]
    if "name" in fields:
        fields["name"] = " ".join(fields["name"].split())
    return fields


def ingredient_of(value: Object) -> IngredientRow | None:
    """What an object says of an ingredient, if it says more than its name."""
    said: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, content in value.items():
        met = names_of("ingredient").get(folded(str(key)))
        if content in (None, "", [], {}):
            continue
        if met is None or met in said:
            extra[str(key)] = content
        else:
            said[met] = content
    name = " ".join(text_of(said.get("name")).split())
    if not name:
        return None
    strength = number_of(said.get("strength"))
    return IngredientRow(
        name,
        text_of(said.get("parent")),
        text_of(said.get("category")),
        strength if strength is None or strength <= 100 else None,
        text_of(said.get("description")),
        tuple(list_of(said["aliases"])) if "aliases" in said else (),
        extra,
    )


def rows_of_lines(rows: Iterable[Object], mapped: Mapped, origin: str) -> list[RecipeRow]:
    """Recipes of a long table: rows of one name, one after another, are one recipe."""
    recipes: list[RecipeRow] = []
    group: list[Object] = []
    said: str | None = None
    for row in rows:
        name = _name_of(row, mapped)
        if group and name and name != said:
            recipes.append(_recipe_of_group(group, mapped, f"{origin} {len(recipes) + 1}"))
            group = []
        said = name or said
        group.append(row)
    if group:
        recipes.append(_recipe_of_group(group, mapped, f"{origin} {len(recipes) + 1}"))
    return recipes


def _name_of(row: Object, mapped: Mapped) -> str:
    for key, content in row.items():
        if mapped.field_of(str(key), "recipe")[0] == "name" and text_of(content):
            return text_of(content)
    return ""


def _recipe_of_group(group: Sequence[Object], mapped: Mapped, origin: str) -> RecipeRow:
    head: dict[str, Any] = {}
    fields = {
        key: (mapped.field_of(key, "recipe")[0], mapped.field_of(key, "line")[0])
        for key in {str(key): None for row in group for key in row}
    }
    of_recipes_alone = {of_recipe for of_recipe, of_line in fields.values() if not of_line}
    for key, (of_recipe, of_line) in fields.items():
        said = [row[key] for row in group if row.get(key) not in (None, "")]
        same = all(content == said[0] for content in said)
        begins = group[0].get(key) not in (None, "")
        # Of the recipe is what each row repeats, or the first alone says; else it is of the lines.
        by_all_or_one = of_recipe == "name" or len(said) in (1, len(group))
        is_head = same and begins and by_all_or_one
        may_be_head = of_recipe and of_recipe not in of_recipes_alone
        if said and (not of_line or (may_be_head and is_head)):
            head[key] = said[0] if same else said
    lines = [line_of_parts(_parts_of(row, head, mapped)) for row in group]
    recipe = recipe_of(head, mapped, origin)
    return RecipeRow(
        **{each: getattr(recipe, each) for each in RecipeRow.__slots__ if each != "lines"},
        lines=tuple(line for line in lines if line.text or line.ingredient),
    )


def _parts_of(row: Object, head: Mapping[str, Any], mapped: Mapped) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for key, content in row.items():
        line = mapped.field_of(str(key), "line")[0]
        if line not in (None, "order") and key not in head and content not in (None, ""):
            add_part(parts, str(line), str(key), content)
    return parts


def is_long(keys: Iterable[str], mapped: Mapped) -> bool:
    """Whether rows with these keys are lines of recipes."""
    found = [(mapped.field_of(key, "recipe")[0], *mapped.field_of(key, "line")) for key in keys]
    has_name = any(recipe == "name" for recipe, _, _ in found)
    one = any(
        line in ("ingredient", "text") and number is None and recipe is None
        for recipe, line, number in found
    )
    many = any(line == "ingredient" and number is not None for _, line, number in found)
    listed = any(recipe == "ingredients" for recipe, _, _ in found)
    return has_name and one and not many and not listed
