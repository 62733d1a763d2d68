"""The export as a response: written to a file once for each version of the catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from cocktailspace.api.content import ContentResponses, FileContent, written_to_file
from cocktailspace.api.fair_queue import leave_queue
from cocktailspace.catalogue.changes import CatalogueState, catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.exchange import export_parts

_PARTS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _Export:
    state: CatalogueState
    content: FileContent


class Exports:
    """Caches the last export; requests that come while it is made wait for it."""

    def __init__(self, database: Database, responses: ContentResponses) -> None:
        self._database = database
        self._responses = responses
        self._cached: _Export | None = None

    async def answer(self, request: Request) -> Response:
        """The export of the catalogue as it is, or newer."""
        leave_queue(request)  # one thread makes all exports
        current = await self._responses.made(self._current)

        headers = {
            "Content-Disposition": 'attachment; filename="catalogue.json"',
            "Cache-Control": "no-cache",
        }
        etag = f"export-{current.state.catalogue_id}-{current.state.version}"
        return self._responses.large(request, etag, current.content, headers)

    def _current(self) -> _Export:
        with self._database.reading() as connection:
            state = catalogue_state(connection)
            if self._cached is None or self._cached.state != state:
                self._cached = None  # its room on the disk is needed for the next one
                self._cached = _Export(state, written_to_file(_in_chunks(export_parts(connection))))
            return self._cached


def _in_chunks(parts: Iterator[str]) -> Iterator[bytes]:
    chunk: list[str] = []
    for part in parts:
        chunk.append(part)
        if len(chunk) == _PARTS_AT_ONCE:
            yield "".join(chunk).encode()
            chunk = []
    yield "".join(chunk).encode()
