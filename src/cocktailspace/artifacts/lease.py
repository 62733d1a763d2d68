"""The lease of an artifacts folder: two catalogues that share one would publish over each other.

It is a lock on a file that names its holder; the file's time is the holder's heartbeat. Unlike
other leases it does not expire: it ends with the process.
"""

import fcntl
import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cocktailspace.artifacts.store import StoreError
from cocktailspace.files import open_lock

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0
"""How long a new holder waits: a server whose catalogue was just restored renews its lease under
the new id a second later.
"""

SILENT_SECONDS = 30.0
"""A refresher that has not renewed the lease for so long does not work."""

_RENEWAL_SECONDS = 5.0
_IDENTITY = re.compile(r"[0-9A-Fa-f]{32}")
"""What names a catalogue. Whatever else the file says (it was damaged) names none, and the holder
writes its own again.
"""


class FolderInUseError(StoreError):
    """A running server publishes another catalogue to the folder."""


@dataclass(frozen=True, slots=True)
class LeaseHolder:
    """The catalogue of a running server, and how long ago its refresher last renewed the lease."""

    catalogue_id: str
    silent_seconds: float


class FolderLease:
    """A running server's lease of a folder: a lock on a file that names the server's catalogue.

    Servers of one catalogue share it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".server.lock"
        self._lock: int | None = None
        self._catalogue_id, self._renewed_at = "", 0.0

    @contextmanager
    def held_by(self, catalogue_id: str) -> Iterator[None]:
        """Hold the lease while a server runs.

        Raises FolderInUseError while a server of another catalogue holds it. A folder that cannot
        be written needs no lease: it is served from, and nothing is published to it.
        """
        try:
            self._lock = self._acquired(catalogue_id)
        except OSError as error:
            logger.warning("%s cannot be locked: %s", self._path.parent, error.strerror)
        self._catalogue_id = catalogue_id
        try:
            yield
        finally:
            lock, self._lock = self._lock, None
            if lock is not None:
                os.close(lock)

    def renew(self, catalogue_id: str) -> None:
        """Renew the lease, for a catalogue that may have a new identity.

        FolderInUseError when a server of another catalogue holds the folder as well: its file was
        replaced while both ran.
        """
        if self._lock is None:
            return
        named = _read_holder(self._lock)
        if _IDENTITY.fullmatch(named) and named not in (catalogue_id, self._catalogue_id):
            raise self._in_use_by(named)
        if named != catalogue_id:
            self._write_holder(self._lock, catalogue_id)
        self._catalogue_id = catalogue_id
        now = time.monotonic()
        if now - self._renewed_at >= _RENEWAL_SECONDS:
            os.utime(self._lock)
            self._renewed_at = now

    def refuse_others(self, catalogue_id: str) -> None:
        """Raise FolderInUseError while a server of another catalogue holds the folder."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (holder := self.holder()) is not None and holder.catalogue_id != catalogue_id:
            if time.monotonic() > until:
                raise self._in_use_by(holder.catalogue_id)
            time.sleep(0.1)

    def holder(self) -> LeaseHolder | None:
        """The holder of the lease; None when no server runs."""
        try:
            lock = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return None
        try:
            if _try_lock(lock, fcntl.LOCK_EX):
                return None
            return LeaseHolder(_read_holder(lock), time.time() - os.fstat(lock).st_mtime)
        finally:
            os.close(lock)

    def _acquired(self, catalogue_id: str) -> int:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            lock = open_lock(self._path)
            if _try_lock(lock, fcntl.LOCK_EX):
                self._write_holder(lock, catalogue_id)
            # Another server may come in between the locks: what is read under the second counts.
            if _try_lock(lock, fcntl.LOCK_SH) and _read_holder(lock) == catalogue_id:
                os.utime(lock)
                return lock
            named = _read_holder(lock)
            os.close(lock)
            if time.monotonic() > until:
                raise self._in_use_by(named)
            time.sleep(0.1)

    def _write_holder(self, lock: int, catalogue_id: str) -> None:
        before = _read_holder(lock)
        os.ftruncate(lock, 0)
        os.pwrite(lock, catalogue_id.encode(), 0)
        if before not in ("", catalogue_id):
            folder = self._path.parent
            logger.info("%s was catalogue %s's; now it is %s's", folder, before, catalogue_id)

    def _in_use_by(self, catalogue_id: str) -> FolderInUseError:
        return FolderInUseError(
            f"a server of another catalogue ({catalogue_id}) publishes to {self._path.parent}; "
            "give each catalogue a folder of its own with ANALYTICS_PATH"
        )


def _read_holder(lock: int) -> str:
    return os.pread(lock, 100, 0).decode(errors="replace")


def _try_lock(lock: int, kind: int) -> bool:
    """Take the lock without waiting; returns whether that was possible."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
