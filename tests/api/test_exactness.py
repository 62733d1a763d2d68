"""What the API says of a recipe is what the refresh publishes of it, to the last digit."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.transfer import import_file, starter_file
from tests.publishing import publish_analytics

API = "/api/v1"
DRAFTS = 25
KEYS = ("ingredient_id", "amount", "unit_id", "optional")

Row = dict[str, Any]


class Bar:
    """The starter catalogue behind the API, published."""

    def __init__(self, services: Services, client: TestClient, headers: dict[str, str]) -> None:
        self._services, self._client, self._headers = services, client, headers
        self.refresh()

    def refresh(self) -> None:
        assert publish_analytics(self._services).outcome == "published"

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self._client.get(f"{API}{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create(self, kind: str, draft: Row) -> int:
        answer = self._client.post(f"{API}/{kind}", json=draft, headers=self._headers)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def place(self, lines: list[Row], without: int | None = None) -> Row:
        draft = {"ingredients": lines, "without": without}
        answer = self._client.post(f"{API}/analytics/place", json=draft)
        assert answer.status_code == 200, answer.text
        placed: Row = answer.json()
        return placed

    def similar(self) -> dict[int, list[Row]]:
        rows = self.get("/analytics/recipe-similar")["data"]
        return {row["recipe_id"]: row["similar"] for row in rows}

    def lines(self, recipe_id: int) -> list[Row]:
        stored = self.get(f"/recipes/{recipe_id}")["ingredients"]
        return [{key: line[key] for key in KEYS} for line in stored]


@pytest.fixture
def bar(services: Services, editor: dict[str, str]) -> Any:
    with services.database.transaction() as tx:
        import_file(tx, starter_file())
    with TestClient(create_app(services)) as client:
        yield Bar(services, client, editor)


def _random_drafts(bar: Bar, chance: random.Random) -> list[list[Row]]:
    """Some of them of ingredients that no run knows, some with a line twice or without a unit."""
    roots = {each["name"]: each["id"] for each in bar.get("/ingredients")["items"]}
    new = [
        bar.create("ingredients", {"name": f"{name} of Tomorrow", "parent_id": roots.get(name)})
        for name in ("Gin", "Liqueur", "Nothing")
    ]
    newest = {"name": "Aged Gin", "parent_id": new[0], "allow_substitution": True}
    new.append(bar.create("ingredients", newest))
    known = [each["id"] for each in bar.get("/ingredients")["items"]]
    units: list[int | None] = [each["id"] for each in bar.get("/units")["items"]]

    def line() -> Row:
        ingredient_id = chance.choice(new if chance.random() < 0.2 else known)
        amount = chance.choice([None, 0, 0.1, 1 / 3, 0.75, 1, 2, chance.uniform(0.1, 60)])
        unit_id = chance.choice([*units, None])
        return {"ingredient_id": ingredient_id, "amount": amount, "unit_id": unit_id}

    drafts = [[line() for _ in range(chance.randint(1, 7))] for _ in range(DRAFTS)]
    for draft in drafts[::5]:
        draft.append(line() | {"ingredient_id": draft[0]["ingredient_id"]})
    return drafts


def _by_ingredient(similar: Row) -> Row:
    """The same with swaps taken apart: whether recipes speak for a swap, the next run may see
    otherwise.
    """
    changes = {kind: list(similar["changes"].get(kind, ())) for kind in ("without", "with")}
    for swap in similar["changes"].get("swap", ()):
        changes["without"].append({"ingredient": swap["from"], "ml": swap["ml"]})
        changes["with"].append({"ingredient": swap["to"], "ml": swap["to_ml"]})
    ordered = {
        kind: sorted(each, key=lambda change: str(change["ingredient"]))
        for kind, each in changes.items()
    }
    kept = {kind: similar["changes"].get(kind) for kind in ("more", "less")}
    return similar | {"changes": ordered | kept}


def test_every_published_recipe_is_placed_as_it_is_published(bar: Bar) -> None:
    similar = bar.similar()
    assert len(similar) > 100
    for recipe_id, expected in similar.items():
        assert bar.place(bar.lines(recipe_id), recipe_id)["neighbours"] == expected


def test_a_draft_is_told_what_the_refresh_then_publishes(bar: Bar) -> None:
    drafts = _random_drafts(bar, random.Random(15))
    before = [bar.place(draft)["neighbours"] for draft in drafts]
    ids = [
        bar.create("recipes", {"name": f"Draft {number}", "ingredients": draft})
        for number, draft in enumerate(drafts)
    ]
    bar.refresh()
    similar = bar.similar()
    told = 0
    for recipe_id, draft, placed in zip(ids, drafts, before, strict=True):
        published = similar[recipe_id]
        assert bar.place(draft, recipe_id)["neighbours"] == published
        known_before = [_by_ingredient(each) for each in published if each["recipe_id"] not in ids]
        assert [_by_ingredient(each) for each in placed[: len(known_before)]] == known_before
        told += len(known_before)
    assert told > 5 * DRAFTS


def test_any_two_recipes_are_compared_as_they_are_published(bar: Bar) -> None:
    for recipe_id, row in list(bar.similar().items())[::2]:
        for other in row[::4]:
            pair = {"recipe_id": recipe_id, "other_id": other["recipe_id"]}
            found = bar.get("/analytics/compare", **pair)
            assert found["names"][1] == other["name"]
            told = ("distance", "likeness", "near", "changes")
            assert {key: found[key] for key in told} == {key: other[key] for key in told}


def test_what_makes_the_one_of_the_other_is_undone_the_other_way(bar: Bar) -> None:
    chance = random.Random(3)
    ids = list(bar.similar())
    opposite: dict[str, Callable[[Row], Row]] = {
        "swap": lambda it: {
            "from": it["to"],
            "ml": it["to_ml"],
            "to": it["from"],
            "to_ml": it["ml"],
        },
        "more": lambda it: it | {"ml": it["to_ml"], "to_ml": it["ml"]},
        "less": lambda it: it | {"ml": it["to_ml"], "to_ml": it["ml"]},
    }
    kinds = {"swap": "swap", "without": "with", "with": "without", "more": "less", "less": "more"}
    for _ in range(100):
        one, other = chance.sample(ids, 2)
        there = bar.get("/analytics/compare", recipe_id=one, other_id=other)
        back = bar.get("/analytics/compare", recipe_id=other, other_id=one)
        assert there["names"] == back["names"][::-1]
        for key in ("distance", "likeness", "near"):
            assert there[key] == back[key]
        turned = {
            kinds[kind]: [opposite.get(kind, dict)(change) for change in changes]
            for kind, changes in there["changes"].items()
        }
        assert _sets(turned) == _sets(back["changes"])


def _sets(changes: Row) -> dict[str, set[str]]:
    return {
        kind: {json.dumps(each, sort_keys=True) for each in those}
        for kind, those in changes.items()
    }


def test_what_recipes_are_built_on_is_found_as_the_map_has_it(bar: Bar) -> None:
    """Rinses, and recipes that make an ingredient, lead neither of them elsewhere."""
    ids = {each["name"]: each["id"] for each in bar.get("/ingredients")["items"]}
    units = {each["name"]: each["id"] for each in bar.get("/units")["items"]}
    rinse = {"ingredient_id": ids["Absinthe"], "unit_id": units["Millilitre"], "note": "to rinse"}
    gin = {"ingredient_id": ids["London Dry Gin"], "amount": 60, "unit_id": units["Millilitre"]}
    bar.create("recipes", {"name": "Rinsed Gin", "ingredients": [rinse, gin]})
    syrup = {"name": "House Syrup", "makes_id": ids["Honey Syrup"], "ingredients": [gin]}
    bar.create("recipes", syrup)
    bar.refresh()
    bases: dict[int, set[int]] = {}
    for row in bar.get("/analytics/cocktail-space")["data"]:
        base = row.get("base_id", row["ingredients"][0]["ingredient_id"])
        bases.setdefault(base, set()).add(row["recipe_id"])
    parents = {each["id"]: each["parent_id"] for each in bar.get("/ingredients")["items"]}
    below: dict[int, set[int]] = {}
    for base, recipes in bases.items():
        above: int | None = base
        while above is not None:
            below.setdefault(above, set()).update(recipes)
            above = parents[above]
    assert len(bases) > 20
    for each, recipes in below.items():
        assert set(bar.get("/recipes/ids", base=each)["ids"]) == recipes
    offered = bar.get("/recipes/suggestions")["base"]
    assert {each["id"]: each["recipes"] for each in offered} == {
        each: len(recipes) for each, recipes in below.items()
    }
    both = bar.get("/recipes/ids", base=[ids["Gin"], ids["Cognac"]])["ids"]
    assert set(both) == below[ids["Gin"]] | below[ids["Cognac"]]
