"""Recipes are cached as responses have them, and never longer than they are so."""

import json
import random
from collections.abc import Callable, Collection

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection

from cocktailspace.api import rendered
from cocktailspace.api.app import create_app
from cocktailspace.api.rendered import Rendered, RenderedRecipes
from cocktailspace.api.routes.recipes import RecipeList
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.changes import renew_identity
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.models import Recipe, RecipeDraft, UnitDraft
from cocktailspace.catalogue.recipes import (
    create_recipes,
    delete_recipe,
    load_recipes,
    replace_recipes,
)
from cocktailspace.catalogue.units import create_units
from tests.catalogue.editing import random_edit
from tests.conftest import BAR, import_document

pytestmark = pytest.mark.both_databases

API = "/api/v1"
EVERY = range(1, 200)


def _anew(database: Database) -> dict[int, Rendered]:
    with database.reading() as connection:
        loaded = load_recipes(connection, EVERY)
        return {each: Rendered.of(recipe) for each, recipe in loaded.items()}


def _cached(database: Database, cache: RenderedRecipes) -> dict[int, Rendered]:
    with database.reading() as connection:
        return cache.many(connection, EVERY)


def test_whatever_changes_recipes_are_shown_as_they_are_now(
    database: Database, load: Callable[[object], None]
) -> None:
    load(BAR)
    with database.transaction() as tx:
        create_units(tx, [UnitDraft(name="Slice", millilitres=None)], [""])
    rng, cache, reused = random.Random(3), RenderedRecipes(), 0
    for number in range(1, 61):
        before = _cached(database, cache)
        random_edit(database, rng, number)
        after = _cached(database, cache)
        assert after == _anew(database), number
        reused += sum(after[each] is before.get(each) for each in after)
    assert reused > 60, "an edit of one recipe leaves the others cached"


def test_a_reader_of_an_older_state_sees_that_one(
    database: Database, load: Callable[[object], None]
) -> None:
    load(BAR)
    cache = RenderedRecipes()
    with database.reading() as older:
        before = cache.many(older, EVERY)
        with database.transaction() as tx:
            delete_recipe(tx, 1)
        assert 1 not in _cached(database, cache)
        assert cache.many(older, EVERY) == before
    assert 1 not in _cached(database, cache)


def test_a_reader_that_is_overtaken_leaves_nothing_old_behind(
    database: Database, load: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(BAR)
    cache = RenderedRecipes()

    def overtaken(connection: Connection, ids: Collection[int]) -> dict[int, Recipe]:
        monkeypatch.undo()
        loaded = load_recipes(connection, ids)
        with database.transaction() as tx:
            renamed = as_draft(loaded[1], RecipeDraft).model_copy(update={"name": "Later"})
            replace_recipes(tx, {1: renamed}, [""])
        with database.reading() as newer:
            cache.many(newer, [2])
        return loaded

    monkeypatch.setattr(rendered, "load_recipes", overtaken)
    assert b"Later" not in _cached(database, cache)[1].body
    assert _cached(database, cache) == _anew(database)


def test_another_catalogue_and_one_put_back_by_hand_are_read_anew(
    database: Database, load: Callable[[object], None]
) -> None:
    load(BAR)
    cache = RenderedRecipes()
    for number, statement in enumerate(
        (None, "UPDATE changes SET changed_at = '2020-01-01T00:00:00.000000Z'")
    ):
        _cached(database, cache)
        with database.schema_change() as connection:
            connection.exec_driver_sql(f"UPDATE recipes SET name = 'Milano {number}' WHERE id = 1")  # noqa: S608
            if statement is None:
                renew_identity(connection)
            else:
                connection.exec_driver_sql(statement)
        assert f"Milano {number}".encode() in _cached(database, cache)[1].body


def test_what_is_cached_is_bounded_and_what_was_asked_for_last_stays(database: Database) -> None:
    with database.transaction() as tx:
        drafts = [RecipeDraft(name=f"Drink {number:02}") for number in range(20)]
        create_recipes(tx, drafts, [""] * len(drafts))
    size = len(_anew(database)[1].body)
    cache = RenderedRecipes(most_bytes=5 * size)
    with database.reading() as connection:
        first = cache.one(connection, 1)
        for each in range(2, 21):
            cache.one(connection, each)
            assert cache.one(connection, 1) is first, each
        assert len(cache.many(connection, EVERY)) == 20
        assert sum(len(each.body) for each in cache._recipes._values.values()) <= 5 * size


def test_a_list_is_written_as_its_model_is_and_its_items_as_they_are_alone(
    client: TestClient,
) -> None:
    answer = client.get(f"{API}/recipes", params={"limit": 2})
    whole = RecipeList.model_validate_json(answer.content)
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == whole.model_dump_json()
    assert json.loads(answer.text)["next_cursor"]
    alone = [client.get(f"{API}/recipes/{item.id}").text for item in whole.items]
    assert [item.model_dump_json() for item in whole.items] == alone


def test_what_another_process_changes_is_seen_by_the_next_request(
    services: Services, editor: dict[str, str]
) -> None:
    import_document(services.database, BAR)
    one, other = (TestClient(create_app(services), raise_server_exceptions=False) for _ in range(2))
    before = one.get(f"{API}/recipes/1")
    draft = {"name": "Changed elsewhere", "ingredients": []}
    assert other.put(f"{API}/recipes/1", json=draft, headers=editor).status_code == 200
    after = one.get(f"{API}/recipes/1", headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.json()["name"]) == (200, "Changed elsewhere")
    listed = one.get(f"{API}/recipes", params={"name": "elsewhere"}).json()["items"]
    assert listed == [after.json()]
