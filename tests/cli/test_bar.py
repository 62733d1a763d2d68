"""`cocktailspace bar`: names, and what is said."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cocktailspace.analytics.bar.answer import read_bars
from cocktailspace.analytics.bar.index import BarIndex
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.cli.commands import app
from cocktailspace.cli.common import published_run_id
from cocktailspace.cli.naming import RecipeNames, ingredients_named
from tests.conftest import BAR, import_document
from tests.publishing import publish_analytics

Ask = Callable[..., Result]


@pytest.fixture
def ask(services: Services, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """The command on the small bar's published analytics."""
    import_document(services.database, BAR)
    publish_analytics(services)
    monkeypatch.setenv("DB_PATH", str(services.settings.catalogue_file))
    monkeypatch.setenv("ANALYTICS_PATH", str(services.settings.artifacts_folder))
    return lambda *arguments: CliRunner().invoke(app, ["bar", *arguments])


@pytest.fixture
def index(services: Services, ask: Ask) -> BarIndex:  # noqa: ARG001 - it publishes
    return read_bars(services.store, published_run_id(services.store)).index


def test_prints_what_can_be_made_first(ask: Ask) -> None:
    said = ask("gin", "campari", "sweet vermouth")
    assert said.exit_code == 0, said.output
    lines = said.stdout.splitlines()
    assert lines[:4] == [
        "can make: 1",
        "  Negroni",
        "with stand-ins: nothing",
        "one bottle short: 1",
    ]
    assert "  Boulevardier: Bourbon" in lines
    after = lines.index("buy next: 3") + 1
    assert lines[after : after + 3] == [
        "  Bourbon: completes 1 (Boulevardier)",
        "  Bitters: brings 1 within one bottle",
        "  Rye: completes 1 (Manhattan)",
    ]
    assert lines[-1] == "in the bar: Gin, Campari, Sweet Vermouth"


def test_reads_names_from_a_file_and_prints_json(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "bar.txt"
    file.write_text("Gin # the blue one\n\n# bitter\nCampari\nsweet vermouth\n")
    answer = json.loads(ask("--file", str(file), "--json").stdout)
    assert answer["bar"] == ["Gin", "Campari", "Sweet Vermouth"]
    assert [each["name"] for each in answer["can_make"]] == ["Negroni"]


def test_names_all_that_it_does_not_know(ask: Ask) -> None:
    said = ask("gim", "campari", "moonshine")
    assert isinstance(said.exception, NotFoundError)
    assert str(said.exception).splitlines() == [
        "there is no ingredient 'gim' (did you mean 'Gin'?)",
        "there is no ingredient 'moonshine'",
    ]


def test_a_name_may_be_the_beginning_of_one_or_a_word_of_it(index: BarIndex) -> None:
    assert [index.names[each] for each in ingredients_named(index, ["sweet", "GIN"])] == [
        "Sweet Vermouth",
        "Gin",
    ]
    assert [index.names[each] for each in ingredients_named(index, ["vermouth"])] == ["Vermouth"]


def test_an_ambiguous_name_says_what_it_could_be(index: BarIndex) -> None:
    index.names[:2] = ["Orange Bitters", "Orange Juice"]
    with pytest.raises(NotFoundError, match="could be several: did you mean 'Orange Bitters' or"):
        ingredients_named(index, ["orange"])


def test_an_alias_is_a_name(index: BarIndex) -> None:
    index.aliases[index.names.index("Gin")] = ["Mother's Ruin"]
    assert ingredients_named(index, ["mother's ruin"]) == [index.names.index("Gin")]


def test_a_wish_says_what_it_lacks_and_what_is_nearest_to_it(ask: Ask) -> None:
    said = ask("gin", "campari", "sweet vermouth", "--wish", "boulevardier").stdout.splitlines()
    assert "wish: Boulevardier lacks Bourbon" in said
    (nearest,) = [line for line in said if line.startswith("nearest to it: ")]
    assert nearest.startswith("nearest to it: Negroni (")
    assert "swap Bourbon for Gin" in nearest
    assert (
        "wish: Negroni can be made"
        in ask("gin", "campari", "sweet vermouth", "--wish", "Negroni").stdout
    )


def test_what_is_liked_weighs_the_bottles(ask: Ask) -> None:
    bar = ("sweet vermouth", "bitters", "campari", "--json")
    first = [
        json.loads(ask(*bar, "--like", liked).stdout)["next_bottles"][0]["name"]
        for liked in ("Manhattan", "Negroni")
    ]
    assert first == ["Rye", "Gin"]


def test_names_all_recipes_that_it_does_not_know(ask: Ask) -> None:
    said = ask("gin", "--like", "negron", "--wish", "Moonshine")
    assert str(said.exception).splitlines() == [
        "there is no recipe 'negron' (did you mean 'Negroni'?)",
        "there is no recipe 'Moonshine'",
    ]


def test_of_several_recipes_of_a_name_one_is_meant_by_its_id() -> None:
    recipes = RecipeNames(["Negroni", "Sour", "sour"], [7, 12, 34])
    assert recipes.ids_of(["NEGRONI", "34"]) == [7, 34]
    with pytest.raises(NotFoundError, match="2 recipes 'Sour': name one by its id, 12 or 34"):
        recipes.id_of("Sour")
    with pytest.raises(NotFoundError, match="there is no recipe '99'"):
        recipes.id_of("99")


def test_a_recipe_is_found_by_what_looks_like_its_name() -> None:
    recipes = RecipeNames(["New York\xa0Sour", "Piña Colada", "Mai Tai", "Mai-Tai"], [7, 8, 9, 10])
    assert recipes.ids_of(["New York Sour", "pina colada", "mai-tai"]) == [7, 8, 10]
    with pytest.raises(NotFoundError, match="2 recipes 'Mai/Tai': name one by its id, 9 or 10"):
        recipes.id_of("Mai/Tai")


def test_a_name_that_looks_like_another_is_that_one(index: BarIndex) -> None:
    index.names[:3] = ["Bénédictine", "Lime", "Peychaud's Bitters"]
    for typed, place in (
        ("benedictine", 0),
        ("limes", 1),
        ("peychaud", 2),
        ("peychauds bitter", 2),
    ):
        assert ingredients_named(index, [typed]) == [place], typed
