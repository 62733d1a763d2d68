"""Recipes in Cooklang, alone and in a folder."""

import pytest

from cocktailspace.importing.rows import UnreadableError
from tests.importing.test_readers import read, said, zipped

TEXT = """>> source: https://example.org/f75
>> servings: 2
-- @rum{1%oz} is for another day
Add @gin{30%ml}, @lemon juice{1 1/2%oz}(fresh) and @?egg white{1} to a #shaker{} with @ice. -- [the]
Shake for ~{10%seconds} in the #champagne flute{}.

= Finish =
Top with @champagne{=60%ml}, mail me@example.org [- not
@that{1} -] and more of the @&gin{}.

> Goes with @olives{}.
"""


def test_what_a_text_marks_is_its_lines() -> None:
    (recipe,) = read("French 75.cook", TEXT).recipes
    assert (recipe.name, recipe.servings) == ("French 75", 2)
    assert recipe.source_url == "https://example.org/f75"
    assert said(recipe) == [
        (30, "ml", "gin"), (1.5, "oz", "lemon juice"), (1, None, "egg white"), (None, None, "ice"),
        (60, "ml", "champagne"),
    ]  # fmt: skip
    assert [line.note for line in recipe.lines][1] == "fresh"
    assert [line.optional for line in recipe.lines][1:3] == [False, True]
    assert recipe.instructions == (
        "Add gin, lemon juice and egg white to a shaker with ice. Shake for 10 seconds in the "
        "champagne flute.\nFinish: Top with champagne, mail me@example.org and more of the gin."
    )
    assert recipe.notes == "Goes with @olives{}."


def test_front_matter_and_files_of_a_folder_are_read() -> None:
    head = "---\ntitle: Sour\nauthor: Mo\n---\n"
    found = read(
        "a.zip", zipped({"b/a.cook": f"{head}@rum{{2%oz}}\n", "b/dry-martini.cook": "@gin{2}"})
    )
    assert [(each.name, each.source) for each in found.recipes] == [
        ("Sour", "Mo"),
        ("Dry Martini", ""),
    ]


def test_marks_alone_say_that_a_text_is_cooklang() -> None:
    assert read("a.txt", "Stir @gin{60%ml} with @dry vermouth{10%ml}").format == "Cooklang"
    assert read("a.md", "# A\n\n- 45 ml gin\n\nBy @ann and @bob {me}\n").format == "Markdown"


def test_cooklang_without_marks_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableError, match="@gin"):
        read("a.cook", "Shake it.")
