"""Documents of objects (JSON, YAML, XML): where in them the recipes are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.readers.fields import (
    ingredient_of,
    is_long,
    is_recipe,
    recipe_of,
    rows_of_lines,
)
from cocktailspace.importing.readers.joined import Joined, joined, tables_of
from cocktailspace.importing.readers.keys import Mapped, words_of_lists
from cocktailspace.importing.readers.line_fields import are_lines
from cocktailspace.importing.readers.notes import read_notes
from cocktailspace.importing.readers.values import as_list, text_of
from cocktailspace.importing.rows import Collection, IngredientRow, RecipeRow, UnreadableError
from cocktailspace.wording import listed

_SAMPLE = 50
_WRAPPERS = ("recipe", "cocktail", "drink")
_RECIPE_TYPES = ("Recipe", "https://schema.org/Recipe", "http://schema.org/Recipe")


def collection_of(document: Any, what: str, mapped: Mapped) -> Collection:
    """The recipes of a document, and what it says of ingredients.

    what: the format that it is written in, in words.
    """
    join = _joined(document, mapped)
    document = _unwrapped(document if join is None else join.document)
    if nodes := list(_schema_org(document)):
        recipes = [_of_schema_org(node, mapped, f"recipe {n}") for n, node in enumerate(nodes, 1)]
        return Collection(f"schema.org Recipe, {what}", recipes=tuple(recipes))
    found, name = _recipes_in(document, mapped)
    if not found and (plainer := _without_edges(document)) != document:
        return collection_of(plainer, what, mapped)
    if not found and (notes := read_notes(document, what, mapped)) is not None:
        return notes
    if not found:
        raise UnreadableError(
            f"no recipes were found in this {what} file: a recipe has a name and ingredients; "
            'if they are called otherwise, say which is which, as in --map name="Drink name"'
        )
    said = [ingredient for each in _ingredient_objects(document) if (ingredient := _row(each))]
    said += list(_ingredients_of_lines(document, mapped))
    unique = {each.name.casefold(): each for each in reversed(said)}
    remarks = _remarks(list(_passed_over(document, mapped)))
    remarks += join.remarks if join is not None else ()
    ingredients = tuple(reversed(unique.values()))
    return Collection(what, name, tuple(found), ingredients, remarks=remarks)


def _without_edges(value: Any) -> Any:
    """A document whose lists are lists: `{"edges": [{"node": {…}}, …]}`."""
    if isinstance(value, list):
        return [_without_edges(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    edges = value.get("edges")
    if isinstance(edges, list) and all(
        isinstance(each, Mapping) and "node" in each for each in edges
    ):
        return [_without_edges(each["node"]) for each in edges]
    return {key: _without_edges(each) for key, each in value.items()}


def _joined(document: Any, mapped: Mapped, depth: int = 3) -> Joined | None:
    """What a document's tables say together; they may be wrapped in objects of their own."""
    found = joined(tables_of(document), mapped)
    inner = list(document.values()) if isinstance(document, Mapping) else []
    if found is None and depth and len(inner) == 1:
        return _joined(inner[0], mapped, depth - 1)
    return found


def _unwrapped(value: Any, depth: int = 2) -> Any:
    """A document whose recipes are not wrapped in objects of their own any more.

    `{"recipe": {"ingredients": [{"_id": "gin", …}]}, "ingredients": [{"_id": "gin", …}]}`: lines
    may say by its id what stands beside the recipe. depth: so many lists deep they are looked for.
    """
    if isinstance(value, list):
        return [_unwrapped(each, depth - 1) for each in value] if depth else value
    if not isinstance(value, Mapping):
        return value
    wrapper = next((key for key in _WRAPPERS if isinstance(value.get(key), Mapping)), None)
    if wrapper is None:
        return {
            key: _unwrapped(content, depth) if _is_list_of(key, "recipes") else content
            for key, content in value.items()
        }
    others = {key: said for key, said in value.items() if key != wrapper and key[:1] not in "_$@"}
    recipe = {**others, **value[wrapper]}
    beside = [each for each in _items(value.get("ingredients")) if isinstance(each, Mapping)]
    by_id = {text_of(each.get("_id")): each for each in beside}

    def joined(line: Any) -> Any:
        if not isinstance(line, Mapping):
            return line
        others = [joined(each) for each in _items(line.get("substitutes"))]
        return {**by_id.get(text_of(line.get("_id")), {}), **line, "substitutes": others}

    if not by_id:
        return recipe
    return {**recipe, "ingredients": [joined(each) for each in _items(recipe.get("ingredients"))]}


def _passed_over(document: Any, mapped: Mapped) -> Iterator[str]:
    """What stands among the recipes and is none, by name."""
    lists = [document]
    if isinstance(document, Mapping):
        lists = [value for key, value in document.items() if _is_list_of(key, "recipes")]
    for each in lists:
        objects = [one for one in _items(each) if isinstance(one, Mapping)]
        others = [one for one in objects if not is_recipe(one, mapped)]
        if len(others) < len(objects) and not is_long(map(str, objects[0]), mapped):
            yield from (text_of(one.get("name") or one.get("title")) or "one" for one in others)


def _remarks(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    return (f"passed over, as no ingredients were found: {listed(names)}",)


def _recipes_in(document: Any, mapped: Mapped) -> tuple[list[RecipeRow], str]:
    if isinstance(document, Sequence) and not isinstance(document, str):
        return _of_list(document, mapped), ""
    if not isinstance(document, Mapping):
        return [], ""
    if is_recipe(document, mapped):
        lists = [value for key, value in document.items() if _is_list_of(key, "recipes")]
        if not any(is_recipe(each, mapped) for value in lists for each in _items(value)):
            return [recipe_of(document, mapped, "recipe 1")], ""
    likely = [value for key, value in document.items() if _is_list_of(key, "recipes")]
    for value in likely:
        if found := _recipes_in(value, mapped)[0]:
            return found, text_of(document.get("name") or document.get("title"))
    named = [
        recipe_of(value, mapped, f"recipe {number}", str(key))
        for number, (key, value) in enumerate(document.items(), 1)
        if isinstance(value, Mapping) and is_recipe({"name": key, **value}, mapped)
    ]
    named += [
        recipe_of({"ingredients": value}, mapped, f"recipe {number}", str(key))
        for number, (key, value) in enumerate(document.items(), 1)
        if are_lines(value) and not mapped.field_of(str(key), "recipe")[0]
    ]
    others = (value for key, value in document.items() if not _is_list_of(key, "recipes"))
    deeper = (_recipes_in(value, mapped)[0] for value in others)
    return named or next(filter(None, deeper), []), ""


def _items(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping) and all(isinstance(each, Mapping) for each in value.values()):
        return list(value.values())
    return value if isinstance(value, Sequence) and not isinstance(value, str) else []


def _is_list_of(key: Any, what: str) -> bool:
    return str(key).lstrip("@").casefold() in words_of_lists(what)


def _of_list(items: Sequence[Any], mapped: Mapped) -> list[RecipeRow]:
    objects = [each for each in items if isinstance(each, Mapping)]
    whole = [each for each in objects if is_recipe(each, mapped)]
    are_texts = any(
        mapped.field_of(str(key), "line")[0] == "text" and "\n" in text_of(value)
        for each in objects[:_SAMPLE]
        for key, value in each.items()
    )  # notes
    if not whole and objects and not are_texts and is_long(map(str, objects[0]), mapped):
        return rows_of_lines(objects, mapped, "recipe")
    return [
        recipe_of(each, mapped, f"recipe {number}")
        for number, each in enumerate(objects, 1)
        if is_recipe(each, mapped)
    ]


def _ingredient_objects(document: Any) -> Iterator[Mapping[str, Any]]:
    """Objects of ingredients beside the recipes: what their parents and strengths are."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            if _is_list_of(key, "ingredients"):
                yield from (each for each in _items(value) if isinstance(each, Mapping))


def _ingredients_of_lines(document: Any, mapped: Mapped) -> Iterator[IngredientRow]:
    """What a recipe's own lines say of their ingredients, beyond their names."""
    for recipe in _objects(document):
        for key, value in recipe.items():
            if mapped.field_of(str(key), "recipe")[0] == "ingredients":
                for each in _items(value):
                    if isinstance(each, Mapping) and (row := _row(each)):
                        yield row


def _objects(document: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(document, Mapping):
        yield document
        for value in document.values():
            yield from (each for each in _items(value) if isinstance(each, Mapping))
    else:
        yield from (each for each in _items(document) if isinstance(each, Mapping))


def _row(each: Mapping[str, Any]) -> IngredientRow | None:
    row = ingredient_of(each)
    if row is None or not (row.parent or row.category or row.strength is not None or row.aliases):
        return None
    return row


def _schema_org(document: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Nodes of the type Recipe, wherever they are."""
    if depth > BOUNDS.depth:
        return
    if isinstance(document, Mapping):
        types = document.get("@type")
        if any(each in _RECIPE_TYPES for each in as_list(types)):
            yield document
            return
        if "@type" in document or "@graph" in document or "@context" in document or depth == 0:
            for value in document.values():
                yield from _schema_org(value, depth + 1)
    elif isinstance(document, Sequence) and not isinstance(document, str):
        for each in document:
            yield from _schema_org(each, depth + 1)


def _of_schema_org(node: Mapping[str, Any], mapped: Mapped, origin: str) -> RecipeRow:
    kept = {key: value for key, value in node.items() if key not in ("@type", "@context", "@id")}
    if isinstance(kept.get("recipeIngredient"), str):
        kept["recipeIngredient"] = [kept["recipeIngredient"]]
    if isinstance(kept.get("mainEntityOfPage"), Mapping):
        kept["mainEntityOfPage"] = kept["mainEntityOfPage"].get("@id", "")
    return recipe_of(kept, mapped, origin)
