"""The protocol of stores for artifacts; folder and S3 implement it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, BinaryIO, Protocol, runtime_checkable


class StoreError(Exception):
    """The store cannot be read or written for now."""


class MissingError(StoreError):
    """There is nothing under this key."""


class ForeignObjectError(StoreError):
    """Under this key lies something that no store puts there, a link for example."""


class SwapConflictError(StoreError):
    """Somebody else replaced the object first."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object's content, and a tag that changes whenever the content does."""

    body: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An object in a listing."""

    key: str
    modified_at: datetime


class ArtifactStore(Protocol):
    """Keys are relative paths with `/`. Every call may raise StoreError.

    A write or swap is atomic: readers see the old content or the new, never a part.
    """

    def read(self, key: str) -> Stored:
        """The object under `key`; MissingError when there is none."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The object as a file on this machine, to be read at leisure; MissingError as above.

        It stays what it was when it was opened, also when it is replaced or deleted.
        """
        ...

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`, which lies within the object; MissingError as above.

        Parts of one view come from an object that never changes.
        """
        ...

    def size(self, key: str) -> int:
        """Bytes of the object under `key`; MissingError as above."""
        ...

    def sha256(self, key: str) -> str:
        """Its digest in hex, of what the store holds now; MissingError as above."""
        ...

    def write(self, key: str, body: bytes | IO[bytes]) -> None:
        """Put an object, whatever was there; a file is read to its end and not closed."""
        ...

    def swap(self, key: str, body: bytes, expected: str | None) -> None:
        """Put an object only if the present one has the tag `expected` (None: there is none).

        Raises SwapConflictError otherwise. Of several at once, exactly one wins.
        """
        ...

    def list(self, prefix: str) -> Iterator[Entry]:
        """All objects whose key begins with `prefix`."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; no error when it is gone already."""
        ...


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A form with which whoever has it can put one object."""

    url: str
    fields: dict[str, str]


@runtime_checkable
class ArtifactLinks(Protocol):
    """Links by which clients read from a store, and write to it, themselves."""

    @property
    def origin(self) -> str:
        """Scheme and host of all links."""
        ...

    def link(self, key: str, *, file_name: str = "", media_type: str = "") -> str:
        """An address at which anybody can read the object for a few minutes.

        file_name: under which a browser saves it. media_type: where it is not JSON.
        """
        ...

    def upload(self, key: str, most_bytes: int) -> UploadForm:
        """A form that puts this object, of 1 to `most_bytes` bytes, for a quarter of an hour."""
        ...
