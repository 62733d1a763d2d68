"""Large answers: sent from files, so that a reader, however slow, holds a chunk of it in memory.

What is computed for an answer, an export or the compressed form of an artifact, is written once to
a file without a name and sent from there to everybody who asks. One thread does so: strangers who
ask for the same wait for one result, and for different ones in line, away from other readers.
"""

import asyncio
import gzip
import hashlib
import os
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, TypeVar

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from cocktailspace.api.bodies import accepts_gzip, not_modified
from cocktailspace.api.manners import HEAD

T = TypeVar("T")

CHUNK_BYTES = 128 * 1024
READERS = 2
"""Threads that read chunks: so downloads wait for each other, and little else for them."""

FILES_KEPT = 16
GZIP_LEVEL = 6


class Content:
    """An open file that several may read at once; it is closed when nobody has it any more."""

    def __init__(self, file: BinaryIO) -> None:
        self._handle = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._handle)
        self.size = os.fstat(self._handle).st_size

    def read(self, start: int) -> bytes:
        """A chunk; empty at the end."""
        return os.pread(self._handle, CHUNK_BYTES, start)

    def sha256(self) -> str:
        """The digest of all of it."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()

    def chunks(self) -> Iterable[bytes]:
        """All of it."""
        return (self.read(start) for start in range(0, self.size, CHUNK_BYTES))


def written(chunks: Iterable[bytes]) -> Content:
    """The chunks in a file that has no name and takes no memory."""
    with tempfile.TemporaryFile() as file:
        file.writelines(chunks)
        file.flush()
        return Content(file)


def compressed(content: Content) -> Content:
    """The content as gzip; the same bytes each time."""
    with tempfile.TemporaryFile() as file:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=GZIP_LEVEL, mtime=0) as zipped:
            for chunk in content.chunks():
                zipped.write(chunk)
        file.flush()
        return Content(file)


class LargeAnswers:
    """Answers requests with files; keeps the compressed forms that were asked for last."""

    def __init__(self) -> None:
        self._maker = ThreadPoolExecutor(1, "large-answers")
        self._readers = ThreadPoolExecutor(READERS, "large-answers-read")
        self._kept: OrderedDict[str, Content] = OrderedDict()
        self._lock = threading.Lock()

    def answer(
        self,
        request: Request,
        etag: str,
        content: Callable[[], Awaitable[Content]],
        headers: Mapping[str, str],
    ) -> Response:
        """What `content` gives, or 304. ETag: of its plain form; it never means anything else."""
        zipped = accepts_gzip(request)
        tag = f'"{etag}-gzip"' if zipped else f'"{etag}"'
        headers = {"ETag": tag, "Vary": "Accept-Encoding", **headers}
        if not_modified(request, tag):
            return Response(status_code=304, headers=headers)
        if not zipped:
            return _Sent(content, self._readers, headers)

        async def zip_content() -> Content:
            if (kept := self._found(etag)) is not None:
                return kept
            plain = await content()
            return await self.made(lambda: self._found(etag) or self._zip(etag, plain))

        return _Sent(zip_content, self._readers, headers | {"Content-Encoding": "gzip"})

    async def made(self, make: Callable[[], T]) -> T:
        """What `make` gives, made by the one thread that makes such things."""
        return await asyncio.get_running_loop().run_in_executor(self._maker, make)

    def _found(self, etag: str) -> Content | None:
        with self._lock:
            if (found := self._kept.get(etag)) is not None:
                self._kept.move_to_end(etag)
            return found

    def _zip(self, etag: str, content: Content) -> Content:
        zipped = compressed(content)
        with self._lock:
            self._kept[etag] = zipped
            if len(self._kept) > FILES_KEPT:
                self._kept.popitem(last=False)
        return zipped


class _Sent(Response):
    """Waits for the content, outside of the request's turn, and sends it chunk by chunk."""

    media_type = "application/json"

    def __init__(
        self,
        content: Callable[[], Awaitable[Content]],
        readers: ThreadPoolExecutor,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self._content = content
        self._readers = readers

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        content = await self._content()
        self.headers["content-length"] = str(content.size)
        start = {"type": "http.response.start", "status": self.status_code}
        await send(start | {"headers": self.raw_headers})
        if not scope.get(HEAD):
            loop = asyncio.get_running_loop()
            for position in range(0, content.size, CHUNK_BYTES):
                chunk = await loop.run_in_executor(self._readers, content.read, position)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
