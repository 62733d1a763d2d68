"""What is collected of a catalogue for bars."""

from typing import Any

import pytest

from cocktailspace.analytics.bar.answer import Bar, Bars
from cocktailspace.analytics.bar.by_name import is_staple, source_of
from cocktailspace.analytics.bar.collect import Families
from cocktailspace.analytics.bar.index import BarIndex
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot
from tests.analytics.computing import by_name, compute

GIN, LONDON, LIME, JUICE, SUGAR, SYRUP, EGG, WHITE, AMARO, APEROL, COGNAC, PUNSCH = range(1, 13)
INGREDIENTS = (
    Ingredient(GIN, "Gin", None, False, strength=40.0),
    Ingredient(LONDON, "London Dry Gin", GIN, True),
    Ingredient(LIME, "Lime", None, False, in_pieces=True),
    Ingredient(JUICE, "Lime Juice", None, False, made_from_id=LIME),
    Ingredient(SUGAR, "Sugar", None, False),
    Ingredient(SYRUP, "Simple Syrup", None, False, made_from_id=SUGAR),
    Ingredient(EGG, "Egg", None, False, contains=("egg",), strength=0.0),
    Ingredient(WHITE, "Egg White", EGG, False),
    Ingredient(AMARO, "Amaro", None, False, shelf=True, strength=25.0),
    Ingredient(APEROL, "Aperol", AMARO, False),
    Ingredient(COGNAC, "Cognac", None, False),
    Ingredient(PUNSCH, "Punsch", None, False),
)


def _snapshot(*recipes: Recipe) -> Snapshot:
    return Snapshot("cat", 1, INGREDIENTS, recipes)


def _bar(snapshot: Snapshot, *owned: int, staples: bool = True) -> Bar:
    return Bars(compute(snapshot).data[ArtifactName.BAR_INDEX]).of(owned, staples=staples)


def _made(bar: Bar) -> list[str]:
    return [each["name"] for each in bar.answer(50)["can_make"]]


def test_a_gimlet_is_made_of_gin_a_lime_and_the_sugar_that_is_always_there() -> None:
    gimlet = Recipe(1, "Gimlet", ((LONDON, 60.0), (JUICE, 20.0), (SYRUP, 20.0)))
    bar = _bar(_snapshot(gimlet), GIN, LIME)
    (drink,) = bar.answer(5)["can_make"]
    assert [(line["ingredient"], line["how"], line["by"]) for line in drink["lines"]] == [
        ("London Dry Gin", "generic", "Gin"),
        ("Lime Juice", "made", "Lime"),
        ("Simple Syrup", "made", "Sugar"),
    ]
    assert _made(_bar(_snapshot(gimlet), GIN, LIME, staples=False)) == []


def test_optional_lines_never_block_and_alternatives_meet_a_line() -> None:
    frothy = Recipe(1, "Frothy", ((GIN, 60.0), (WHITE, 0.0)), optional=(1,))
    either = Recipe(2, "Either", ((COGNAC, 60.0),), alternatives=((0, (GIN,)),))
    only_optional = Recipe(3, "Nothing needed", ((WHITE, 0.0),), optional=(0,))
    bar = _bar(_snapshot(frothy, either, only_optional), GIN)
    assert _made(bar) == ["Frothy", "Either"]
    (line,) = bar.answer(5)["can_make"][1]["lines"]
    assert (line["how"], line["alternative"]) == ("alternative", "Gin")


def test_what_is_on_a_shelf_is_not_the_shelf() -> None:
    spritz = Recipe(1, "Amaro Spritz", ((AMARO, 60.0),))
    bitter = Recipe(2, "Aperol Shot", ((APEROL, 60.0),))
    assert _made(_bar(_snapshot(spritz, bitter), APEROL)) == ["Aperol Shot"]
    assert _made(_bar(_snapshot(spritz, bitter), AMARO)) == ["Amaro Spritz"]


def _stand_ins(of: int, snapshot: Snapshot) -> dict[str, list[str]]:
    rows = compute(snapshot).data[ArtifactName.BAR_INDEX]["ingredients"]
    (row,) = [row for row in rows if row["ingredient_id"] == of]
    return {rows[place]["name"]: adds for place, _, _, adds in row["stand_ins"]}


def test_a_stand_in_says_what_it_adds() -> None:
    families = Families(INGREDIENTS)

    def added(one: int, other: int) -> list[str]:
        return families.additions(families.place[one], families.place[other])

    assert added(SYRUP, WHITE) == ["egg"]  # of its family
    assert added(WHITE, APEROL) == ["alcohol"]
    assert added(SYRUP, APEROL) == ["alcohol"]
    assert added(SYRUP, COGNAC) == ["alcohol"]  # by its name
    assert added(SYRUP, PUNSCH) == ["perhaps alcohol"]  # nobody has said how strong it is
    assert added(LONDON, COGNAC) == []
    assert added(APEROL, EGG) == ["egg"]


def test_nobody_pours_a_tumbler_of_what_recipes_have_a_splash_of() -> None:
    sours = [
        Recipe(number, f"Sour {number}", ((GIN, 60.0), (bitter, 15.0), (SYRUP, 30.0)))
        for number, bitter in enumerate([APEROL, PUNSCH] * 8, 1)
    ]
    small = Recipe(20, "Small", ((GIN, 60.0), (PUNSCH, 30.0)))
    large = Recipe(21, "Large", ((GIN, 60.0), (PUNSCH, 31.0)))
    bar = _bar(_snapshot(*sours, small, large), GIN, APEROL, SUGAR)
    with_stand_ins = {each["name"] for each in bar.answer(50)["with_stand_ins"]}
    assert "Small" in with_stand_ins
    assert "Large" not in with_stand_ins
    (drink,) = [each for each in bar.answer(50)["one_short"] if each["name"] == "Large"]
    assert [(line["ingredient"], line["how"]) for line in drink["lines"]] == [
        ("Gin", "owned"),
        ("Punsch", "missing"),
    ]


def test_what_is_always_there_stands_in_for_nothing() -> None:
    sours = [
        Recipe(number, f"Sour {number}", ((GIN, 60.0), (JUICE, 30.0), (other, 30.0)))
        for number, other in enumerate([SYRUP, SUGAR] * 8, 1)
    ]
    assert "Sugar" not in _stand_ins(SYRUP, _snapshot(*sours))


def test_parts_of_a_fruit_do_not_take_each_others_place() -> None:
    fruit = (
        Ingredient(1, "Lime", None, False),
        Ingredient(2, "Lime Peel", 1, True, made_from_id=1),
        Ingredient(3, "Lime Hull", 1, True, made_from_id=1),
        Ingredient(4, "Berry", None, False),
        Ingredient(5, "Raspberry", 4, True, in_pieces=True),
        Ingredient(6, "Blackberry", 4, True, in_pieces=True),
        Ingredient(7, "Cava", None, True),
    )
    recipes = (Recipe(1, "Any", tuple((each.id, 10.0) for each in fruit)),)
    index = BarIndex(compute(Snapshot("cat", 1, fruit, recipes)).data[ArtifactName.BAR_INDEX])
    assert (index.family < 0).all()


def test_the_index_does_not_depend_on_ids() -> None:
    recipes = (
        Recipe(1, "Gimlet", ((LONDON, 60.0), (JUICE, 20.0), (SYRUP, 20.0))),
        Recipe(2, "Either", ((COGNAC, 60.0),), alternatives=((0, (GIN, LONDON)),)),
    )
    other = {each.id: 100 - each.id for each in INGREDIENTS}

    def renumbered(each: Ingredient) -> Ingredient:
        above, source = other.get(each.parent_id or 0), other.get(each.made_from_id or 0)
        return Ingredient(
            other[each.id], each.name, above, each.allow_substitution,
            each.aliases, each.shelf, source, each.strength, each.contains, each.in_pieces,
        )  # fmt: skip

    swapped = tuple(
        Recipe(
            9 - each.id,
            each.name,
            tuple((other[one], volume) for one, volume in each.volumes_ml),
            alternatives=tuple(
                (line, tuple(other[one] for one in ids)) for line, ids in each.alternatives
            ),
        )
        for each in reversed(recipes)
    )
    one = Snapshot("cat", 1, INGREDIENTS, recipes)
    two = Snapshot("cat", 1, tuple(map(renumbered, reversed(INGREDIENTS))), swapped)
    name = ArtifactName.BAR_INDEX

    def named(snapshot: Snapshot) -> Any:
        return by_name(snapshot, {name: compute(snapshot).data[name]})

    assert named(one) == named(two)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Lime Juice", "lime"),
        ("Fresh Lime Juice", "lime"),
        ("Lime Wedges", "lime"),
        ("Strawberry Purée", "strawberry"),
        ("Passionfruit Juice", "passionfruit"),
        ("Slices Peach", "peach"),
        ("Egg White", "egg"),
        ("Bacardi White", None),
        ("Rich Simple Syrup", "sugar"),
        ("Honey Syrup", "honey"),
        ("Rich Demerara Syrup", "demerarasugar"),
        ("Raspberry Syrup", None),
        ("Gin", None),
    ],
)
def test_names_say_what_is_made_of_what(name: str, source: str | None) -> None:
    known = ["lime", "strawberry", "passionfruit", "peach", "egg", "bacardi", "sugar", "honey"]
    places = {each: place for place, each in enumerate([*known, "demerarasugar", "raspberry"])}
    assert source_of(name, places) == (None if source is None else places[source])


def test_ice_water_sugar_and_salt_are_always_there_by_any_of_their_names() -> None:
    there = ["Ice", "Crushed Ice", "Ice Cubes", "Water", "Sugar", "Caster Sugar", "Sea Salt"]
    assert all(is_staple([name]) for name in there)
    assert is_staple(["White Cane", "Granulated Sugar"])
    assert not any(is_staple([name]) for name in ["Soda Water", "Rice", "Demerara Sugar", "Gin"])
