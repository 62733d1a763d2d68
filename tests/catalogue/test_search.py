"""Searching finds the same whichever way it goes, and goes by the indexes."""

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from cocktailspace.catalogue import search as searching
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.models import RecipeDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.recipes import (
    create_recipes,
    delete_recipe,
    find_names,
    find_recipes,
    get_recipe,
    replace_recipes,
)
from cocktailspace.catalogue.rows import as_draft
from tests.conftest import BAR

NAMES = [
    "Gin Sour", "GIN & IT", "Gin\u00a0& It", "Über Sour", "uber sour", "Straße", "STRASSE II",
    "Z", "Qz", "Aqz", "Zombie", "Zo", "100 % Rye", "50_50", 'The "Real" One', "O'Clock",
    "Crème de la Crème", "Cre\u0300me Flip", "ﬁzzy", "Fizz", "日本のカクテル", "カク", "🍸 Martini",
    "🍸", "a", "ab", "abc", "abcd", "-- AND OR NOT *", "NEAR(x)", "^caret", "col:umn",
]  # fmt: skip


@pytest.fixture
def names(load: Callable[[object], None], database: Database) -> list[str]:
    """A catalogue of names that are hard to search."""
    load(BAR)
    with database.transaction() as tx:
        ids = create_recipes(tx, [RecipeDraft(name=each) for each in NAMES], ["x"] * len(NAMES))
        drafts = {each: as_draft(get_recipe(tx.connection, each), RecipeDraft) for each in ids}
        lines = as_draft(get_recipe(tx.connection, 1), RecipeDraft).ingredients
        for recipe_id in ids[::3]:
            drafts[recipe_id] = drafts[recipe_id].model_copy(update={"ingredients": lines})
        replace_recipes(tx, drafts, ["x"] * len(drafts))
    return [*NAMES, *(recipe["name"] for recipe in BAR["recipes"])]  # type: ignore[index]


@pytest.fixture(params=["one stretch", "indexes after one name", "two stretches"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the ways that a search may go, as if the catalogue were large."""
    if request.param != "one stretch":
        monkeypatch.setattr(searching, "STRETCH", 1)
    if request.param == "two stretches":
        monkeypatch.setattr(searching, "STRETCH", 5)
        monkeypatch.setattr(searching, "STRETCHES", 50)
        monkeypatch.setattr(searching, "FEW", 0)  # and any of the indexes
    return str(request.param)


def _found(database: Database, limit: int = 200, **search: Any) -> list[str]:
    with database.reading() as connection:
        page = find_recipes(connection, limit=limit, **search)
    return [name_key(each.name) for each in page.items]


def _expected(names: list[str], text: str) -> list[str]:
    words = name_key(text).split()
    matching = [name for name in names if all(word in name_key(name) for word in words)]
    return sorted(map(name_key, matching))


def _texts() -> Iterator[str]:
    rng = random.Random(1)
    for name in NAMES:
        start = rng.randrange(len(name))
        yield name
        yield name.swapcase()
        yield name[start : start + rng.randint(1, 4)]
    yield from ("", "z", "qz", "so gin", "ss", "%", "_", '"', "\x00", "a\x00", "\u200b", "e\u0300")


def test_every_way_finds_the_names_that_have_every_word(
    database: Database, names: list[str], way: str
) -> None:
    for text in _texts():
        assert _found(database, name=text) == _expected(names, text), (way, text)


def test_every_way_finds_names_and_ingredients_together(
    database: Database, names: list[str], way: str
) -> None:
    with database.reading() as connection:
        holders = {name_key(each.name) for each in find_names(connection, ingredient_ids=[5]).items}
    assert len(holders) == 1 + len(NAMES[::3])
    for text in ("", "gin", "z", "o e"):
        expected = [name for name in _expected(names, text) if name in holders]
        assert _found(database, name=text, ingredient_ids=[1, 5]) == expected, (way, text)


@pytest.mark.usefixtures("way")
def test_pages_of_every_way_follow_each_other(database: Database, names: list[str]) -> None:
    met, after = [], None
    while True:
        with database.reading() as connection:
            page = find_recipes(connection, name="z", after=after, limit=2)
        met += [name_key(each.name) for each in page.items]
        after = page.next_after
        if after is None:
            break
    assert met == _expected(names, "z")


@pytest.mark.usefixtures("names")
def test_the_index_of_names_follows_every_change(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "STRETCH", 1)
    with database.transaction() as tx:
        delete_recipe(tx, 1)  # Negroni
        changed = as_draft(get_recipe(tx.connection, 2), RecipeDraft).model_copy(
            update={"name": "Renamed"}
        )
        replace_recipes(tx, {2: changed}, [""])
    assert _found(database, name="groni") == []
    assert _found(database, name="boulevard") == []
    assert _found(database, name="renam") == ["renamed"]
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE recipes SET description = 'x'")
        check = "INSERT INTO recipe_names (recipe_names, rank) VALUES ('integrity-check', 1)"
        connection.exec_driver_sql(check)  # raises when index and names differ


def _plans(database: Database, use: Callable[[], object]) -> list[str]:
    """How SQLite carries out the statements of `use`, those that were really sent."""
    sent: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        sent.append((arguments[2], arguments[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    use()
    event.remove(database.engine, "before_cursor_execute", note)
    with database.reading() as connection:
        return [
            "\n".join(
                row[3]
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            )
            for sql, values in sent
            if not sql.startswith("BEGIN")
        ]


SCANS_OF_ALL = re.compile(r"SCAN (recipes|recipe_ingredients|changes)(?! USING COVERING INDEX)")


@pytest.mark.parametrize(
    ("search", "uses"),
    [
        ({}, ["SCAN recipes USING INDEX sqlite_autoindex_recipes_1"]),
        ({"after": "m"}, ["SEARCH recipes USING INDEX sqlite_autoindex_recipes_1 (order_key>?)"]),
        ({"name": "groni"}, ["recipe_names VIRTUAL TABLE", "SEARCH recipes USING INTEGER PRIMARY"]),
        ({"name": "qz"}, ["recipe_name_terms VIRTUAL TABLE", "recipe_names VIRTUAL TABLE"]),
        (
            {"ingredient_ids": [1]},
            [
                "recipe_ingredients USING COVERING INDEX ix_recipe_ingredients_ingredient_id",
                "SEARCH ingredients USING COVERING INDEX ix_ingredients_parent_id",
                "SEARCH recipes USING INTEGER PRIMARY KEY",
            ],
        ),
    ],
)
@pytest.mark.usefixtures("names")
def test_searches_go_by_the_indexes(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    search: dict[str, Any],
    uses: list[str],
) -> None:
    monkeypatch.setattr(searching, "STRETCH", 1)
    plans = "\n".join(_plans(database, lambda: _found(database, limit=20, **search)))
    for use in uses:
        assert use in plans
    if search:  # the first page of all recipes goes along the index of names, and stops
        assert not SCANS_OF_ALL.search(plans), plans
