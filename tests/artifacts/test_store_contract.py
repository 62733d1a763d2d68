"""What every ArtifactStore must do, run over each of them."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta

import pytest

from cocktailspace.artifacts.store import (
    ArtifactStore,
    MissingError,
    StoreError,
    SwapConflictError,
)


def test_what_was_written_is_read(store: ArtifactStore) -> None:
    store.write("a/b.json", b"one")
    assert store.read("a/b.json").body == b"one"


def test_a_write_replaces(store: ArtifactStore) -> None:
    store.write("a", b"one")
    first = store.read("a").tag
    store.write("a", b"two")
    assert store.read("a").body == b"two"
    assert store.read("a").tag != first


def test_a_missing_key_is_a_missing_error(store: ArtifactStore) -> None:
    with pytest.raises(MissingError):
        store.read("nowhere")


def test_size_and_digest_are_those_of_what_is_there_now(store: ArtifactStore) -> None:
    for body in (b"0123456789", b""):
        store.write("a", body)
        assert store.size("a") == len(body)
        assert store.sha256("a") == hashlib.sha256(body).hexdigest()
    for ask in (store.size, store.sha256):
        with pytest.raises(MissingError):
            ask("nowhere")


def test_a_part_is_read_with_the_length_of_the_whole(store: ArtifactStore) -> None:
    store.write("a", b"0123456789")
    assert store.read_part("a", 0, 4) == b"0123"
    assert store.read_part("a", 8, 4) == b"89"
    with pytest.raises(StoreError):
        store.read_part("a", 10, 1)
    with pytest.raises(MissingError):
        store.read_part("nowhere", 0, 1)


def test_a_swap_needs_the_present_tag(store: ArtifactStore) -> None:
    store.swap("m", b"one", None)
    tag = store.read("m").tag
    store.swap("m", b"two", tag)
    with pytest.raises(SwapConflictError):
        store.swap("m", b"three", tag)
    with pytest.raises(SwapConflictError):
        store.swap("m", b"three", None)
    assert store.read("m").body == b"two"


def test_a_swap_of_a_missing_object_expects_none(store: ArtifactStore) -> None:
    with pytest.raises(SwapConflictError):
        store.swap("m", b"one", "some-tag")
    with pytest.raises(MissingError):
        store.read("m")


def test_of_many_swaps_at_once_one_wins(store: ArtifactStore) -> None:
    store.write("m", b"start")
    tag = store.read("m").tag
    won = []

    def swap(number: int) -> None:
        try:
            store.swap("m", str(number).encode(), tag)
        except SwapConflictError:
            return
        won.append(number)

    threads = [threading.Thread(target=swap, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [str(number).encode() for number in won] == [store.read("m").body]


def test_a_listing_has_all_keys_of_a_prefix_and_their_times(store: ArtifactStore) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)  # some tell whole seconds
    for key in ("runs/a/1", "runs/a/2", "runs/b/1", "other/1"):
        store.write(key, b"x")
    entries = list(store.list("runs/a/"))
    assert [entry.key for entry in entries] == ["runs/a/1", "runs/a/2"]
    assert all(began <= entry.modified_at <= datetime.now(UTC) for entry in entries)


def test_a_listing_of_nothing_is_empty(store: ArtifactStore) -> None:
    assert list(store.list("runs/")) == []


def test_a_deleted_object_is_gone_and_may_be_deleted_again(store: ArtifactStore) -> None:
    store.write("a/b", b"x")
    store.delete("a/b")
    store.delete("a/b")
    with pytest.raises(MissingError):
        store.read("a/b")
    assert list(store.list("a")) == []


def test_an_open_object_stays_what_it_was(store: ArtifactStore) -> None:
    store.write("a", b"one")
    with store.open("a") as file:
        store.write("a", b"two")
        store.delete("a")
        assert file.read() == b"one"
        assert file.fileno() > 0
    with pytest.raises(MissingError):
        store.open("a")
