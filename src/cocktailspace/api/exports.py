"""The export as a response: written to a file once for each version of the catalogue.

One that is too large for Lambda is put in the bucket, and the client sent there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Connection

from cocktailspace.api.artifact_responses import LAMBDA_BYTES, encoded_bytes, redirect_to_link
from cocktailspace.api.content import (
    REVALIDATE,
    ContentResponses,
    FileContent,
    temporary_file_of,
)
from cocktailspace.api.fair_queue import leave_queue
from cocktailspace.artifacts.store import ArtifactLinks, ArtifactStore, MissingError
from cocktailspace.catalogue.changes import CatalogueState, catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.transfer import OUTPUTS, ExportFormat, left_out_of_1

_PARTS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _Export:
    state: CatalogueState
    export_format: ExportFormat
    left_out: str
    content: FileContent | None
    """None where it was in the bucket already."""

    @property
    def etag(self) -> str:
        name = self.export_format.replace("/", "")
        return f"{name}-{self.state.catalogue_id}-{self.state.version}"

    @property
    def key(self) -> str:
        """In the bucket, where it is kept for a day."""
        return f"exports/{self.etag}/{OUTPUTS[self.export_format].file_name}"


class Exports:
    """Responds with exports. The last of each format is cached: who asks for all formats in turn
    has none made twice. Requests wait for one that is being made.

    links: of the store, where responses are limited in size; None where all can be sent.
    """

    def __init__(
        self,
        database: Database,
        responses: ContentResponses,
        store: ArtifactStore,
        links: ArtifactLinks | None,
    ) -> None:
        self._database = database
        self._responses = responses
        self._store = store
        self._links = links
        self._cached: dict[ExportFormat, _Export] = {}

    async def answer(self, request: Request, export_format: ExportFormat) -> Response:
        """The response with the export, or with a redirect to it.

        X-Left-Out counts what the format cannot hold.
        """
        leave_queue(request)  # one thread makes all exports
        current = await self._responses.make_in_turn(lambda: self._current(export_format))

        output = OUTPUTS[export_format]
        left_out = {"X-Left-Out": current.left_out} if current.left_out else {}
        content = current.content
        if content is None or (self._links is not None and not _fits(content)):
            address = await self._responses.make_in_turn(lambda: self._link(current))
            return redirect_to_link(address, left_out)
        headers = {
            "Content-Disposition": f'attachment; filename="{output.file_name}"',
            "Content-Type": output.media_type,
            "Cache-Control": REVALIDATE,
        }
        return self._responses.large(request, current.etag, content, headers | left_out)

    def _current(self, export_format: ExportFormat) -> _Export:
        with self._database.reading() as connection:
            state = catalogue_state(connection)
            cached = self._cached.get(export_format)
            if cached is not None and cached.state == state:
                return cached
            found = _export(connection, export_format)
        self._cached.pop(export_format, None)  # its room on the disk is needed for the next one
        if not self._in_bucket(found):  # where another instance may have put it
            with self._database.reading() as connection:
                content = temporary_file_of(_in_chunks(OUTPUTS[export_format].parts(connection)))
                found = _export(connection, export_format, content)
            self._cached[export_format] = found
        return found

    def _in_bucket(self, export: _Export) -> bool:
        if self._links is None:
            return False
        try:
            return self._store.size(export.key) > 0
        except MissingError:
            return False

    def _link(self, export: _Export) -> str:
        if self._links is None:
            raise MissingError(f"{export.key}: there is no bucket")
        if export.content is not None and not self._in_bucket(export):
            with export.content.open() as file:
                self._store.write(export.key, file)
        output = OUTPUTS[export.export_format]
        return self._links.link(
            export.key, file_name=output.file_name, media_type=output.media_type
        )


def _export(
    connection: Connection, export_format: ExportFormat, content: FileContent | None = None
) -> _Export:
    left_out = left_out_of_1(connection) if export_format == "catalogue/1" else {}
    said = "; ".join(f"{title} {count}" for title, count in left_out.items())
    return _Export(catalogue_state(connection), export_format, said, content)


def _fits(content: FileContent) -> bool:
    """Whether Lambda can send it, as text or as base64, which gzip and what is not JSON become."""
    if content.size * 4 / 3 > LAMBDA_BYTES:
        return False
    return encoded_bytes(b"".join(content.chunks()), zipped=False) <= LAMBDA_BYTES


def _in_chunks(parts: Iterator[str]) -> Iterator[bytes]:
    chunk: list[str] = []
    for part in parts:
        chunk.append(part)
        if len(chunk) == _PARTS_AT_ONCE:
            yield "".join(chunk).encode()
            chunk = []
    yield "".join(chunk).encode()
