"""Artifacts as responses, sent from their files.

Lambda limits the size of a response: readers of a larger artifact are redirected to the bucket.
"""

import json
from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from cocktailspace.api.content import ContentResponses, FileContent, SmallContent
from cocktailspace.artifacts.integrity import IntegrityChecker
from cocktailspace.artifacts.manifest import ArtifactEntry
from cocktailspace.artifacts.store import ArtifactLinks, ArtifactStore

LAMBDA_BYTES = 6_000_000
"""Lambda takes 6 MB (6,291,456 bytes) of JSON from us, in which the body is one text among headers:
bytes as base64, text with its quotes escaped. What counts is the length of that."""

MAX_COMPRESSIBLE_BYTES = 4 * LAMBDA_BYTES
"""A larger artifact is redirected without a try: compressing it would take seconds in vain."""


class ArtifactResponses:
    """Responds to requests for artifacts, with the content or with a redirect to it."""

    def __init__(
        self,
        store: ArtifactStore,
        integrity: IntegrityChecker,
        links: ArtifactLinks | None,
        responses: ContentResponses,
    ) -> None:
        self._store = store
        self._integrity = integrity
        self._links = links
        self._responses = responses

    def answer(
        self,
        request: Request,
        entry: ArtifactEntry,
        *,
        caching: str,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The response with the artifact as it was published, or with a redirect to it.

        caching: its Cache-Control. headers: further ones.
        Raises MissingError when it is gone, and DamagedArtifactError when its content differs.
        """
        self._integrity.verify(entry)
        if self._links is not None:
            return self._inline_or_redirect(self._links, request, entry, caching, headers)
        with self._store.open(entry.key) as file:
            content = FileContent(file)
        all_headers = {"Cache-Control": caching, **(headers or {})}
        return self._responses.large(request, entry.sha256, content, all_headers)

    def _inline_or_redirect(
        self,
        links: ArtifactLinks,
        request: Request,
        entry: ArtifactEntry,
        caching: str,
        headers: Mapping[str, str] | None,
    ) -> Response:
        if entry.bytes > MAX_COMPRESSIBLE_BYTES:
            return redirect_to_link(links.link(entry.key), headers)
        content = SmallContent(
            entry.sha256, "application/json", caching, lambda: self._store.read(entry.key).body
        )
        answer = self._responses.small(request, content, headers)
        zipped = "content-encoding" in answer.headers
        if encoded_bytes(bytes(answer.body), zipped=zipped) > LAMBDA_BYTES:
            return redirect_to_link(links.link(entry.key), headers)
        return answer


def encoded_bytes(body: bytes, *, zipped: bool) -> int:
    """Length of a body as a string in Lambda's JSON; a lower bound where it fits in any case."""
    if zipped:
        return 4 * -(-len(body) // 3)
    if len(body) > LAMBDA_BYTES or 6 * len(body) <= LAMBDA_BYTES:  # escaped, a byte takes 1 to 6
        return len(body)
    return len(json.dumps(body.decode(errors="replace")))


def redirect_to_link(address: str, headers: Mapping[str, str] | None = None) -> Response:
    """A redirect to a signed link, which expires within minutes and so may not be cached."""
    redirect = {"Location": address, "Cache-Control": "no-store"}
    return Response(status_code=307, headers=redirect | dict(headers or {}))
