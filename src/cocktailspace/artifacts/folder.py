"""Artifacts in a folder: atomic by rename, compare-and-swap under a file lock."""

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO

from cocktailspace.artifacts.store import (
    Entry,
    ForeignObjectError,
    MissingError,
    Stored,
    StoreError,
    SwapConflictError,
)
from cocktailspace.files import make_folder, open_lock, replace_file, sha256_of


class FolderStore:
    """An ArtifactStore on a local disk, safe for many processes of one machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, key: str) -> Stored:
        """The object under `key`; MissingError when there is none."""
        with self.open(key) as file, _as_store_errors(key):
            body = file.read()
        return Stored(body, hashlib.sha256(body).hexdigest())

    def open(self, key: str) -> BinaryIO:
        """The object as a file; MissingError when there is none."""
        with _as_store_errors(key):
            file = os.open(self._path(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            if not stat.S_ISREG(os.fstat(file).st_mode):  # it may have no end
                os.close(file)
                raise ForeignObjectError(f"{key}: it is no file; remove it")
            return os.fdopen(file, "rb")

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`; MissingError when there is no such object."""
        with self.open(key) as file, _as_store_errors(key):
            file.seek(start)
            part = file.read(length)
        if not part:
            raise StoreError(f"{key}: it has no byte {start}")
        return part

    def size(self, key: str) -> int:
        """Bytes of the object under `key`; MissingError when there is none."""
        with _as_store_errors(key):
            return self._path(key).stat().st_size

    def sha256(self, key: str) -> str:
        """Its digest in hex; MissingError when there is none."""
        with self.open(key) as file, _as_store_errors(key):
            return sha256_of(file)

    def write(self, key: str, body: bytes | IO[bytes]) -> None:
        """Put an object: a new file, on disk for good, then renamed over the old one."""
        path = self._path(key)
        with _as_store_errors(key):
            make_folder(path.parent)
            replace_file(path, body)
            _sync_folder(path.parent)

    def swap(self, key: str, body: bytes, expected: str | None) -> None:
        """Put an object only if the present one is still the expected one."""
        with self._lock():
            try:
                present = self.read(key).tag
            except MissingError:
                present = None
            if present != expected:
                raise SwapConflictError(f"{key} was replaced by somebody else")
            self.write(key, body)

    def list(self, prefix: str) -> Iterator[Entry]:
        """All objects whose key begins with `prefix`, half-written files included."""
        folder = self.root / prefix.rpartition("/")[0]
        # Others delete as we look: os.walk passes over a folder that is gone, rglob may raise.
        found = (Path(at, name) for at, *names in os.walk(folder) for name in chain(*names))
        for path in sorted(found):
            key = path.relative_to(self.root).as_posix()
            try:
                status = path.lstat()
                if key.startswith(prefix) and not stat.S_ISDIR(status.st_mode):
                    yield Entry(key, datetime.fromtimestamp(status.st_mtime, UTC))
            except FileNotFoundError:  # deleted while we looked
                continue

    def delete(self, key: str) -> None:
        """Remove an object, and the folders that it leaves empty."""
        path = self._path(key, itself=False)
        with _as_store_errors(key):
            path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self.root or not _removed_if_empty(folder):
                break

    def _path(self, key: str, *, itself: bool = True) -> Path:
        """Where an object lies: within the root, whatever somebody has put there.

        itself: whether the last part may not be a link either.
        """
        path = self.root / key
        if ".." in path.parts or not path.is_relative_to(self.root):
            raise ValueError(f"the key {key!r} leads out of the store")
        within = path.relative_to(self.root).parents
        for part in [*([path] if itself else []), *(self.root / each for each in within)]:
            if part != self.root and part.is_symlink():
                raise ForeignObjectError(
                    f"{key}: {part} is a symbolic link, which is not followed; remove it"
                )
        return path

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with _as_store_errors(".lock"):
            handle = open_lock(self.root / ".lock")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)  # which releases the lock


@contextmanager
def _as_store_errors(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise MissingError(f"there is no {key}") from error
    except OSError as error:
        raise StoreError(f"{key}: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _removed_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
