"""Tables whose header says little, or that have none: what is in a column says what it is."""

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
    (recipe,) = read("a.json", '{"name": "A", "ingredients": "%s"}' % ("a," * 20_000)).recipes
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
