"""Counts that need no geometry: who uses an ingredient, and how many ingredients recipes have."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cocktailspace.catalogue.forest import lineage
from cocktailspace.catalogue.snapshot import Ingredient, Snapshot


@dataclass(frozen=True, slots=True)
class Usage:
    """How many recipes use each ingredient (by id): itself, and itself or a kind of it."""

    direct: Mapping[int, int]
    hierarchical: Mapping[int, int]


def usage_of(snapshot: Snapshot) -> Usage:
    """Count each recipe once for each ingredient and for each family above its ingredients."""
    parents = {ingredient.id: ingredient.parent_id for ingredient in snapshot.ingredients}
    lines = {ingredient_id: tuple(lineage(ingredient_id, parents.get)) for ingredient_id in parents}
    direct: Counter[int] = Counter()
    hierarchical: Counter[int] = Counter()
    for recipe in snapshot.recipes:
        used = {ingredient_id for ingredient_id, _ in recipe.volumes_ml}
        direct.update(used)
        hierarchical.update({above for ingredient_id in used for above in lines[ingredient_id]})
    return Usage(direct, hierarchical)


def ingredient_usage(snapshot: Snapshot, usage: Usage) -> list[dict[str, Any]]:
    """One row for each ingredient, with the ids of its children; most are not counted in pieces."""
    children = _children(snapshot)
    return [
        {
            "ingredient_id": ingredient.id,
            "name": ingredient.name,
            "parent_id": ingredient.parent_id,
            "allow_substitution": ingredient.allow_substitution,
            **_counts(ingredient, usage),
            "children": [child.id for child in children.get(ingredient.id, [])],
            **({"counted_in_pieces": True} if ingredient.id in snapshot.counted_in_pieces else {}),
        }
        for ingredient in snapshot.ingredients
    ]


def ingredient_tree(snapshot: Snapshot, usage: Usage) -> list[dict[str, Any]]:
    """The forest, nested, roots and children by name."""
    children = _children(snapshot)

    def node(ingredient: Ingredient) -> dict[str, Any]:
        return {
            "ingredient_id": ingredient.id,
            "name": ingredient.name,
            **_counts(ingredient, usage),
            "children": [node(child) for child in children.get(ingredient.id, [])],
        }

    return [node(root) for root in children.get(None, [])]


def recipe_complexity(snapshot: Snapshot) -> list[dict[str, int]]:
    """How many recipes have how many different ingredients."""
    counts = Counter(len({each for each, _ in recipe.volumes_ml}) for recipe in snapshot.recipes)
    return [
        {"ingredient_count": ingredients, "recipe_count": recipes}
        for ingredients, recipes in sorted(counts.items())
    ]


def _counts(ingredient: Ingredient, usage: Usage) -> dict[str, int]:
    return {
        "direct_recipes": usage.direct.get(ingredient.id, 0),
        "hierarchical_recipes": usage.hierarchical.get(ingredient.id, 0),
    }


def _children(snapshot: Snapshot) -> dict[int | None, list[Ingredient]]:
    children: dict[int | None, list[Ingredient]] = {}
    for ingredient in sorted(
        snapshot.ingredients, key=lambda each: (each.name.casefold(), each.id)
    ):
        children.setdefault(ingredient.parent_id, []).append(ingredient)
    return children
