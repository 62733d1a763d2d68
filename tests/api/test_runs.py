"""A published run, read back from its artifacts."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request

from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.analytics.published import ARTIFACTS as PUBLISHED
from cocktailspace.analytics.published import (
    OTHER_MAP,
    PublishedRun,
    extent_of,
    read_other_places,
)
from cocktailspace.api.errors import NotPublishedError
from cocktailspace.api.fair_queue import _SLOT as SLOT
from cocktailspace.api.fair_queue import SLOTS, FairQueue, Slot
from cocktailspace.api.runs import PublishedRuns
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.integrity import IntegrityChecker
from cocktailspace.artifacts.manifest import read_published
from cocktailspace.artifacts.publish import Result, new_run_id, publish
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.times import utc_now
from tests.conftest import encoded, run_alone

NAMES = ['"x":9,"y":9', '\\"x":8.0,"y":8.0,', "plain"]
PLACES = [(-1.5, 0.0), (1e-05, -2e-05), (3.25, 12.0)]
LINE = {"ingredient_id": 7, "name": '"x":5,"y":5', "volume_ml": 30.0}
RECIPES = [
    {"recipe_id": number, "name": name, "x": x, "y": y, "ingredients": [LINE]}
    for number, (name, (x, y)) in enumerate(zip(NAMES, PLACES, strict=True), 1)
]
KIND = {"ingredient_id": 7, "name": LINE["name"], "parent_id": None, "allow_substitution": False}
ARTIFACTS: dict[str, Any] = {
    "cocktail-space-em": RECIPES,
    "cocktail-space": [row | {"x": row["y"], "y": row["x"]} for row in RECIPES],
    "ingredient-usage": [KIND],
    "ingredient-substitutes": [{"ingredient_id": 7, "name": LINE["name"], "nearest": []}],
}


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def _publish(store: ArtifactStore, artifacts: dict[str, Any]) -> str:
    now = utc_now()
    bodies = [(name, encoded(name, rows, generated_at=now)) for name, rows in artifacts.items()]
    run_id = new_run_id(now)
    result = Result(run_id, "cat", 1, bodies, parameters=PARAMETERS)
    assert publish(store, result, base=read_published(store), clock=utc_now)
    return run_id


def _runs(
    store: ArtifactStore, read: Callable[[ArtifactStore, str], PublishedRun] = PublishedRun
) -> PublishedRuns[PublishedRun]:
    return PublishedRuns(store, IntegrityChecker(store), PUBLISHED, read)


def test_recipes_stand_in_order_of_name_with_their_place_on_each_map(store: FolderStore) -> None:
    run_id = _publish(store, ARTIFACTS)
    manifest, run = _runs(store).current()
    assert manifest.run_id == run_id
    by_name = sorted(range(3), key=lambda number: NAMES[number])
    assert run.names == sorted(NAMES)
    assert run.ids.tolist() == [number + 1 for number in by_name]
    places = [PLACES[number] for number in by_name]
    assert [tuple(each) for each in run.places.tolist()] == places
    other = read_other_places(store, run_id)[run.order]
    assert [tuple(each) for each in other.tolist()] == [(y, x) for x, y in places]
    assert extent_of(other) == pytest.approx(12.00002)
    assert [run.lines(run.row_of(number)) for number in (1, 2, 3)] == [[(7, 30.0)]] * 3


def test_a_recipe_that_the_run_does_not_have_is_said_to_be_missing(store: FolderStore) -> None:
    _publish(store, ARTIFACTS)
    with pytest.raises(NotFoundError, match="recipe 4 is not in the published analytics"):
        _runs(store).current()[1].row_of(4)


def test_a_run_is_read_once(store: FolderStore) -> None:
    run_id = _publish(store, ARTIFACTS)
    read = []

    def reading(store: ArtifactStore, run_id: str) -> PublishedRun:
        read.append(run_id)
        return PublishedRun(store, run_id)

    runs = _runs(store, reading)
    assert runs.current()[1] is runs.current()[1]
    assert read == [run_id]


def test_recipes_are_compared_without_the_other_map(store: FolderStore) -> None:
    _publish(store, {each: rows for each, rows in ARTIFACTS.items() if each != OTHER_MAP})
    _, run = _runs(store).current()
    assert run.distances_to_all(0).tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_run_that_lacks_something_is_not_yet_there(store: FolderStore, name: str) -> None:
    _publish(store, {each: rows for each, rows in ARTIFACTS.items() if each != name})
    with pytest.raises(NotPublishedError, match="is gone; it is computed anew"):
        _runs(store).current()


@pytest.mark.parametrize("name", ["cocktail-space-em", "ingredient-usage"])
def test_a_form_that_cannot_be_read_says_what_helps(store: FolderStore, name: str) -> None:
    for rows in ([{"recipe": "of tomorrow"}], {"of": "tomorrow"}, [["of", "tomorrow"]], [7]):
        _publish(store, ARTIFACTS | {name: rows})
        with pytest.raises(NotPublishedError, match="refresh --force"):
            _runs(store).current()


def test_requests_that_wait_for_a_run_to_be_read_hold_no_slot(store: FolderStore) -> None:
    _publish(store, ARTIFACTS)
    begun, may_end = threading.Event(), threading.Event()

    def read(store: ArtifactStore, run_id: str) -> PublishedRun:
        begun.set()
        may_end.wait()
        return PublishedRun(store, run_id)

    async def scene() -> None:
        queue, runs = FairQueue(), _runs(store, read)
        slots = [Slot(queue, f"client {number}") for number in range(SLOTS)]
        requests = [Request({"type": "http", SLOT: slot}) for slot in slots]
        for slot in slots:
            await slot.enter()
        waiting = [asyncio.create_task(runs.load(request)) for request in requests]
        while not begun.is_set() or queue._running:
            await asyncio.sleep(0.001)
        may_end.set()
        await asyncio.gather(*waiting)
        assert queue._running.total() == SLOTS
        assert runs.current()[1].names

    run_alone(scene())


def test_what_cannot_be_loaded_is_said_when_it_is_asked_for(store: FolderStore) -> None:
    async def load() -> None:
        await _runs(store).load(Request({"type": "http"}))

    run_alone(load())  # nothing is published
    _publish(store, {**ARTIFACTS, "cocktail-space-em": [{"recipe_id": 1}]})
    run_alone(load())
    with pytest.raises(NotPublishedError):
        _runs(store).current()
