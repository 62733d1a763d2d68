"""The taxonomy as a mapping to parents: levels, ways up, and a damaged one made into a forest."""

from collections.abc import Callable, Iterator, Mapping

MOST_LEVELS = 64
"""How deep an ingredient may be, a root being on level 1: trees are nested JSON, nested lists."""

Parents = Mapping[int, int | None]
"""The parent of each ingredient, by id; None for a root."""


def lineage(ingredient_id: int, parent_of: Callable[[int], int | None]) -> Iterator[int]:
    """An ingredient, its parent and so on up to its root; ends in a damaged forest's cycle, too."""
    passed: set[int] = set()
    here: int | None = ingredient_id
    while here is not None and here not in passed:
        yield here
        passed.add(here)
        here = parent_of(here)


def forest_of(parents: Parents) -> dict[int, int | None]:
    """The parents, such that whoever follows them comes to an end within 64 levels.

    Ingredients that are deeper than that are placed on the last level, under the ancestor that
    they have on the level above; those in or below a cycle, which only a damaged catalogue has,
    are roots.
    """
    levels = levels_of(parents)
    forest: dict[int, int | None] = {}
    for each in levels:  # parents come before their children
        above = parents[each]
        if above is None or above not in levels:
            forest[each] = None
        else:
            forest[each] = above if levels[above] < MOST_LEVELS else forest[above]
    return forest | {each: None for each in parents if each not in levels}


def levels_of(parents: Parents) -> dict[int, int]:
    """The level of each ingredient, level by level; one in or below a cycle has none."""
    children: dict[int | None, list[int]] = {}
    for each, above in parents.items():
        children.setdefault(above if above in parents else None, []).append(each)
    levels: dict[int, int] = {}
    level, here = 1, children.get(None, [])
    while here:
        levels.update(dict.fromkeys(here, level))
        level, here = level + 1, [below for each in here for below in children.get(each, [])]
    return levels
