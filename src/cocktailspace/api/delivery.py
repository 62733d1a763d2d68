"""Artifacts as answers, sent from their files. Behind Lambda an answer has a limit; what is larger,
readers are sent to fetch from the bucket itself.
"""

import json
from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from cocktailspace.api.bodies import Bodies, File
from cocktailspace.api.large import Content, LargeAnswers
from cocktailspace.artifacts.inspection import Inspection
from cocktailspace.artifacts.manifest import ArtifactEntry
from cocktailspace.artifacts.store import ArtifactLinks, ArtifactStore

MOST_BYTES = 6_000_000
"""Lambda takes 6 MB (6,291,456 bytes) of JSON from us, in which the body is one text among headers:
bytes as base64, text with its quotes escaped. What counts is the length of that."""

HOPELESS_BYTES = 4 * MOST_BYTES
"""An artifact larger than this is not even read: compressing it would take seconds, to no avail."""


class Delivery:
    """Answers requests for artifacts, with a body or with the address of one."""

    def __init__(
        self,
        store: ArtifactStore,
        inspection: Inspection,
        links: ArtifactLinks | None,
        bodies: Bodies,
        large: LargeAnswers,
    ) -> None:
        self._store = store
        self._inspection = inspection
        self._links = links
        self._bodies = bodies
        self._large = large

    def answer(
        self,
        request: Request,
        entry: ArtifactEntry,
        *,
        caching: str,
        more: Mapping[str, str] | None = None,
    ) -> Response:
        """The artifact as it was published. Raises MissingError when it is gone, and
        DamagedResultError when it is another.
        """
        self._inspection.check(entry)
        if self._links is not None:
            return self._within_bounds(self._links, request, entry, caching, more)
        with self._store.open(entry.key) as file:
            content = Content(file)

        async def opened() -> Content:
            return content

        headers = {"Cache-Control": caching, **(more or {})}
        return self._large.answer(request, entry.sha256, opened, headers)

    def _within_bounds(
        self,
        links: ArtifactLinks,
        request: Request,
        entry: ArtifactEntry,
        caching: str,
        more: Mapping[str, str] | None,
    ) -> Response:
        if entry.bytes > HOPELESS_BYTES:
            return _elsewhere(links.link(entry.key), more)
        file = File(
            entry.sha256, "application/json", caching, lambda: self._store.read(entry.key).body
        )
        answer = self._bodies.answer(request, file, more)
        zipped = "content-encoding" in answer.headers
        if encoded_bytes(bytes(answer.body), zipped=zipped) > MOST_BYTES:
            return _elsewhere(links.link(entry.key), more)
        return answer


def encoded_bytes(body: bytes, *, zipped: bool) -> int:
    """How long a body is once it is a text in Lambda's JSON; a bound for what fits anyhow."""
    if zipped:
        return 4 * -(-len(body) // 3)
    if len(body) > MOST_BYTES or 6 * len(body) <= MOST_BYTES:  # no character takes more than six
        return len(body)
    return len(json.dumps(body.decode(errors="replace")))


def _elsewhere(address: str, more: Mapping[str, str] | None) -> Response:
    """The address is good for minutes only, so nobody may keep it."""
    headers = {"Location": address, "Cache-Control": "no-store"}
    return Response(status_code=307, headers=headers | dict(more or {}))
