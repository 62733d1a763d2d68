"""What holds for the folder store beyond the contract."""

import os
from pathlib import Path

import pytest

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.store import MissingError, StoreError


def test_no_key_leads_out_of_the_folder(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "artifacts")
    for key in ("../secret", "a/../../secret", "/etc/passwd"):
        with pytest.raises(ValueError, match="leads out"):
            store.read(key)


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    store.write("a", b"good")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        store.write("a", b"bad")
    assert store.read("a").body == b"good"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_write_is_on_disk_under_its_name_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file's own fsync does not keep its name: that is the folder's."""
    synced: list[tuple[int, bool]] = []
    fsync = os.fsync

    def watch(handle: int) -> None:
        fsync(handle)
        synced.append((os.fstat(handle).st_ino, (tmp_path / "runs/one").exists()))

    monkeypatch.setattr(os, "fsync", watch)
    FolderStore(tmp_path).write("runs/one", b"x")
    file, folder = (tmp_path / "runs/one").stat().st_ino, (tmp_path / "runs").stat().st_ino
    assert synced == [(file, False), (folder, True)]


def test_deleting_the_last_object_removes_its_folder(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.write("runs/one/a", b"x")
    store.write("keep", b"x")
    store.delete("runs/one/a")
    assert [path.name for path in tmp_path.iterdir()] == ["keep"]


def test_a_folder_in_place_of_an_object_is_an_error_not_a_crash(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.write("a/b", b"x")
    with pytest.raises(StoreError) as caught:
        store.read("a")
    assert not isinstance(caught.value, MissingError)
