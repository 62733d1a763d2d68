"""Tables of amounts, and tables that say by ids what belongs together."""

import json
from typing import Any

import pytest

from cocktailspace.importing.readers.joined import joined
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.matrices import objects_of_matrix
from cocktailspace.importing.rows import Collection, UnreadableError
from tests.importing.test_readers import Lines, read, said, sheets_of, table, zipped

NEGRONI: Lines = [(30, "ml", "Gin"), (30, "ml", "Campari")]
GIMLET: Lines = [(60, "ml", "Gin"), (20, "ml", "Lime Cordial")]
BOTH = {"Negroni": NEGRONI, "Gimlet": GIMLET}


def lines_of(found: Collection) -> dict[str, Lines]:
    return {recipe.name: said(recipe) for recipe in found.recipes}


def turned(rows: list[list[str]]) -> list[list[str]]:
    return [list(column) for column in zip(*rows, strict=True)]


MATRIX = [
    ["Cocktail", "Glas", "Gin", "Lime Cordial", "Campari", "Preis"],
    ["Negroni", "Tumbler", "30 ml", "", "30 ml", "9,50"],
    ["Gimlet", "Schale", "60 ml", "20 ml", "", "9"],
]


def test_columns_may_be_ingredients_and_cells_amounts() -> None:
    found = read("a.csv", table(MATRIX, ";"))
    assert lines_of(found) == BOTH
    assert [recipe.glass for recipe in found.recipes] == ["Tumbler", "Schale"]
    assert found.columns == ("Preis",)  # which is no ingredient, and is kept


def test_columns_may_be_recipes_and_the_first_says_so() -> None:
    rows = turned(MATRIX)
    rows[0][0] = "Zutat"
    assert lines_of(read("a.csv", table(rows, ";"))) == BOTH


@pytest.mark.parametrize("turn", [False, True])
def test_without_a_corner_known_ingredients_say_which_way_a_table_lies(turn: bool) -> None:
    rows = [[row[0], *row[2:5]] for row in MATRIX]
    rows[0][0] = ""
    assert lines_of(read("a.csv", table(turned(rows) if turn else rows))) == BOTH


@pytest.mark.parametrize(
    "header", [["Drink (ml)", "Gin", "Campari"], ["Drink", "Gin ml", "Campari [ml]"]]
)
def test_headers_may_say_the_unit_of_their_cells(header: list[str]) -> None:
    rows = [header, ["Negroni", "30", "30"], ["Dry", "60 oz", "x"]]
    negroni, dry = read("a.csv", table(rows)).recipes
    assert said(negroni) == NEGRONI
    assert said(dry) == [(60, "oz", "Gin"), (None, None, "Campari")]


@pytest.mark.parametrize(
    "rows",
    [
        [["Drink", "Small", "Large"], ["Negroni", "8", "12"], ["Gimlet", "7", "11"]],
        [["", "Tom", "Ann"], ["Mon", "1 l", ""], ["Tue", "", "2 l"]],
    ],
)
def test_a_table_that_may_be_of_anything_is_refused_with_what_to_do(rows: list[list[str]]) -> None:
    with pytest.raises(UnreadableError, match="call the first column Drink"):
        read("a.csv", table(rows))


def test_of_a_matrix_only_a_sample_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []
    name = "cocktailspace.importing.readers.matrices.is_amount"
    monkeypatch.setattr(name, lambda cell: looked_at.append(cell) or True)
    rows = [["Drink", "Gin", "Campari"], *(["Same", "1 oz", "1 oz"] for _ in range(2_000))]
    assert len(objects_of_matrix(rows, Mapped()) or ()) == 2_000
    assert len(looked_at) < 1_000


RECIPES: list[dict[str, Any]] = [
    {"id": 1, "name": "Negroni", "glass_id": 2},
    {"id": 2, "name": "Gimlet", "glass_id": 1},
]
INGREDIENTS = [
    {"id": 10, "name": "Gin", "parent_id": 13, "abv": 40},
    {"id": 11, "name": "Campari"},
    {"id": 12, "name": "Lime Cordial"},
    {"id": 13, "name": "Spirit"},
]
OTHERS = {
    "units": [{"id": 1, "name": "Millilitre", "abbreviation": "ml"}],
    "glasses": [{"id": 1, "name": "Coupe"}, {"id": 2, "name": "Rocks"}],
    "tags": [{"id": 1, "name": "sour"}],
    "recipe_tags": [{"recipe_id": 2, "tag_id": 1}],
    "recipe_steps": [
        {"recipe_id": 2, "position": 2, "text": "Strain."},
        {"recipe_id": 2, "position": 1, "text": "Shake."},
    ],
}
LINES = [
    {"recipe_id": 1, "ingredient_id": 11, "amount": 30, "unit_id": 1, "position": 2},
    {"recipe_id": 1, "ingredient_id": 10, "amount": 30, "unit_id": 1, "position": 1},
    {"recipe_id": 2, "ingredient_id": 10, "amount": 60, "unit_id": 1},
    {"recipe_id": 2, "ingredient_id": 12, "amount": 20, "unit_id": 1},
]
TABLES = {"recipes": RECIPES, "ingredients": INGREDIENTS, "recipe_ingredients": LINES, **OTHERS}


@pytest.mark.parametrize("wrapped", [TABLES, {"data": TABLES}])
def test_tables_of_a_file_are_joined_by_ids(wrapped: object) -> None:
    found = read("a.json", json.dumps(wrapped))
    assert lines_of(found) == BOTH
    negroni, gimlet = found.recipes
    assert (negroni.glass, gimlet.glass) == ("Rocks", "Coupe")
    assert (gimlet.tags, gimlet.instructions) == (("sour",), "Shake.\nStrain.")
    gin = next(each for each in found.ingredients if each.name == "Gin")
    assert (gin.parent, gin.strength) == ("Spirit", 40)
    assert found.remarks == ()


def as_rows(objects: list[dict[str, Any]]) -> list[list[str]]:
    keys = list({key: None for each in objects for key in each})
    return [keys, *([str(each.get(key, "")) for key in keys] for each in objects)]


def test_tables_of_a_zip_and_sheets_of_a_book_are_joined_by_ids() -> None:
    files = {f"export/{name}.csv": table(as_rows(rows)) for name, rows in TABLES.items()}
    others = {
        "more.csv": table([["Drink", "Ingredients"], ["Dry", "2 oz gin"]]),
        "b.csv": "a,b\n1,2\n",
    }
    found = read("a.zip", zipped(files | others))
    assert lines_of(found) == BOTH | {"Dry": [(2, "oz", "gin")]}
    assert "b.csv" in found.remarks[0]
    packed = {f"{name}.json": json.dumps(rows) for name, rows in TABLES.items()}
    assert lines_of(read("a.zip", zipped(packed))) == BOTH
    book = {name: as_rows(rows) for name, rows in TABLES.items()}
    found = read("a.xlsx", sheets_of(book | {"Suppliers": [["Who"], ["Acme"]]}))
    assert lines_of(found) == BOTH
    assert found.remarks == ("passed over, as no recipes were found: sheet Suppliers",)


def ml(key: str, *names: object) -> list[dict[str, Any]]:
    return [{key: name, "ml": 30} for name in names]


@pytest.mark.parametrize(
    ("recipes", "ingredients"),
    [
        (
            [{"name": "Negroni", "ingredients": ml("ingredient_id", "g", "c")}],
            [{"id": "g", "name": "Gin"}, {"id": "c", "name": "Campari"}],
        ),
        (
            [{"drinkName": "Negroni", "ingredients": ml("ingredient", 1, 2)}],
            [
                {"idIngredient": 1, "IngredientName": "Gin"},
                {"idIngredient": 2, "IngredientName": "Campari"},
            ],
        ),
        (
            {"x": {"name": "Negroni", "ingredients": ml("item", "g", "c")}},
            {"g": {"name": "Gin"}, "c": {"name": "Campari"}},
        ),
    ],
)
def test_lines_within_a_recipe_may_refer_to_ingredients(
    recipes: object, ingredients: object
) -> None:
    file = {"drinks": recipes, "ingredients": ingredients}
    assert lines_of(read("a.json", json.dumps(file))) == {"Negroni": NEGRONI}


def test_what_tables_refer_to_in_vain_is_said() -> None:
    lines = [*LINES, {"recipe_id": 9, "ingredient_id": 10}, {"recipe_id": 1, "ingredient_id": 99}]
    recipes = [*RECIPES, {"id": 3, "name": "Empty"}]
    file = {
        "recipes": recipes,
        "ingredients": INGREDIENTS,
        "lines": lines,
        "units": OTHERS["units"],
    }
    found = read("a.json", json.dumps(file))
    assert lines_of(found) == BOTH
    assert found.remarks == (
        "passed over, as no ingredients were found: Empty",
        "passed over: 1 line of recipes that the file does not have (id 9)",
        "passed over: lines of ingredients that the file does not have (id 99)",
    )


def test_tables_that_refer_to_nothing_are_not_joined() -> None:
    assert joined({"recipes": RECIPES, "glasses": OTHERS["glasses"]}, Mapped()) is None
    drinks = [{"name": "A", "ingredients": ["1 oz gin"]}]
    assert joined({"drinks": drinks, "ingredients": INGREDIENTS}, Mapped()) is None


def test_columns_of_joined_tables_may_be_called_by_somebody() -> None:
    files = {
        "drinks.csv": table([["id", "What we call it"], ["1", "Negroni"]]),
        "ingredients.csv": table([["id", "name"], ["1", "Gin"], ["2", "Campari"]]),
        "lines.csv": table(
            [["drink_id", "ingredient_id", "Pour"], ["1", "1", "30 ml"], ["1", "2", "30 ml"]]
        ),
    }
    mapping = {"name": "What we call it", "measure": "Pour"}
    found = read("a.zip", zipped(files), mapping)
    assert lines_of(found) == {"Negroni": NEGRONI}


def test_tables_of_an_office_are_called_so() -> None:
    files = {
        "tblDrinks.csv": table([["DrinkID", "DrinkName"], ["1", "Negroni"]]),
        "tblIngredients.csv": table([["IngredientID", "Name"], ["1", "Gin"], ["2", "Campari"]]),
        "tblDrinkIngredients.csv": table(
            [["DrinkID", "IngredientID", "ml"], ["1", "1", "30"], ["1", "2", "30"]]
        ),
    }
    assert lines_of(read("a.zip", zipped(files))) == {"Negroni": NEGRONI}


@pytest.mark.parametrize(
    "file",
    [
        {"1": {"title": "Negroni", "ingredients": dict(enumerate(ml("name", "Gin", "Campari")))}},
        {"drinks": {"-Kx01": {"name": "Negroni", "recipe": ["30 ml Gin", "30 ml Campari"]}}},
        {"Negroni": {"recipe": ["30 ml Gin", "30 ml Campari"]}},
        {"Negroni": {"recipe": {"Gin": "30 ml", "Campari": "30 ml"}}},
        {"Negroni": ["30 ml Gin", "30 ml Campari"], "tools": ["jigger", "2 tins"]},
        {"version": 2, "Negroni": {"Gin": "30 ml", "Campari": "30 ml"}},
        {"cocktail": {"id": 1, "name": "Negroni"}, "ingredients": ["30 ml Gin", "30 ml Campari"]},
    ],
)  # fmt: skip
def test_recipes_may_be_called_by_their_keys(file: object) -> None:
    assert lines_of(read("a.json", json.dumps(file))) == {"Negroni": NEGRONI}


@pytest.mark.parametrize(
    "line",
    [
        {"quantity": "1.5", "measure": "oz", "ingredient": "Gin"},
        {"quantity": 1, "measure": "1 1/2 oz", "ingredient": "Gin"},
        {"name": "Gin", "amount": {"imperial": "1 1/2 oz", "metric": "45 ml"}},
        {"name": "Gin", "amountOz": 1.5},
        {"name": "Gin", "oz": "1 1/2", "ml": 45},
    ],
)
def test_a_measure_beside_an_amount_is_not_lost(line: dict[str, Any]) -> None:
    (recipe,) = read("a.json", json.dumps([{"name": "A", "ingredients": [line]}])).recipes
    assert said(recipe) == [(1.5, "oz", "Gin")]


@pytest.mark.parametrize("amount", ["Amount (oz)", "Qty oz", "oz", "Volume [oz]"])
def test_a_header_may_say_the_unit_of_a_table(amount: str) -> None:
    rows = [
        ["Drink", "Ingredient", amount, "Cost/oz"],
        ["A", "Gin", "1.5", "1"],
        ["A", "Rum", "2 cl", "1"],
    ]
    found = read("a.csv", table(rows))
    assert said(found.recipes[0]) == [(1.5, "oz", "Gin"), (2, "cl", "Rum")]
    assert found.columns == ("Cost/oz",)


def test_numbered_headers_may_say_the_unit() -> None:
    rows = [
        ["Drink", "Ingredient 1", "oz 1", "Ingredient 2", "Amount 2 (ml)"],
        ["A", "Gin", "1", "Rum", "2"],
    ]
    assert said(read("a.csv", table(rows)).recipes[0]) == [(1, "oz", "Gin"), (2, "ml", "Rum")]


def test_rows_of_sums_are_no_lines() -> None:
    rows = [
        ["Drink", "Ingredient", "Amount"],
        ["A", "Gin", "1 oz"],
        ["", "TOTAL", "1 oz"],
        ["Grand total", "", "1"],
    ]
    found = read("a.csv", table(rows))
    assert lines_of(found) == {"A": [(1, "oz", "Gin")]}
    assert found.remarks == ("passed over: 2 rows of sums",)


def test_a_cell_may_say_amounts_after_names() -> None:
    rows = [
        ["Drink", "Specs"],
        ["A", "Gin - 1.5oz, Lime Cordial (.5 oz), Soda - top"],
    ]
    (first,) = read("a.csv", table(rows)).recipes
    assert said(first) == [(1.5, "oz", "Gin"), (0.5, "oz", "Lime Cordial"), (None, "top", "Soda")]


def test_a_cell_of_names_alone_is_several_lines() -> None:
    rows = [
        ["Drink", "Ingredients"],
        ["A", "Gin, Campari and red vermouth"],
        ["B", "2 oz gin, lime"],
    ]
    rows += [["C", "60 ml gin, chilled"], ["D", ".5 oz gin, .75 oz rum (aged, dark)"]]
    texts = [[line.text for line in each.lines] for each in read("a.csv", table(rows)).recipes]
    assert texts == [
        ["Gin", "Campari", "red vermouth"],
        ["2 oz gin", "lime"],
        ["60 ml gin, chilled"],
        [".5 oz gin", ".75 oz rum (aged, dark)"],
    ]


def test_a_list_may_be_written_into_a_cell() -> None:
    rows = [["title", "ingredients"], ["A", "['1 oz gin', '3/4 oz lime cordial, fresh']"]]
    rows += [["B", '["2 oz gin"]'], ["C", "[__import__('os')]"]]
    first, second, third = read("a.csv", table(rows)).recipes
    assert said(first) == [(1, "oz", "gin"), (0.75, "oz", "lime cordial")]
    assert said(second) == [(2, "oz", "gin")]
    assert [line.text for line in third.lines] == ["[__import__('os')]"]


@pytest.mark.parametrize(
    "recipe",
    [
        {"ingredients": ["Gin", "Campari"], "measures": ["30 ml", "30 ml"]},
        {"ingredients": ["Gin", "Campari"], "quantities": [30, 30], "units": ["ml", "ml"]},
        {"ingredients": "Gin|Campari", "ingredient amounts": "30 ml|30 ml"},
    ],
)
def test_measures_may_stand_in_a_list_beside_the_ingredients(recipe: dict[str, Any]) -> None:
    found = read("a.json", json.dumps([{"name": "Negroni", **recipe}]))
    assert lines_of(found) == {"Negroni": NEGRONI}
    assert found.recipes[0].extra == {}


def test_a_list_of_measures_of_another_length_is_kept() -> None:
    file = [{"name": "A", "ingredients": ["Gin", "Campari"], "measures": ["30 ml"]}]
    (recipe,) = read("a.json", json.dumps(file)).recipes
    assert recipe.extra == {"measures": ["30 ml"]}


def test_a_sheet_or_a_file_may_be_one_recipe() -> None:
    rows = [["Ingredient", "Amount", "Unit"], ["Gin", "30", "ml"], ["Campari", "30", "ml"]]
    assert lines_of(read("a.xlsx", sheets_of({"Negroni": rows}))) == {"Negroni": NEGRONI}
    assert lines_of(read("negroni.csv", table(rows))) == {"Negroni": NEGRONI}


def test_recipes_may_be_blocks_of_rows() -> None:
    rows = [["NEGRONI", "", ""], ["Gin", "30", "ml"], ["30 ml", "Campari", "bitter"], ["Stir."],
            ["Total", "60", "ml"], [""], ["GIMLET"], ["Ingredient", "Amount", ""],
            ["Gin", "60 ml", ""], ["Lime Cordial", "20", "ml"]]  # fmt: skip
    negroni, gimlet = read("a.csv", table(rows)).recipes
    assert (negroni.name, said(negroni), negroni.instructions) == ("NEGRONI", NEGRONI, "Stir.")
    assert (gimlet.name, said(gimlet)) == ("GIMLET", GIMLET)


@pytest.mark.parametrize("word", ["Recipe", "Drink"])
def test_what_is_called_as_recipes_are_may_say_what_they_are_made_of(word: str) -> None:
    rows = [["Cocktail", word], ["Negroni", "30 ml Gin, 30 ml Campari"]]
    assert lines_of(read("a.csv", table(rows))) == {"Negroni": NEGRONI}


def test_lines_may_refer_to_recipes_by_name_and_be_called_ingredients() -> None:
    lines = [
        {"cocktail": "Negroni", "name": name, "amount": "30 ml"} for name in ("Gin", "Campari")
    ]
    file = {"cocktails": [{"name": "Negroni", "glass": "rocks"}], "ingredients": lines}
    found = read("a.json", json.dumps(file))
    assert (lines_of(found), found.recipes[0].glass) == ({"Negroni": NEGRONI}, "rocks")


def test_a_dump_of_records_says_of_which_table_each_is() -> None:
    def record(table: str, key: int, **fields: Any) -> dict[str, Any]:
        return {"model": f"bar.{table}", "pk": key, "fields": fields}

    names = [record("ingredient", n, name=name) for n, name in enumerate(("Gin", "Campari"), 1)]
    lines = [record("line", n, cocktail=7, ingredient=n, amount="30", unit="ml") for n in (1, 2)]
    found = read("a.json", json.dumps([record("cocktail", 7, name="Negroni"), *names, *lines]))
    assert lines_of(found) == {"Negroni": NEGRONI}


@pytest.mark.parametrize(
    "line",
    [
        {"type": "Gin", "brand": "Ours", "ml": 30},
        {"brand": "Gin", "ml": 30},
        {"ingredient_name": "Gin", "ingredient_amount": "30 ml"},
        {"ingredientName": "Gin", "quantityInMl": 30},
        {"bottle": "Gin", "amount": 30, "unit": "ml"},
        "30 ml Gin, 30 ml Rum",
    ],
)
def test_what_a_line_is_of_may_be_called_in_many_ways(line: object) -> None:
    file = {"cocktailRecipes": [{"cocktailName": "A", "cocktailIngredients": [line]}]}
    (recipe,) = read("a.json", json.dumps(file)).recipes
    assert said(recipe)[0] == (30, "ml", "Gin")
    assert len(recipe.lines) == (2 if isinstance(line, str) else 1)


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize("corner", ["Item", "Ingredient", ""])
def test_how_many_bottles_there_were_is_no_recipe(corner: str, turn: bool) -> None:
    rows = [[corner, "Jan", "Feb"], ["Gin", "12", "10"], ["Vodka", "8", "9"], ["Rum", "3", "2"]]
    with pytest.raises(UnreadableError):
        read("a.csv", table(turned(rows) if turn else rows))
