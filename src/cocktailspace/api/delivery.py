"""Artifacts as answers. Behind Lambda an answer has a limit; what is larger, readers are sent to
fetch from the bucket itself.
"""

import json
from collections.abc import Callable, Mapping

from fastapi import Request
from fastapi.responses import Response

from cocktailspace.api.bodies import Bodies, File
from cocktailspace.artifacts.store import ArtifactLinks

MOST_BYTES = 6_000_000
"""Lambda takes 6 MB (6,291,456 bytes) of JSON from us, in which the body is one text among headers:
bytes as base64, text with its quotes escaped. What counts is the length of that."""

HOPELESS_BYTES = 4 * MOST_BYTES
"""An artifact larger than this is not even read: compressing it would take seconds, to no avail."""


class Delivery:
    """Answers requests for artifacts, with a body or with the address of one."""

    def __init__(self, bodies: Bodies, links: ArtifactLinks | None) -> None:
        self._bodies = bodies
        self._links = links

    def answer(
        self,
        request: Request,
        key: str,
        file: Callable[[], File],
        *,
        size: int | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Response:
        """The artifact under `key` as `file` gives it, or 307 to where it lies.

        size: its bytes, where they are known. Raises MissingError when there is none.
        """
        if self._links is None:
            return self._bodies.answer(request, file(), more)
        if (self._links.size(key) if size is None else size) > HOPELESS_BYTES:
            return _elsewhere(self._links.link(key), more)
        answer = self._bodies.answer(request, file(), more)
        zipped = "content-encoding" in answer.headers
        if encoded_bytes(bytes(answer.body), zipped=zipped) > MOST_BYTES:
            return _elsewhere(self._links.link(key), more)
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
