"""The export as an answer: written to a file once for each version of the catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from cocktailspace.api.large import Content, LargeAnswers, written
from cocktailspace.api.turns import end_turn
from cocktailspace.catalogue.changes import CatalogueState, catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.exchange import export_parts

_PARTS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _Export:
    state: CatalogueState
    content: Content


class Exports:
    """Keeps the last export; whoever asks meanwhile waits for it."""

    def __init__(self, database: Database, large: LargeAnswers) -> None:
        self._database = database
        self._large = large
        self._kept: _Export | None = None

    async def answer(self, request: Request) -> Response:
        """The export of the catalogue as it is, or newer."""
        end_turn(request)  # there is but one thread that makes exports
        current = await self._large.made(self._current)

        async def made() -> Content:
            return current.content

        headers = {
            "Content-Disposition": 'attachment; filename="catalogue.json"',
            "Cache-Control": "no-cache",
        }
        etag = f"export-{current.state.catalogue_id}-{current.state.version}"
        return self._large.answer(request, etag, made, headers)

    def _current(self) -> _Export:
        with self._database.reading() as connection:
            state = catalogue_state(connection)
            if self._kept is None or self._kept.state != state:
                self._kept = None  # its room on the disk is needed for the next one
                self._kept = _Export(state, written(_in_chunks(export_parts(connection))))
            return self._kept


def _in_chunks(parts: Iterator[str]) -> Iterator[bytes]:
    chunk: list[str] = []
    for part in parts:
        chunk.append(part)
        if len(chunk) == _PARTS_AT_ONCE:
            yield "".join(chunk).encode()
            chunk = []
    yield "".join(chunk).encode()
