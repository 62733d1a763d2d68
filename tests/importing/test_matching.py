"""Names are matched to ingredients for certain, or they are not merged."""

import pytest

from cocktailspace.importing.families import Families
from cocktailspace.importing.known_ingredients import KnownIngredients, Named
from cocktailspace.importing.lines import read_line
from cocktailspace.importing.matching import Match, Matcher
from cocktailspace.importing.rows import LineRow
from tests.importing.answers import COLLECTIONS, mark, starter_matcher

STARTER = starter_matcher()


def match(ingredient: str, measure: str = "1 oz", label: str = "") -> Match:
    read = read_line(LineRow(measure=measure, ingredient=ingredient, label=label))[0]
    return STARTER.match_line(read)


def place(found: Match) -> str:
    return STARTER.known.by_id[found.place_id].name if found.place_id else ""


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_lines_of_collections_are_understood_as_bartenders_do(collection: str) -> None:
    marks, misses = mark(collection, STARTER)
    shares = marks.shares()
    assert shares["amount and unit right"] >= 97, misses
    assert shares["existing ingredient matched"] >= 95, misses
    assert shares["silent wrong merges"] <= 0.5, misses
    assert shares["needless new ones"] <= 3, misses
    assert shares["remarks kept"] >= 95, misses


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("light rum", "White Rum"),
        ("Tequila blanco", "Blanco Tequila"),
        ("Bourbon whiskey", "Bourbon"),
        ("BENEDICTINE", "Bénédictine"),
        ("Peychauds Bitters", "Peychaud's Bitters"),
        ("Creme de Cacao (White)", "White Crème de Cacao"),
        ("freshly squeezed lime juice", "Lime Juice"),
        ("Zitronensaft", "Lemon Juice"),
        ("jus de citron vert", "Lime Juice"),
        ("Smirnoff vodka", "Vodka"),
        ("Kahlúa", "Coffee Liqueur"),
        ("egg", "Whole Egg"),
    ],
)
def test_what_bartenders_call_the_same_is_the_same(name: str, meant: str) -> None:
    found = match(name)
    assert found.certain
    assert found.name == meant


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("root beer", "Mixer"),
        ("coconut rum", "Rum"),
        ("rose water", "Flower Water and Extract"),
        ("Malibu rum", "Rum"),
        ("maraschino cherry", "Fruit"),
        ("coconut cream", "Coconut"),
        ("oloroso sherry", "Sherry"),
        ("lime vodka", "Vodka"),
        ("Kirschsaft", "Juice"),
        ("crème de banane", "Liqueur"),
    ],
)
def test_a_head_noun_places_and_never_merges(name: str, family: str) -> None:
    found = match(name)
    assert found.ingredient_id is None
    assert place(found) == family


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("crème de casis", "Crème de Cacao"),
        ("White Chartreuse", "Green Chartreuse"),
        ("sweet sherry", "Fino Sherry"),
        ("Orange Bitter Liqueur", "Orange Bitters"),
        ("Peach Bitter", "Peach Liqueur"),
        ("Beach Bitters", "Peach Bitters"),
        ("Milk coconut", "Coconut Milk"),
    ],
)
def test_near_names_never_merge(name: str, other: str) -> None:
    found = match(name)
    assert not (found.certain and found.name == other)
    assert not (found.how == "near" and found.name == other)


def test_a_misspelled_name_is_proposed_not_merged() -> None:
    found = match("Grenedine")
    assert (found.how, found.name) == ("near", "Grenadine")
    assert not found.certain


def test_words_of_the_measure_lead_the_name() -> None:
    assert match("Creme de Cacao", "1 oz white").name == "White Crème de Cacao"
    assert match("Sherry", "1 oz cream").how == "new"
    assert match("Vodka", "2 cl Smirnoff").note == "Smirnoff"


def test_a_label_is_more_specific_than_its_ingredient() -> None:
    assert match("Vermouth", label="Red vermouth").name == "Sweet Vermouth"
    found = match("Liqueur", label="Fancy Violet Dream")
    assert found.ingredient_id is None
    assert place(found) == "Liqueur"


def test_a_brand_is_stripped_to_its_kind_and_kept_as_a_remark() -> None:
    found = match("151 proof rum", "1 shot Bacardi")
    assert (found.name, found.note) == ("Overproof Rum", "Bacardi")


def test_or_is_an_alternative() -> None:
    read = read_line(LineRow(measure="2 oz", ingredient="Bourbon or rye whiskey"))[0]
    assert STARTER.match(read.candidates).name == "Bourbon"
    assert read.alternatives == ("rye whiskey",)
    assert match("Lemon or Orange Sherbet").name == "Lemon Sherbet"


def test_each_lists_several_lines() -> None:
    found = read_line(LineRow(measure="1 oz", ingredient="each Fresh lemon juice and triple sec"))
    assert [STARTER.match(read.candidates).name for read in found] == ["Lemon Juice", "Triple Sec"]
    assert [read.quantity.amount for read in found] == [1, 1]


def test_aliases_of_the_catalogue_are_names() -> None:
    known = KnownIngredients.of([Named(1, "House Cola", aliases=("fizzy brown",))])
    matcher = Matcher(known, Families(known))
    read = read_line(LineRow(measure="1 oz", ingredient="Fizzy Brown"))[0]
    assert matcher.match(read.candidates).how == "alias"


def test_a_files_own_parent_proposes_the_place() -> None:
    known = STARTER.known
    matcher = Matcher(known, Families(known, parents={"italicu": "Liqueur"}))
    read = read_line(LineRow(measure="1 oz", ingredient="Italicus"))[0]
    matcher.families.parents = {"italicus": "Liqueur"}
    found = matcher.match(read.candidates)
    assert (found.how, known.by_id[found.place_id or 0].name) == ("new", "Liqueur")


@pytest.mark.parametrize(
    ("said", "ingredient", "note"),
    [
        ("concombre épluché", "Cucumber", "épluché"),
        ("pastis de Marseille", "Pastis", "de Marseille"),
        ("panna per pasticceria", "Cream", "per pasticceria"),
        ("orange liqueur (Cointreau)", "Cointreau", ""),
        ("crema di cacao scura", "Dark Crème de Cacao", ""),
        ("cerveza Corona", "Lager", "Corona"),
    ],
)
def test_what_is_said_besides_in_any_language_is_a_note(
    said: str, ingredient: str, note: str
) -> None:
    found = match(said)
    assert (found.name, found.certain, found.note) == (ingredient, True, note)


@pytest.mark.parametrize(
    "name", ["Batida de Coco", "rhum arrangé", "lait fermenté", "Vodka Caramelo"]
)
def test_a_participle_that_makes_another_thing_is_no_remark(name: str) -> None:
    assert not (match(name).certain and match(name).ingredient_id)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("2 cl Sirup (Vanille)", "Vanilla Syrup"),
        ("2 cl liqueur, raspberry", "Raspberry Liqueur"),
        ("1 oz milk (coconut)", "Coconut Milk"),
        ("1 oz sparkling wine, raspberry and cucumber", "Sparkling Wine"),
        ("1 oz amaretto (almond)", "Amaretto"),
        ("2 cl Cointreau (Orangenlikör)", "Cointreau"),
        ("1/2 tsp vanilla (extract)", "Vanilla Extract"),
        ("5 cl Ananassaft (ungesüßt)", "Pineapple Juice"),
    ],
)
def test_a_flavour_that_is_said_besides_is_of_the_name(line: str, meant: str) -> None:
    found = STARTER.match_line(read_line(LineRow(text=line))[0])
    assert (found.certain, found.name) == (True, meant)


@pytest.mark.parametrize(
    "line",
    [
        "1 oz rum (coconut flavored)",
        "1 oz tonic (elderflower)",
        "1 oz cola, cherry",
        "1 lime (dried)",
        "15 ml ginebra, sin alcohol",
        "4 cl Gin ohne Alkohol",
        "4 cl gin sans alcool",
        "4 cl Tanqueray 0.0",
        "4 cl gin (0,0 %)",
        "15 cl Bier, alkoholfrei",
        "20 cl Tonic Water con zestro",
        "9 cl prosecco con zestro",
        "2 cl Bols strawberry",
        "2 cl Giffard pamplemousse",
        "10 cl San Pellegrino Aranciata",
        "4 cl Ramazzotti rosato",
        "4 cl cold brew tea",
        "6 cl sugarcane juice",
        "1 tsp instant coffee",
    ],
)
def test_what_makes_another_thing_is_never_only_a_remark(line: str) -> None:
    found = STARTER.match_line(read_line(LineRow(text=line))[0])
    assert not (found.certain and found.ingredient_id)


def test_a_label_may_say_that_there_is_no_alcohol() -> None:
    found = match("Gin", label="Tanqueray 0.0")
    assert not (found.certain and found.ingredient_id)
