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


@pytest.mark.parametrize("place", ["run/a", "run"], ids=["in its place", "on its way"])
def test_a_link_to_elsewhere_is_named_and_neither_read_nor_written_through(
    tmp_path: Path, place: str
) -> None:
    store, secrets = FolderStore(tmp_path / "artifacts"), tmp_path / "elsewhere"
    secrets.mkdir()
    (secrets / "a").write_text("secret")
    store.write("run/b", b"x")
    store.delete("run/b")
    link = store.root / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(secrets / "a" if place == "run/a" else secrets)
    for use in (
        lambda: store.read("run/a"),
        lambda: store.read_part("run/a", 0, 1),
        lambda: store.write("run/a", b"ours"),
    ):
        with pytest.raises(StoreError, match=f"{place} is a symbolic link"):
            use()
    assert (secrets / "a").read_text() == "secret"
    [found] = store.list("run")
    store.delete(found.key)
    assert not link.is_symlink()
    assert (secrets / "a").exists()


def test_a_run_that_another_deletes_meanwhile_is_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    store.write("runs/a/file", b"x")
    store.write("runs/b/file", b"x")
    scan = os.scandir

    def after_the_deletion(folder: str | Path) -> object:
        if Path(folder) == tmp_path / "runs/a":
            Path(folder).rename(tmp_path / "gone")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", after_the_deletion)
    assert [entry.key for entry in store.list("runs/")] == ["runs/b/file"]


def test_what_would_never_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    with pytest.raises(StoreError, match="it is no file"):
        FolderStore(tmp_path).read("a")


def test_a_lock_is_not_made_where_a_link_leads(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "artifacts")
    store.root.mkdir()
    (store.root / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        store.swap("a", b"x", None)
    assert not (tmp_path / "elsewhere").exists()
