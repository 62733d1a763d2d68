"""Content as responses: strong ETags, 304, and gzip that is made once for each content.

Small content is in memory: pages' files, and all that fits a response of Lambda. Large content,
exports and artifacts, is sent from a file, so that a reader, however slow, holds one chunk of it.
What is computed for a large response, an export or a compressed form, is written once to a file
without a name, by one thread: clients that ask for the same share one result, and clients that ask
for different ones wait in line, away from all others.
"""

import asyncio
import errno
import gzip
import hashlib
import os
import tempfile
import weakref
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TypeVar

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from cocktailspace.api.errors import NoRoomError
from cocktailspace.api.middleware import HEAD
from cocktailspace.api.recently_used import RecentlyUsed

T = TypeVar("T")

FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
CHUNK_BYTES = 128 * 1024
READERS = 2
"""Threads that read chunks: downloads wait for each other, and other requests not for them."""

CACHED_FILES = 16
_CACHED_BYTES = 16 * 2**20
_LARGE_FILE = 2 * 2**20
"""Up to here the highest level costs little; beyond, five times what the default does."""


@dataclass(frozen=True, slots=True)
class SmallContent:
    """Content whose SHA-256 is known before `load` gives its bytes."""

    sha256: str
    media_type: str
    cache_control: str
    load: Callable[[], bytes]

    @classmethod
    def of(cls, body: bytes, media_type: str, cache_control: str = REVALIDATE) -> "SmallContent":
        """Content whose bytes are there."""
        return cls(hashlib.sha256(body).hexdigest(), media_type, cache_control, lambda: body)


class FileContent:
    """An open file that several responses may read at once; it is closed with the last of them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._handle = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._handle)
        self.size = os.fstat(self._handle).st_size

    def read(self, start: int) -> bytes:
        """A chunk; empty at the end."""
        return os.pread(self._handle, CHUNK_BYTES, start)

    def chunks(self) -> Iterable[bytes]:
        """All of it."""
        return (self.read(start) for start in range(0, self.size, CHUNK_BYTES))

    def open(self) -> IO[bytes]:
        """All of it as a file, at its beginning; the caller closes it."""
        file = os.fdopen(os.dup(self._handle), "rb")
        file.seek(0)
        return file


@contextmanager
def _temporary_file() -> Iterator[IO[bytes]]:
    """A temporary file without a name; NoRoomError where it cannot be made or grow."""
    try:
        with tempfile.TemporaryFile() as file:
            yield file
    except OSError as error:
        # A folder on a full disk does not count as one for temporary files: ENOENT.
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.ENOENT):
            raise
        raise NoRoomError from error


def temporary_file_of(chunks: Iterable[bytes]) -> FileContent:
    """Write the chunks to a temporary file without a name; NoRoomError."""
    with _temporary_file() as file:
        file.writelines(chunks)
        file.flush()
        return FileContent(file)


class ContentResponses:
    """Responds with content, or with 304 when the client has it already.

    The compressed form is another representation and so has an ETag of its own.
    """

    def __init__(self) -> None:
        self._compressed: RecentlyUsed[str, bytes] = RecentlyUsed(_CACHED_BYTES, len)
        self._compressed_files: RecentlyUsed[str, FileContent] = RecentlyUsed(CACHED_FILES)
        self._maker = ThreadPoolExecutor(1, "large-responses")
        self._readers = ThreadPoolExecutor(READERS, "large-responses-read")

    def small(
        self, request: Request, content: SmallContent, headers: Mapping[str, str] | None = None
    ) -> Response:
        """A response from memory, with further headers."""
        zipped = accepts_gzip(request)
        headers = _etag_headers(content.sha256, zipped) | dict(headers or {})
        headers["Cache-Control"] = content.cache_control
        if not_modified(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if not zipped:
            return Response(content.load(), media_type=content.media_type, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(self._gzipped(content), media_type=content.media_type, headers=headers)

    def large(
        self, request: Request, etag: str, content: FileContent, headers: Mapping[str, str]
    ) -> Response:
        """A JSON response from a file. etag: of this content, and never of any other."""
        zipped = accepts_gzip(request)
        headers = _etag_headers(etag, zipped) | dict(headers)
        if not_modified(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if not zipped:
            return _FileResponse(content, self._readers, headers)

        async def compress() -> FileContent:
            if (found := self._compressed_files.get(etag)) is not None:
                return found
            return await self.make_in_turn(
                lambda: self._compressed_files.get(etag) or self._gzip_file(etag, content)
            )

        headers["Content-Encoding"] = "gzip"
        return _FileResponse(content, self._readers, headers, compress)

    async def make_in_turn(self, make: Callable[[], T]) -> T:
        """Call `make` in the one thread that makes large content; other calls wait in line."""
        return await asyncio.get_running_loop().run_in_executor(self._maker, make)

    def _gzipped(self, content: SmallContent) -> bytes:
        if (found := self._compressed.get(content.sha256)) is not None:
            return found
        zipped = gzip.compress(content.load(), compresslevel=9, mtime=0)
        self._compressed.add(content.sha256, zipped)
        return zipped

    def _gzip_file(self, etag: str, content: FileContent) -> FileContent:
        with _temporary_file() as file:
            level = 9 if content.size <= _LARGE_FILE else 6
            with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=level, mtime=0) as zipping:
                for chunk in content.chunks():
                    zipping.write(chunk)
            file.flush()
            zipped = FileContent(file)
        self._compressed_files.add(etag, zipped)
        return zipped


class _FileResponse(Response):
    """Sends a file chunk by chunk. compress: makes the compressed form, which is sent instead."""

    media_type = "application/json"

    def __init__(
        self,
        content: FileContent,
        readers: ThreadPoolExecutor,
        headers: Mapping[str, str],
        compress: Callable[[], Awaitable[FileContent]] | None = None,
    ) -> None:
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self._content = content
        self._readers = readers
        self._compress = compress

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        content = self._content if self._compress is None else await self._compress()
        self.headers["content-length"] = str(content.size)
        start = {"type": "http.response.start", "status": self.status_code}
        await send(start | {"headers": self.raw_headers})
        if not scope.get(HEAD):
            loop = asyncio.get_running_loop()
            for position in range(0, content.size, CHUNK_BYTES):
                chunk = await loop.run_in_executor(self._readers, content.read, position)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _etag_headers(etag: str, zipped: bool) -> dict[str, str]:
    return {"ETag": f'"{etag}-gzip"' if zipped else f'"{etag}"', "Vary": "Accept-Encoding"}


def not_modified(request: Request, etag: str) -> bool:
    """Whether the client has what the ETag names: If-None-Match compares weakly, as a proxy that
    recodes an answer makes its ETag weak.
    """
    tags = _listed_tags(request.headers.get("if-none-match", ""))
    return "*" in tags or etag in {each.removeprefix("W/") for each in tags}


def matches(if_match: str, etag: str) -> bool:
    """Whether an If-Match header names this ETag: it compares strongly, so no weak one does."""
    tags = _listed_tags(if_match)
    return "*" in tags or etag in tags


def _listed_tags(header: str) -> set[str]:
    return {each.strip() for each in header.split(",")}


def accepts_gzip(request: Request) -> bool:
    """Whether the client can read gzip."""
    offers = request.headers.get("accept-encoding", "").lower().split(",")
    parts = [offer.replace(" ", "").partition(";") for offer in offers]
    return any(
        name == "gzip" and weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
        for name, _, weight in parts
    )
