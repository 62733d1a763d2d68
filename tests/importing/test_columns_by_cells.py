"""Tables whose header says little, or that have none: what is in a column says what it is."""

import json

import pytest

from cocktailspace.importing.rows import Collection, UnreadableError
from tests.importing.test_readers import Lines, read, said, table

NEGRONI: Lines = [(1, "oz", "Gin"), (1, "oz", "Campari")]
GIMLET: Lines = [(2, "oz", "Gin"), (0.75, "oz", "Lime Cordial")]
BOTH = {"Negroni": NEGRONI, "Gimlet": GIMLET}

HEADERLESS = {
    "a list in a cell": [
        ["Negroni", "1 oz Gin, 1 oz Campari", "Stir over ice"],
        ["Gimlet", "2 oz Gin, 3/4 oz Lime Cordial", "Shake"],
    ],
    "a line in each cell": [
        ["Negroni", "1 oz Gin", "1 oz Campari", "Stir over ice"],
        ["Gimlet", "2 oz Gin", "3/4 oz Lime Cordial", "Shake"],
    ],
    "a name and an amount in turn": [
        ["Negroni", "Gin", "1 oz", "Campari", "1 oz", "Stir over ice"],
        ["Gimlet", "Gin", "2 oz", "Lime Cordial", ".75 oz", "Shake"],
    ],
    "a line a row": [
        ["Negroni", "Gin", "1 oz", "Stir over ice"],
        ["Negroni", "Campari", "1 oz", ""],
        ["Gimlet", "Gin", "2 oz", "Shake"],
        ["Gimlet", "Lime Cordial", "0.75 oz", ""],
    ],
    "a line a row, the name once, the unit apart": [
        ["Negroni", "1", "oz", "Gin", "Stir over ice"],
        ["", "1", "oz", "Campari", ""],
        ["Gimlet", "2", "oz", "Gin", "Shake"],
        ["", ".75", "oz", "Lime Cordial", ""],
    ],
}
BY_KIND = {
    "kinds with amounts": [
        ["Drink", "Base Spirit", "Liqueur", "Sour", "Glass"],
        ["Negroni", "1 oz Gin", "1 oz Campari", "", "rocks"],
        ["Gimlet", "2 oz Gin", "", "3/4 oz Lime Cordial", "coupe"],
    ],
    "any header": [
        ["Drink", "First", "Then", "Glass"],
        ["Negroni", "1 oz Gin", "1 oz Campari", "rocks"],
        ["Gimlet", "2 oz Gin", "3/4 oz Lime Cordial", "coupe"],
    ],
    "several in a cell": [
        ["Drink", "Spirit", "Other", "Glass"],
        ["Negroni", "1 oz Gin, 1 oz Campari", "", "rocks"],
        ["Gimlet", "2 oz Gin", "3/4 oz Lime Cordial", "coupe"],
    ],
}


def lines_of(found: Collection) -> dict[str, Lines]:
    return {recipe.name: said(recipe) for recipe in found.recipes}


@pytest.mark.parametrize("shape", HEADERLESS)
def test_cells_say_what_columns_without_a_header_are(shape: str) -> None:
    found = read("a.csv", table(HEADERLESS[shape]))
    assert lines_of(found) == BOTH
    assert [recipe.instructions for recipe in found.recipes] == ["Stir over ice", "Shake"]
    assert found.remarks[0].startswith("no header was found; columns were taken so: 1 name, 2 ")


def test_a_text_of_tabs_without_a_header_is_a_table() -> None:
    assert lines_of(read("a.txt", table(HEADERLESS["a line a row"], "\t"))) == BOTH


@pytest.mark.parametrize("shape", BY_KIND)
def test_a_column_may_hold_a_kind_of_ingredient(shape: str) -> None:
    found = read("a.csv", table(BY_KIND[shape]))
    assert lines_of(found) == BOTH
    assert [recipe.glass for recipe in found.recipes] == ["rocks", "coupe"]
    assert found.columns == ()


def test_kinds_may_be_named_without_amounts() -> None:
    rows = [["Drink", "Spirit", "Mixer"], ["Gin & Tonic", "Gin", "Tonic, Lime"]]
    (recipe,) = read("a.csv", table(rows)).recipes
    assert [line.text for line in recipe.lines] == ["Gin", "Tonic", "Lime"]


@pytest.mark.parametrize(
    "rows",
    [
        [["Gin", "Tanqueray", "$32", "750 ml"], ["Gin", "Beefeater", "$24", "1 l"]],
        [["Gin", "Gin", "1 oz"], ["Gin", "Campari", "1 oz"]],
        [["Back bar", "Gin", "4", "bottles"], ["Back bar", "Campari", "2", "bottles"]],
        [["Back bar", "Gin", "700 ml"], ["Back bar", "Campari", "1 l"]],
        [["Back bar", "Gin", "4"], ["Back bar", "Campari", "2"]],
        [["Booze", "What", "Much"], ["Negroni", "Gin", "1 oz"], ["Negroni", "Campari", "1 oz"]],
        [["Gin", "1 oz rum, 1 oz lime juice"], ["Rum", "1 oz gin, 1 oz lime juice"]],
        [["Ann", "Gin", "1 oz"], ["Tom", "Campari", "1 oz"]],
        [["Ann", "said so", "today"], ["Tom", "did not", "then"]],
        [["Supplier", "Spirit", "Juice"], ["Acme", "2 cases gin", "10 l"], ["Best", "1 case", ""]],
        [["Name", "Base Spirit", "Juice"], ["Ann", "high", "much"], ["Tom", "low", "none"]],
    ],
)
def test_prices_stock_and_lists_of_anything_are_refused(rows: list[list[str]]) -> None:
    with pytest.raises(UnreadableError):
        read("a.csv", table(rows))


def test_of_two_lists_that_say_the_same_the_one_with_amounts_counts() -> None:
    rows = [
        ["Name", "Ingredients", "Spec"],
        ["Negroni", "Gin, Campari", "1 oz Gin\n1 oz Campari"],
    ]
    found = read("a.csv", table(rows))
    assert (lines_of(found), found.columns) == ({"Negroni": NEGRONI}, ("Ingredients",))
    rows[0][1:] = ["Ingredients", "Components"]
    rows[1][1:] = ["2 oz Gin", "1 oz honey, 1 oz water"]  # of what goes into it, too
    (recipe,) = read("a.csv", table(rows)).recipes
    assert len(recipe.lines) == 3


@pytest.mark.parametrize(
    "recipe",
    [
        '{"strDrink": "A", "strIngredients": ["Gin", "Campari"], "strMeasures": ["1 oz", "1 oz"]}',
        '{"name": "A", "Ingredient 1": "Gin", "Ingredient 2": "Campari",'
        ' "measures": ["1 oz", "1 oz"]}',
    ],
)
def test_measures_may_be_a_list_of_their_own(recipe: str) -> None:
    assert lines_of(read("a.json", recipe)) == {"A": NEGRONI}


def test_a_cell_that_is_longer_than_any_list_is_one_line() -> None:
    (recipe,) = read("a.json", '{"name": "A", "ingredients": "%s"}' % ("gin," * 10_000)).recipes
    assert len(recipe.lines) == 1


def test_a_ratio_says_how_much_of_each() -> None:
    rows = [
        ["Name", "Ratio", "Ingredients"],
        ["Sidecar", "3:2:1", "cognac, Cointreau, lemon juice"],
    ]
    (recipe,) = read("a.csv", table(rows)).recipes
    assert said(recipe) == [
        (3, "part", "cognac"),
        (2, "part", "Cointreau"),
        (1, "part", "lemon juice"),
    ]
    rows[1][1] = "3:1"  # which does not say of what
    found = read("a.csv", table(rows))
    assert (found.columns, len(found.recipes[0].lines)) == (("Ratio",), 3)


def test_rows_without_a_header_may_have_as_many_cells_as_lines() -> None:
    text = "Negroni,1 oz Gin,1 oz Campari\nGimlet,2 oz Gin,3/4 oz Lime Cordial\n"
    text += "Long,1 cl gin,1 cl rum,1 cl vodka,1 cl cola\nShot,1 cl gin\n"
    text += "Three,1 cl gin,1 cl rum,1 cl cola\n"
    found = {recipe.name: len(recipe.lines) for recipe in read("a.csv", text).recipes}
    assert found == {"Negroni": 2, "Gimlet": 2, "Long": 4, "Shot": 1, "Three": 3}


def test_a_header_is_no_recipe_though_its_table_is_not_understood() -> None:
    rows = [["Which", "Ingredients"], *(row[:2] for row in HEADERLESS["a list in a cell"])]
    with pytest.raises(UnreadableError, match="Which, Ingredients") as refused:
        read("a.csv", table(rows))
    assert refused.value.headers == ("Which", "Ingredients")  # which may be mapped


def test_a_header_may_say_the_unit_of_bare_numbers() -> None:
    rows = [
        ["Drink", "Ingredients (oz)"],
        ["Sour", "2 gin\n.75 lemon juice\n1 egg white\n2 dashes bitters"],
    ]
    (recipe,) = read("a.csv", table(rows)).recipes
    assert said(recipe) == [
        (2, "oz", "gin"),
        (0.75, "oz", "lemon juice"),
        (1, None, "egg white"),
        (2, "dash", "bitters"),
    ]


def test_of_columns_with_units_the_first_says_how_much() -> None:
    rows = [
        ["Recipe", "Ingredient", "1 drink (ml)", "5 L batch (ml)"],
        ["Negroni", "Gin", "30", "1500"],
        ["Negroni", "Campari", "30", "1500"],
    ]
    found = read("a.csv", table(rows))
    assert lines_of(found) == {"Negroni": [(30, "ml", "Gin"), (30, "ml", "Campari")]}
    assert found.columns == ("5 L batch (ml)",)


def test_sizes_and_counts_are_of_a_shelf() -> None:
    rows = [["Bottle", "Size", "Count"], ["Gin", "1 l", "4"], ["Campari", "700 ml", "2"]]
    with pytest.raises(UnreadableError):
        read("stock.csv", table(rows))
    rows = [["Ingredient", "Measure", "Amount"], ["Gin", "oz", "1"], ["Campari", "oz", "1"]]
    assert lines_of(read("negroni.csv", table(rows))) == {"Negroni": NEGRONI}


def test_what_stands_beside_a_name_in_blocks_is_of_its_recipe() -> None:
    rows = [
        ["OURS", "", "", "Updated"],
        ["", "", "", ""],
        ["El Diablo", "", "Glass:", "Highball"],
        ["Tequila", "1.5", "oz", ""],
        ["Ginger beer", "top", "", ""],
        ["", "", "", ""],
        ["Gimlet", "", "", ""],
        ["Gin", "2", "oz", ""],
        ["Lime Cordial", ".75", "oz", ""],
    ]
    found = read("a.csv", table(rows))
    assert [(recipe.name, recipe.glass) for recipe in found.recipes] == [
        ("El Diablo", "Highball"),
        ("Gimlet", ""),
    ]
    assert said(found.recipes[1]) == GIMLET


def test_one_column_of_lists_is_what_drinks_are_made_of_whatever_it_is_called() -> None:
    rows = [["Drink", "What's in it", "How"], *HEADERLESS["a list in a cell"]]
    found = read("a.csv", table(rows))
    assert (lines_of(found), found.columns) == (BOTH, ("How",))


def test_a_line_of_a_column_may_say_its_amount_last_or_only_that_it_tops() -> None:
    rows = [
        ["Negroni", "Gin (1 oz)", "Campari 1 oz", "Im Glas bauen", "Tumbler"],
        ["Fizz", "Gin (2 oz)", "top with soda", "Schütteln", "Highball"],
        ["Gimlet", "Gin (2 oz)", "Lime Cordial .75 oz", "Schütteln", "Coupe"],
    ]
    found = read("a.csv", table(rows))
    assert lines_of(found)["Fizz"] == [(2, "oz", "Gin"), (None, "top", "soda")]
    assert [each.instructions for each in found.recipes[:2]] == ["Im Glas bauen", "Schütteln"]
    assert [each.glass for each in found.recipes] == ["Tumbler", "Highball", "Coupe"]


def test_an_item_is_what_its_recipe_makes() -> None:
    rows = [
        ["Item", "Recipe", "Yield"],
        ["Honey mix", "500 g honey, 250 ml water", "6"],
        ["Gimlet", "2 oz Gin, .75 oz Lime Cordial", "1"],
    ]
    found = read("a.csv", table(rows))
    assert [recipe.name for recipe in found.recipes] == ["Honey mix", "Gimlet"]
    assert said(found.recipes[1]) == GIMLET


def test_lists_without_amounts_need_prices_beside_them() -> None:
    rows = [
        ["HIGHBALLS", "", ""],
        ["Americano", "Campari, sweet vermouth, soda", "11"],
        ["Gin Fizz", "gin, lemon juice, soda", "12"],
    ]
    found = read("a.csv", table(rows))
    assert [(each.name, len(each.lines)) for each in found.recipes] == [
        ("Americano", 3),
        ("Gin Fizz", 3),
    ]
    with pytest.raises(UnreadableError):
        read("a.csv", table([row[:2] for row in rows]))


def test_blocks_of_bare_numbers_need_names_that_are_known() -> None:
    rows = [["TO DO", "", ""], ["1", "Call Bob", "now"], ["2", "Sweep", "later"]]
    with pytest.raises(UnreadableError):
        read("a.csv", table(rows))


def test_headers_of_per_cent_are_of_parts() -> None:
    rows = [["Cocktail", "Gin %", "Campari %"], ["Negroni", "50", "50"], ["Dry", "100", ""]]
    (negroni, _) = read("a.csv", table(rows)).recipes
    assert said(negroni) == [(50, "part", "Gin"), (50, "part", "Campari")]


def test_lists_of_edges_and_nodes_are_lists() -> None:
    def edges(*nodes: object) -> object:
        return {"edges": [{"node": each} for each in nodes]}

    lines = [{"name": each, "amount": 1, "unit": "oz"} for each in ("Gin", "Campari")]
    drinks = edges({"name": "Negroni", "ingredients": edges(*lines)})
    found = read("a.json", json.dumps({"data": {"all": drinks}}))
    assert lines_of(found) == {"Negroni": NEGRONI}
