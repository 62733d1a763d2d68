"""Artifacts as bytes: compact JSON, the rows of a list on lines of their own."""

import json
from datetime import datetime
from typing import Any

from cocktailspace.artifacts.manifest import STORAGE_VERSION
from cocktailspace.times import to_text


def encode_artifact(name: str, data: Any, *, source_version: int, generated_at: datetime) -> bytes:
    """One artifact as it is stored and served. NaN and infinity raise ValueError."""
    metadata = {
        "analytics_type": name,
        "generated_at": to_text(generated_at),
        "source_version": source_version,
        "storage_version": STORAGE_VERSION,
    }
    body = _dump_rows(data) if isinstance(data, list) else _dumps(data)
    return f'{{"data":{body},\n"metadata":{_dumps(metadata)}}}\n'.encode()


def _dump_rows(rows: list[Any]) -> str:
    return "[\n" + ",\n".join(map(_dumps, rows)) + ("\n]" if rows else "]")


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
