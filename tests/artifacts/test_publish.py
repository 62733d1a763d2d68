import contextlib
import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from cocktailspace.artifacts.manifest import MANIFEST_KEY, Manifest, Published, read_published
from cocktailspace.artifacts.publish import (
    KEEP_ORPHANS,
    KEEP_SUPERSEDED,
    Result,
    is_run_id,
    new_run_id,
    publish,
)
from cocktailspace.artifacts.store import (
    ArtifactStore,
    Entry,
    MissingError,
    Stored,
    StoreError,
    SwapConflictError,
)
from tests.conftest import ManualClock


class Passing:
    """A store that hands every call on."""

    def __init__(self, inner: ArtifactStore) -> None:
        self.inner = inner

    def read(self, key: str) -> Stored:
        return self.inner.read(key)

    def write(self, key: str, body: bytes) -> None:
        self.inner.write(key, body)

    def swap(self, key: str, body: bytes, expected: str | None) -> None:
        self.inner.swap(key, body, expected)

    def list(self, prefix: str) -> Iterator[Entry]:
        return self.inner.list(prefix)

    def delete(self, key: str) -> None:
        self.inner.delete(key)


def _result(clock: ManualClock, version: int, catalogue_id: str = "cat", **more: object) -> Result:
    clock.advance(seconds=1)
    artifacts = {"ingredient-usage": f"usage of {version}".encode(), "recipe-similar": b"{}"}
    named = artifacts.items()
    return Result(new_run_id(clock()), catalogue_id, version, named, **more)  # type: ignore[arg-type]


def _publish(
    store: ArtifactStore, clock: ManualClock, version: int, catalogue_id: str = "cat"
) -> Manifest | None:
    base = read_published(store)
    return publish(store, _result(clock, version, catalogue_id), base=base, clock=clock)


def _published(store: ArtifactStore) -> Manifest:
    published = read_published(store)
    assert published is not None
    assert published.manifest is not None
    return published.manifest


def _check_whole(store: ArtifactStore, manifest: Manifest) -> None:
    for entry in manifest.artifacts.values():
        body = store.read(entry.key).body
        assert hashlib.sha256(body).hexdigest() == entry.sha256
        assert len(body) == entry.bytes


def test_a_published_result_is_read_back_whole(store: ArtifactStore, clock: ManualClock) -> None:
    assert read_published(store) is None
    manifest = _publish(store, clock, 7)
    assert manifest == _published(store)
    assert manifest.source_version == 7
    assert is_run_id(manifest.run_id)
    _check_whole(store, manifest)


def test_a_newer_version_replaces_an_older_one(store: ArtifactStore, clock: ManualClock) -> None:
    _publish(store, clock, 1)
    _publish(store, clock, 2)
    assert _published(store).source_version == 2


def test_an_older_run_that_finishes_last_changes_nothing(
    store: ArtifactStore, clock: ManualClock
) -> None:
    base = read_published(store)
    late = _result(clock, 1)
    _publish(store, clock, 2)
    assert publish(store, late, base=base, clock=clock) is None
    assert _published(store).source_version == 2
    assert not [entry for entry in store.list("analytics/v1/runs/") if late.run_id in entry.key]


def test_at_an_equal_version_only_what_was_read_at_the_start_is_replaced(
    store: ArtifactStore, clock: ManualClock
) -> None:
    _publish(store, clock, 1)
    base = read_published(store)
    first, second = _result(clock, 1), _result(clock, 1)
    assert publish(store, first, base=base, clock=clock) is not None
    assert publish(store, second, base=base, clock=clock) is None
    assert _published(store).run_id == first.run_id


def test_of_two_first_publishers_of_one_version_the_first_stays(
    store: ArtifactStore, clock: ManualClock
) -> None:
    first, second = _result(clock, 1), _result(clock, 1)
    assert publish(store, first, base=None, clock=clock) is not None
    assert publish(store, second, base=None, clock=clock) is None


def test_another_catalogue_counts_as_version_0(store: ArtifactStore, clock: ManualClock) -> None:
    _publish(store, clock, 900, "old")
    _publish(store, clock, 3, "new")
    assert _published(store).catalogue_id == "new"


@pytest.mark.parametrize("damage", [b"", b"{", b"{}", b'{"storage_version": "v0"}'])
def test_a_damaged_manifest_is_replaced(
    store: ArtifactStore, clock: ManualClock, damage: bytes
) -> None:
    _publish(store, clock, 5)
    store.write(MANIFEST_KEY, damage)
    assert read_published(store) == Published(None, store.read(MANIFEST_KEY).tag)
    _publish(store, clock, 4)
    assert _published(store).source_version == 4


def test_a_publisher_that_loses_a_race_looks_again(
    store: ArtifactStore, clock: ManualClock
) -> None:
    class Contested(Passing):
        """Somebody else publishes version 2 just before the first swap."""

        raced = False

        def swap(self, key: str, body: bytes, expected: str | None) -> None:
            if not self.raced:
                self.raced = True
                _publish(store, clock, 2)
            super().swap(key, body, expected)

    contested = Contested(store)
    newer = publish(contested, _result(clock, 3), base=None, clock=clock)
    assert newer is not None
    assert _published(store).source_version == 3
    contested.raced = False
    assert publish(contested, _result(clock, 1), base=None, clock=clock) is None


@pytest.mark.parametrize("replaced", [False, True])
def test_a_swap_whose_answer_was_lost_was_made(
    store: ArtifactStore, clock: ManualClock, replaced: bool
) -> None:
    """The client asks again, and hears that somebody has swapped: itself."""

    class Repeating(Passing):
        def swap(self, key: str, body: bytes, expected: str | None) -> None:
            super().swap(key, body, expected)
            if replaced:
                _publish(store, clock, 4)
            raise SwapConflictError(key)

    _publish(store, clock, 2)
    result = _result(clock, 3)
    made = publish(Repeating(store), result, base=read_published(store), clock=clock)
    assert made is not None
    assert made.run_id == result.run_id
    _check_whole(store, made)
    assert _published(store).source_version == (4 if replaced else 3)
    _check_whole(store, _published(store))


def test_readers_never_miss_a_run_within_ten_minutes(
    store: ArtifactStore, clock: ManualClock
) -> None:
    read: list[tuple[Manifest, object]] = []
    for version in range(1, 25):
        _publish(store, clock, version)
        read.append((_published(store), clock()))
        clock.advance(seconds=67)
        for manifest, since in read:
            if clock() - since <= KEEP_SUPERSEDED:
                _check_whole(store, manifest)


def test_a_run_is_deleted_once_nobody_follows_it(store: ArtifactStore, clock: ManualClock) -> None:
    _publish(store, clock, 1)
    first = _published(store)
    clock.advance(hours=5)  # current for long: readers may have read the manifest just now
    _publish(store, clock, 2)
    _check_whole(store, first)
    clock.now += KEEP_SUPERSEDED + timedelta(seconds=2)
    _publish(store, clock, 3)
    with pytest.raises(MissingError):
        _check_whole(store, first)
    assert first.run_id not in _published(store).superseded


@pytest.mark.parametrize("cause", [StoreError("full"), KeyboardInterrupt(), MemoryError()])
def test_a_run_that_fails_half_way_leaves_nothing_and_what_is_published_stays(
    store: ArtifactStore, clock: ManualClock, cause: BaseException
) -> None:
    def artifacts() -> Iterator[tuple[str, bytes]]:
        yield "ingredient-usage", b"{}"
        raise cause

    before = _publish(store, clock, 1)
    assert before is not None
    written = [entry.modified_at for entry in store.list("analytics/v1/runs/")]
    clock.now = max(written) + KEEP_ORPHANS + timedelta(minutes=1)  # old enough for an orphan
    half = Result(new_run_id(clock()), "cat", 2, artifacts())
    with pytest.raises(type(cause)):
        publish(store, half, base=read_published(store), clock=clock)
    assert not [entry for entry in store.list("analytics/v1/runs/") if half.run_id in entry.key]
    assert _published(store) == before
    _check_whole(store, before)


def test_orphans_are_deleted_after_a_day(store: ArtifactStore, clock: ManualClock) -> None:
    orphan = "analytics/v1/runs/20200101T000000.000000Z-00000000/recipe-similar.json"
    store.write(orphan, b"{}")
    [entry] = store.list("analytics/v1/runs/")
    clock.now = entry.modified_at + KEEP_ORPHANS - timedelta(minutes=1)
    _publish(store, clock, 1)
    assert store.read(orphan)
    clock.advance(minutes=2)
    _publish(store, clock, 2)
    with pytest.raises(MissingError):
        store.read(orphan)


class Failing(Passing):
    """A store that fails at the n-th call that changes something, before or after doing it."""

    def __init__(self, inner: ArtifactStore, fails_at: int, *, after: bool) -> None:
        super().__init__(inner)
        self.calls, self.fails_at, self.after = 0, fails_at, after

    def write(self, key: str, body: bytes) -> None:
        self._fail(lambda: self.inner.write(key, body))

    def swap(self, key: str, body: bytes, expected: str | None) -> None:
        self._fail(lambda: self.inner.swap(key, body, expected))

    def delete(self, key: str) -> None:
        self._fail(lambda: self.inner.delete(key))

    def _fail(self, action: Callable[[], None]) -> None:
        self.calls += 1
        fails = self.calls == self.fails_at
        if not fails or self.after:
            action()
        if fails:
            raise StoreError("the store failed")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fails_at", range(1, 9))
def test_wherever_a_publisher_dies_readers_see_one_complete_run(
    store: ArtifactStore, clock: ManualClock, fails_at: int, after: bool
) -> None:
    for version in (1, 2):
        _publish(store, clock, version)
    clock.now += KEEP_SUPERSEDED + timedelta(seconds=1)
    failing = Failing(store, fails_at, after=after)
    with contextlib.suppress(StoreError):
        publish(failing, _result(clock, 3), base=read_published(store), clock=clock)
    manifest = _published(store)
    assert manifest.source_version in (2, 3)
    _check_whole(store, manifest)
    _publish(store, clock, 4)
    assert _published(store).source_version == 4
