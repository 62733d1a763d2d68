import json
import random
import tracemalloc
from functools import cache

import numpy as np
import pytest

from cocktailspace.analytics.regions import regions
from cocktailspace.analytics.space import masses_of, space_of
from cocktailspace.analytics.transport.neighbours import nearest_rows
from tests.analytics.books import (
    BAR,
    OTHERS,
    Book,
    Forest,
    Named,
    copies,
    named,
    read,
    snapshot,
    starter,
)


@cache
def starter_regions() -> Named:
    return named(*starter())


def test_each_level_holds_every_recipe_once() -> None:
    _, book = starter()
    for level in starter_regions():
        assert sorted(name for members in level.values() for name in members) == sorted(book)


def test_finer_regions_are_parts_of_coarser_ones() -> None:
    coarse, middle, fine = starter_regions()
    assert len(coarse) < len(middle) < len(fine)
    for outer, inner in ((coarse, middle), (middle, fine)):
        for members in inner.values():
            assert sum(set(members) <= set(others) for others in outer.values()) == 1


def test_regions_come_largest_first_then_by_name_and_recipes_by_name() -> None:
    for level in starter_regions():
        order = [(-len(members), name) for name, members in level.items()]
        assert order == sorted(order)
        for members in level.values():
            assert members == sorted(members, key=str.casefold)


def test_every_recipe_holds_what_its_region_is_named_after() -> None:
    forest, book = starter()
    known = {name.casefold(): name for name in forest}
    checked = 0
    for level in starter_regions():
        for region, members in level.items():
            parts = [part.casefold() for part in region.replace(" and ", ", ").split(", ")]
            if not all(part in known or f"{part} juice" in known for part in parts):
                continue
            for recipe in members:
                held = {up for each in book[recipe] for up in lineage(each, forest)}
                for part in parts:
                    assert {known.get(part), known.get(f"{part} juice")} & held, (region, recipe)
                checked += 1
    assert checked > len(book)


def lineage(name: str | None, forest: Forest) -> list[str]:
    return [name, *lineage(forest[name], forest)] if name else []


def test_few_recipes_of_the_starter_are_without_a_telling_name() -> None:
    for level in starter_regions():
        assert len(level["Everything else"]) <= 0.1 * len(starter()[1])


def test_near_recipes_are_mostly_in_one_region() -> None:
    space = space_of(snapshot(*starter()))
    masses = masses_of(space.volumes)
    nearest = nearest_rows(space.forest.subtree_masses(masses), 10).indices
    for level, times in zip(regions(space, masses)["levels"], (3, 4, 4), strict=True):
        region = np.empty(len(space.recipes), dtype=int)
        row = {recipe.id: number for number, recipe in enumerate(space.recipes)}
        for number, each in enumerate(level):
            region[[row[recipe] for recipe in each["recipes"]]] = number
        together = (region[nearest] == region[:, None]).mean()
        chance = ((np.bincount(region) / len(region)) ** 2).sum()
        assert together > times * chance


@pytest.mark.parametrize("seed", range(5))
def test_ids_and_order_of_a_catalogue_do_not_matter(seed: int) -> None:
    forest, book = starter()
    shuffle = random.Random(seed)
    kinds, recipes = list(forest.items()), list(book.items())
    shuffle.shuffle(kinds)
    shuffle.shuffle(recipes)
    numbers = shuffle.sample(range(1, 10_000), len(kinds))
    turned = {
        name: dict(shuffle.sample(list(lines.items()), len(lines))) for name, lines in recipes
    }
    again = named(dict(kinds), turned, numbers)
    assert json.dumps(again) == json.dumps(starter_regions())


def test_a_few_edits_leave_recipes_in_regions_of_the_same_names() -> None:
    forest, book = starter()
    before = [region_of(level) for level in starter_regions()]
    kept = []
    for seed in range(40):
        edited, touched = after_an_edit(book, random.Random(seed))
        after = [region_of(level) for level in named(forest, edited)]
        others = [name for name in edited if name in book and name != touched]
        kept.append(
            [
                np.mean([old[name] == new[name] for name in others])
                for old, new in zip(before, after, strict=True)
            ]
        )
    assert np.mean(kept, axis=0).min() >= 0.95


def region_of(level: dict[str, list[str]]) -> dict[str, str]:
    return {recipe: region for region, members in level.items() for recipe in members}


def after_an_edit(book: Book, choice: random.Random) -> tuple[Book, str]:
    """A recipe is deleted, copied, or one of its lines changed; and the recipe's name."""
    name = choice.choice(list(book))
    used = [each for lines in book.values() for each in lines]
    changed = dict(book[name])
    line = choice.choice(list(changed))
    edited = dict(book)
    match choice.randrange(4):
        case 0:
            del edited[name]
        case 1:
            edited["A new one"] = changed | {choice.choice(used): 20.0}
        case 2:
            edited[name] = changed | {line: changed[line] * choice.choice((0.5, 2))}
        case 3:
            edited[name] = {choice.choice(used): changed.pop(line)} | changed
    return edited, name


def test_a_catalogue_of_nothing_has_no_regions() -> None:
    assert named(BAR, {}) == [{}, {}, {}]
    assert named(BAR, {"Water": {}}) == [{}, {}, {}]


@pytest.mark.parametrize("count", [1, 2, 60])
def test_recipes_that_nothing_sets_apart_are_one_region(count: int) -> None:
    book = copies(count, "Alike", Gin=40, Campari=20)
    assert named(BAR, book) == [{"Everything": sorted(book)}] * 3


def test_recipes_without_volume_are_in_no_region() -> None:
    book = {"Air": {}, "Gin": {"Gin": 40.0}}
    assert named(BAR, book) == [{"Everything": ["Gin"]}] * 3


def test_of_two_ingredients_that_always_come_together_the_first_by_name_is_told() -> None:
    forest: Forest = dict.fromkeys(("Zest", "Anise", "Beet", "Corn"))
    rest = copies(30, "B", Beet=1) | copies(30, "C", Corn=1) | copies(30, "D", Beet=1, Corn=1)
    coarse = named(forest, copies(20, "Pair", Zest=1, Anise=1) | rest)[0]
    assert "Anise" in coarse
    assert "Zest" not in coarse


def test_a_flat_catalogue_of_strangers_is_one_region() -> None:
    forest: Forest = {f"Thing {number}": None for number in range(50)}
    book: Book = {f"R{number}": {f"Thing {number}": 1.0} for number in range(50)}
    assert named(forest, book)[2] == {"Everything": sorted(book)}


def test_thousands_of_families_64_deep_fit_into_memory() -> None:
    forest: Forest = {f"F{n}": f"F{n - 1}" if n % 64 else None for n in range(4096)}
    choice = random.Random(3)
    book = {f"R{n}": dict.fromkeys(choice.sample(list(forest), 5), 1.0) for n in range(600)}
    space = space_of(snapshot(forest, book))
    masses = masses_of(space.volumes)
    tracemalloc.start()
    levels = regions(space, masses)["levels"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [sum(len(row["recipes"]) for row in level) for level in levels] == [600] * 3
    assert peak < 20_000_000


def test_what_more_than_a_third_of_recipes_hold_sets_none_apart() -> None:
    book = {
        name: lines | {"Lime": 9.0} if n % 2 else lines
        for n, (name, lines) in enumerate(OTHERS.items())
    }
    for level in named(BAR, book):
        assert not any("lime" in name.casefold() for name in level)


def test_a_family_goes_by_the_kind_that_nearly_all_of_its_recipes_hold() -> None:
    book = {name: lines for name, lines in OTHERS.items() if "Bourbon" not in lines}
    coarse = named(BAR, book | copies(1, "Fox", Bourbon=50))[0]
    assert len(coarse["Rye"]) == 14
    assert "Whiskey" not in coarse


def test_one_or_two_recipes_that_are_left_are_no_region() -> None:
    gin = copies(9, "Fox", Gin=50, Lime_Juice=20) | copies(9, "Gnu", Gin=50, Campari=20)
    book = {name: lines for name, lines in OTHERS.items() if "Gin" not in lines} | gin
    assert {"Gin and lime", "Gin and Campari"} <= set(named(BAR, book)[2])
    two_more = book | copies(2, "Hen", Gin=50)
    gins = {
        name: len(members) for name, members in named(BAR, two_more)[2].items() if "Gin" in name
    }
    assert sorted(gins.values()) == [9, 11]
    assert gins["Gin"] == 11


def test_names_of_recipes_decide_no_region() -> None:
    forest, book = starter()
    anonymous = {f"Recipe {number:03}": lines for number, lines in enumerate(book.values())}
    number = {f"Recipe {number:03}": name for number, name in enumerate(book)}
    for level, other in zip(starter_regions(), named(forest, anonymous), strict=True):
        unnamed = {frozenset(number[each] for each in members) for members in other.values()}
        assert unnamed == {frozenset(members) for members in level.values()}


def test_one_percent_of_edits_leaves_the_names_of_the_real_catalogue(real_catalogue: bytes) -> None:
    forest, book = read(json.loads(real_catalogue))
    before = [region_of(level) for level in named(forest, book)]
    kept = []
    for seed in range(5):
        edited, choice, touched = book, random.Random(seed), set()
        for _ in range(len(book) // 100):
            edited, name = after_an_edit(edited, choice)
            touched.add(name)
        after = [region_of(level) for level in named(forest, edited)]
        others = [name for name in edited if name in book and name not in touched]
        kept.append(
            [
                np.mean([old[name] == new[name] for name in others])
                for old, new in zip(before, after, strict=True)
            ]
        )
    assert np.mean(kept, axis=0).min() >= 0.95
