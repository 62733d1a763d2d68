"""Small files as answers: strong ETags, 304, and gzip that is done once for each content."""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

FOR_EVER = "public, max-age=31536000, immutable"

_CACHE_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class File:
    """Something to send: `load` gives the bytes whose SHA-256 is known before."""

    sha256: str
    media_type: str
    cache_control: str
    load: Callable[[], bytes]


class Bodies:
    """Answers requests for files; remembers compressed contents up to a bound."""

    def __init__(self) -> None:
        self._compressed: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def answer(
        self, request: Request, file: File, more: Mapping[str, str] | None = None
    ) -> Response:
        """The file with `more` headers, or 304 when the client has it already.

        The compressed form is another representation and so has an ETag of its own.
        """
        zipped = accepts_gzip(request)
        etag = f'"{file.sha256}-gzip"' if zipped else f'"{file.sha256}"'
        headers = {"ETag": etag, "Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
        headers |= more or {}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        if not zipped:
            return Response(file.load(), media_type=file.media_type, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(self._zipped(file), media_type=file.media_type, headers=headers)

    def _zipped(self, file: File) -> bytes:
        with self._lock:
            if (found := self._compressed.get(file.sha256)) is not None:
                self._compressed.move_to_end(file.sha256)
                return found
        zipped = gzip.compress(file.load(), compresslevel=6, mtime=0)
        with self._lock:
            self._compressed[file.sha256] = zipped
            while sum(map(len, self._compressed.values())) > _CACHE_BYTES:
                self._compressed.popitem(last=False)
        return zipped


def not_modified(request: Request, etag: str) -> bool:
    """Whether the client has what the ETag names: If-None-Match compares weakly, as a proxy that
    recodes an answer makes its ETag weak.
    """
    named = _named(request.headers.get("if-none-match", ""))
    return "*" in named or etag in {each.removeprefix("W/") for each in named}


def is_unchanged(if_match: str, etag: str) -> bool:
    """Whether an If-Match header names this ETag: it compares strongly, so no weak one does."""
    named = _named(if_match)
    return "*" in named or etag in named


def _named(header: str) -> set[str]:
    return {each.strip() for each in header.split(",")}


def accepts_gzip(request: Request) -> bool:
    """Whether the client can read gzip."""
    offers = request.headers.get("accept-encoding", "").lower().split(",")
    parts = [offer.replace(" ", "").partition(";") for offer in offers]
    return any(
        name == "gzip" and weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
        for name, _, weight in parts
    )
