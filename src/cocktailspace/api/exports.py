"""The export as a response: written to a file once for each version of the catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from cocktailspace.api.content import ContentResponses, FileContent, temporary_file_of
from cocktailspace.api.fair_queue import leave_queue
from cocktailspace.catalogue.changes import CatalogueState, catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.transfer import OUTPUTS, ExportFormat, left_out_of_1

_PARTS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _Export:
    state: CatalogueState
    content: FileContent
    left_out: str


class Exports:
    """Responds with exports. The last of each format is cached: who asks for all formats in turn
    has none made twice. Requests wait for one that is being made.
    """

    def __init__(self, database: Database, responses: ContentResponses) -> None:
        self._database = database
        self._responses = responses
        self._cached: dict[ExportFormat, _Export] = {}

    async def answer(self, request: Request, export_format: ExportFormat) -> Response:
        """The response with the export; X-Left-Out counts what the format cannot hold."""
        leave_queue(request)  # one thread makes all exports
        current = await self._responses.make_in_turn(lambda: self._current(export_format))

        output = OUTPUTS[export_format]
        headers = {
            "Content-Disposition": f'attachment; filename="{output.file_name}"',
            "Content-Type": output.media_type,
            "Cache-Control": "no-cache",
        }
        if current.left_out:
            headers["X-Left-Out"] = current.left_out
        name = export_format.replace("/", "")
        etag = f"{name}-{current.state.catalogue_id}-{current.state.version}"
        return self._responses.large(request, etag, current.content, headers)

    def _current(self, export_format: ExportFormat) -> _Export:
        with self._database.reading() as connection:
            state = catalogue_state(connection)
            cached = self._cached.get(export_format)
            if cached is None or cached.state != state:
                self._cached.pop(
                    export_format, None
                )  # its room on the disk is needed for the next one
                content = temporary_file_of(_in_chunks(OUTPUTS[export_format].parts(connection)))
                left_out = left_out_of_1(connection) if export_format == "catalogue/1" else {}
                said = "; ".join(f"{title} {count}" for title, count in left_out.items())
                self._cached[export_format] = cached = _Export(state, content, said)
            return cached


def _in_chunks(parts: Iterator[str]) -> Iterator[bytes]:
    chunk: list[str] = []
    for part in parts:
        chunk.append(part)
        if len(chunk) == _PARTS_AT_ONCE:
            yield "".join(chunk).encode()
            chunk = []
    yield "".join(chunk).encode()
