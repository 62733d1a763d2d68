"""The index follows every change, on either database, and forgives what people write."""

import random
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cocktailspace.catalogue.changes import renew_identity
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import InvalidError
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import (
    get_ingredient,
    replace_ingredients,
)
from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    RecipeDraft,
    UnitDraft,
)
from cocktailspace.catalogue.recipes import (
    create_recipes,
    delete_recipe,
    get_recipe,
    load_recipes,
    replace_recipes,
)
from cocktailspace.catalogue.search import RecipeQuery, SearchIndex, Snapshot, index, reading
from cocktailspace.catalogue.search.segment import Segment
from cocktailspace.catalogue.transfer import import_file, starter_file
from cocktailspace.catalogue.units import create_units
from tests.catalogue.editing import random_edit
from tests.catalogue.finding import find
from tests.conftest import BAR, import_document

pytestmark = pytest.mark.both_databases

DRINKS = [
    "Daiquiri", "Banana Daiquiri", "Dark 'n' Stormy", "Old-Fashioned", "Old Fashioned Punch",
    "Piña Colada", "Crème de la Crème", "Smørrebrød Flip", "Whisky Mac", "Gin & It", "🍸",
    "Cherries Jubilee", "Straße", "日本のカクテル", "Negroni Sour",
]  # fmt: skip


@pytest.fixture
def bar(database: Database) -> Database:
    """A small catalogue."""
    import_document(database, BAR)
    with database.transaction() as tx:
        drafts = [RecipeDraft(name=name, tags=("x",)) for name in DRINKS]
        create_recipes(tx, drafts, [""] * len(drafts))
    return database


def _names(database: Database, **query: Any) -> list[str]:
    with database.reading() as connection:
        return [recipe.name for recipe in find(connection, **query)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("daiqiri", ["Daiquiri", "Banana Daiquiri"]),
        ("DAIQUIRIS", ["Daiquiri", "Banana Daiquiri"]),
        ("banan dai", ["Banana Daiquiri"]),
        ("old-fashioned", ["Old-Fashioned", "Old Fashioned Punch"]),
        ("old fashond", ["Old-Fashioned", "Old Fashioned Punch"]),
        ("dark n stormy", ["Dark 'n' Stormy"]),
        ("Dark and Stormy", ["Dark 'n' Stormy"]),
        ("dark ’n’ stormy", ["Dark 'n' Stormy"]),
        ("pina", ["Piña Colada"]),
        ("cre\u0300mes", ["Crème de la Crème"]),
        ("smorrebrod", ["Smørrebrød Flip"]),
        ("strasse", ["Straße"]),
        ("日本", ["日本のカクテル"]),
        ("🍸", ["🍸"]),
        ("cherry", ["Cherries Jubilee"]),
        ("whiskies", ["Whisky Mac", "Boulevardier", "Manhattan"]),
        ("whiskey", ["Whisky Mac", "Boulevardier", "Manhattan"]),
        ("whiskey, campari", ["Boulevardier"]),
        ("gin", ["Gin & It", "Negroni"]),
        ("sours negroni", ["Negroni Sour"]),
        ("ice", ["Negroni"]),
        ("?", []),
        ("x\x00", None),
        ("xyzzy", []),
    ],
)
def test_words_are_found_as_people_write_them(
    database: Database, load: Callable[[object], None], text: str, names: list[str] | None
) -> None:
    load(BAR)
    with database.transaction() as tx:
        drafts = [RecipeDraft(name=name, tags=("x",)) for name in DRINKS]
        create_recipes(tx, drafts, [""] * len(drafts))
    assert _names(database, q=text) == (
        sorted(DRINKS, key=str.casefold) if names is None else names
    )


def test_filters_hold_together(bar: Database) -> None:
    assert _names(bar, ingredient=(2,)) == ["Boulevardier", "Manhattan"]
    assert _names(bar, ingredient=(1, 8), without=(2,)) == ["Negroni"]
    assert _names(bar, ingredient=(999,)) == []
    assert len(_names(bar, without=(1, 999))) == len(DRINKS)
    assert _names(bar, min_ingredients=3, max_ingredients=3, name="man") == ["Manhattan"]
    with bar.transaction() as tx:
        whole = {"glass": "Coupe", "method": "Stir", "tags": ("Bitter", "Classic")}
        draft = as_draft(get_recipe(tx.connection, 1), RecipeDraft).model_copy(update=whole)
        replace_recipes(tx, {1: draft}, [""])
    for query in ({"glass": "COUPE"}, {"method": "stir"}, {"tag": ("classic", "bitter")}):
        assert _names(bar, **query) == ["Negroni"]
    assert _names(bar, glass="coup") == _names(bar, tag=("bitter", "sweet")) == []
    for text in ("coupe", "bitter stir", "clasic"):
        assert _names(bar, q=text)[0] == "Negroni"


def test_what_cannot_be_meant_is_refused_by_name(bar: Database) -> None:
    with bar.transaction() as tx:
        cream = as_draft(get_ingredient(tx.connection, 9), IngredientDraft)
        replace_ingredients(tx, {9: cream.model_copy(update={"contains": ("milk",)})}, [""])
    assert "Manhattan" not in _names(bar, free_of=("MILK",))
    with pytest.raises(InvalidError, match=r"free_of: .*'mlik'.*did you mean 'milk'"):
        _names(bar, free_of=("mlik",))
    with pytest.raises(InvalidError, match="q: 21 words are too many to search by; at most 20"):
        _names(bar, q=" ".join(f"w{number}" for number in range(21)))


def test_strength_alcohol_and_allergens_are_those_that_recipes_show(database: Database) -> None:
    with database.transaction() as tx:
        import_file(tx, starter_file())
    with database.reading() as connection:
        snapshot = SearchIndex().snapshot(connection)
        every = snapshot.search(RecipeQuery(), limit=10_000).ids
        shown = {each: got.calculated for each, got in load_recipes(connection, every).items()}

    def found(**query: Any) -> set[int]:
        return set(snapshot.search(RecipeQuery(**query), limit=10_000).ids)

    strengths = {each: got.strength for each, got in shown.items() if got.strength is not None}
    assert len(strengths) > 50
    for least in (0.0, 12.5, 30.0):
        assert found(min_strength=least) == {i for i, s in strengths.items() if s >= least}
        assert found(max_strength=least) == {i for i, s in strengths.items() if s <= least}
    assert found(alcohol_free=True) == {i for i, got in shown.items() if got.alcohol_free}
    for allergen in {word for got in shown.values() for word in got.contains}:
        free = {i for i, got in shown.items() if allergen not in got.contains}
        assert found(free_of=(allergen,)) == free


def _content(snapshot: Snapshot) -> Any:
    """All that a snapshot holds, comparable."""

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.tolist()
        if hasattr(value, "__dataclass_fields__"):
            return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
        if isinstance(value, dict):
            return sorted((repr(key), plain(each)) for key, each in value.items())
        return value

    return [plain(dict(snapshot.segments)), plain(snapshot.ingredients.words)]


@pytest.mark.parametrize("joined", [0, 1, 200])
def test_what_follows_the_log_is_what_is_made_from_nothing(
    bar: Database, monkeypatch: pytest.MonkeyPatch, joined: int
) -> None:
    monkeypatch.setattr(index, "_JOINED", joined)
    for module in (index, reading):
        monkeypatch.setattr(module, "SEGMENT", 4)
    with bar.transaction() as tx:
        create_units(tx, [UnitDraft(name="Slice", millilitres=None)], [""])
        sliced = LineDraft(ingredient_id=5, unit_id=3, amount=2.0)
        create_recipes(tx, [RecipeDraft(name="Sliced", ingredients=(sliced,))], [""])
    rng, followed = random.Random(7), SearchIndex()
    kept = []
    for number in range(1, 41):
        with bar.reading() as connection:
            before = followed.snapshot(connection)
        random_edit(bar, rng, number)
        if number % 3 == 0:
            random_edit(bar, rng, 100 + number)
        with bar.reading() as connection:
            after = followed.snapshot(connection)
            assert _content(after) == _content(SearchIndex().snapshot(connection)), number
        shared = set(map(id, before.segments.values())) & set(map(id, after.segments.values()))
        kept.append(len(shared))
    assert max(kept) >= 3, "a change leaves the other segments as they are"


def test_an_edit_has_the_recipes_that_it_touched_read_and_no_others(
    bar: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed, read = SearchIndex(), []

    def counting(*arguments: Any) -> Segment:
        segment = reading.read_segment(*arguments)
        read.append(len(segment))
        return segment

    monkeypatch.setattr(index, "read_segment", counting)
    for edit in (lambda: None, lambda: _rename(bar, 1, "Aaa"), lambda: _rename(bar, 2, "Zzz")):
        edit()
        with bar.reading() as connection:
            followed.snapshot(connection)
    with bar.transaction() as tx:
        delete_recipe(tx, 1)
    with bar.reading() as connection:
        assert 1 not in followed.snapshot(connection).search(RecipeQuery()).ids
    assert read == [3 + len(DRINKS), 1, 1, 0]


def _rename(database: Database, recipe_id: int, name: str) -> None:
    with database.transaction() as tx:
        draft = as_draft(get_recipe(tx.connection, recipe_id), RecipeDraft)
        replace_recipes(tx, {recipe_id: draft.model_copy(update={"name": name})}, [""])


def test_cursors_go_on_at_their_place_while_othersrandom_edit(bar: Database) -> None:
    followed = SearchIndex()

    def page(after: Any) -> Any:
        with bar.reading() as connection:
            return followed.snapshot(connection).search(RecipeQuery(), after=after, limit=5)

    first = page(None)
    with bar.transaction() as tx:
        delete_recipe(tx, first.ids[-1])
        create_recipes(tx, [RecipeDraft(name="AAA"), RecipeDraft(name="ZZZ")], ["", ""])
    met, after = list(first.ids), first.next_after
    while after is not None:
        found = page(after)
        met, after = met + found.ids, found.next_after
    assert len(set(met)) == len(met) == len(DRINKS) + 3 + 1, "all but AAA, which stands before"


def test_a_reader_of_an_older_state_gets_its_own(
    database: Database, load: Callable[[object], None]
) -> None:
    load(BAR)
    followed = SearchIndex()
    with database.reading() as older:
        before = followed.snapshot(older)
        with database.transaction() as tx:
            delete_recipe(tx, 1)
        with database.reading() as newer:
            after = followed.snapshot(newer)
        assert followed.snapshot(older) is before
    assert 1 in before.search(RecipeQuery()).ids
    assert 1 not in after.search(RecipeQuery()).ids


def test_another_catalogue_and_one_put_back_by_hand_are_read_anew(bar: Database) -> None:
    followed = SearchIndex()
    with bar.transaction() as tx:
        create_recipes(tx, [RecipeDraft(name="Later")], [""])
    for statement in (None, "UPDATE changes SET changed_at = '2020-01-01T00:00:00.000000Z'"):
        with bar.reading() as connection:
            before = followed.snapshot(connection)
        with bar.schema_change() as connection:
            connection.exec_driver_sql("UPDATE recipes SET name = 'Milano' || id WHERE id = 1")
            if statement is None:
                renew_identity(connection)
            else:
                connection.exec_driver_sql(statement)
        with bar.reading() as connection:
            after = followed.snapshot(connection)
        assert not set(map(id, before.segments.values())) & set(map(id, after.segments.values()))


def test_after_a_large_import_the_former_index_is_searched_until_the_new_one_stands(
    bar: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_AT_ONCE", 5)
    monkeypatch.setattr(index, "_JOINED", 2)
    waiting: list[Callable[[], None]] = []
    followed = SearchIndex(bar, waiting.append)

    def names(name: str) -> int:
        with bar.reading() as connection:
            return followed.snapshot(connection).search(RecipeQuery(name=name)).total

    there = names("")
    with bar.transaction() as tx:
        delete_recipe(tx, 1)
        create_recipes(tx, [RecipeDraft(name=f"Imported {n}") for n in range(9)], [""] * 9)
    with bar.transaction() as tx:
        create_recipes(tx, [RecipeDraft(name="An editor's own")], [""])
    assert names("editor") == 1, "whoever edits sees it at once"
    assert names("imported") == 1, "the last of the import came with it"
    assert names("") == there - 1 + 2, "what was deleted is not found"
    assert len(waiting) == 1, "it is built once, however many ask"
    waiting.pop()()
    assert (names("imported"), names("")) == (9, there - 1 + 10)
    assert not waiting


def test_threads_that_come_at_once_get_one_index(bar: Database) -> None:
    followed, got = SearchIndex(), []

    def look() -> None:
        with bar.reading() as connection:
            got.append(followed.snapshot(connection))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(map(id, got))) == 1
