"""Atomic writes, owners of new files, lock files and scratch folders."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def replace_file(path: Path, content: bytes | IO[bytes], *, mode: int | None = None) -> None:
    """Write a file atomically: the new one is synced to disk, then renamed over the old one.

    Readers see all of the old or all of the new one. Raises OSError, which names the file, and
    leaves nothing behind.

    mode: of a new file; unless it is given, an old one's stays.
    """
    try:
        _replace_file(path, content, mode)
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def _replace_file(path: Path, content: bytes | IO[bytes], mode: int | None) -> None:
    with scratch_folder(path.parent, ".writing-") as folder:
        made = folder / path.name
        with made.open("xb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(mode or mode_at(path, 0o644))
        match_owner(made, path)
        made.replace(path)


def sha256_of(file: IO[bytes]) -> str:
    """The digest, in hex, of what is left to read of a file."""
    digest = hashlib.sha256()
    while chunk := file.read(2**20):
        digest.update(chunk)
    return digest.hexdigest()


def mode_at(path: Path, otherwise: int) -> int:
    """The mode of a file, or `otherwise` if there is none."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return otherwise


def match_owner(made: Path, path: Path) -> None:
    """Give a file that root made to the owner of the old file, or of the folder.

    Root may be at the command line beside a server of another user.
    """
    if os.geteuid() == 0:
        owned = (path if path.exists() else path.parent).stat()
        os.chown(made, owned.st_uid, owned.st_gid)


def make_folder(path: Path) -> None:
    """Make a folder and its parents, unless they are there."""
    for folder in reversed([path, *path.parents]):
        if not folder.is_dir():
            folder.mkdir(exist_ok=True)
            match_owner(folder, folder.parent)


def open_lock(path: Path, *, mode: int = 0o644) -> int:
    """Open a file to lock, made if there is none; symbolic links are not followed."""
    make_folder(path.parent)
    there = path.exists()
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, mode)
    if not there:
        match_owner(path, path.parent)
    return lock


@contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Make a folder that is removed when the context ends.

    A process that is killed cannot remove its own: the next one that makes a folder of the same
    prefix in the same place does.
    """
    _remove_leftovers(parent, prefix)
    folder, lock = _new_folder(parent, prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _new_folder(parent: Path, prefix: str) -> tuple[Path, int]:
    """A folder and the lock on it, which its process holds for as long as it lives."""
    while True:
        try:
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        except OSError as error:  # by the name that a user knows
            raise type(error)(error.errno, error.strerror, str(parent)) from error
        with contextlib.suppress(FileNotFoundError):  # taken for a leftover before it was locked
            lock = os.open(folder, os.O_RDONLY)
            with contextlib.suppress(OSError):  # where folders take no locks, nobody sweeps either
                fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                return folder, lock
            os.close(lock)


def _remove_leftovers(parent: Path, prefix: str) -> None:
    """Remove our own folders that no living process holds; what cannot be removed stays."""
    for folder in parent.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.geteuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder)
            finally:
                os.close(lock)
