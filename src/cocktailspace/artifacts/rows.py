"""Reading an artifact's rows."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json


def rows_of(body: bytes) -> Iterator[Any]:
    """The rows of an artifact, one after another: they stand on lines of their own, and parsing a
    whole map of 100,000 recipes at once would take hundreds of megabytes.

    Raises ValueError, KeyError or TypeError for what is no artifact.
    """
    lines = body.split(b"\n")
    if lines[0] != b'{"data":[':
        yield from from_json(body)["data"]
        return
    for line in lines[1:]:
        if line.startswith(b"]"):
            return
        yield from_json(line.removesuffix(b","))


def metadata_of(body: bytes) -> dict[str, Any]:
    """An artifact's metadata, which stand at its end. Raises ValueError for what is no artifact."""
    metadata: dict[str, Any] = from_json(b"{" + body[body.rindex(b'"metadata":') :])["metadata"]
    return metadata
