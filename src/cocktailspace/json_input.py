"""JSON from outside, files and requests alike: read strictly, and bounded before it is parsed."""

from codecs import BOM_UTF8
from typing import Any

import jiter

BYTES_PER_VALUE = 8
"""No document with keys and contents has less; `[[],[],…]` has three."""

_STRETCH = 64 * 1024


class JsonError(ValueError):
    """The text is not JSON that is taken; the message says what is wrong with it, and where."""


def parse_json(body: bytes, *, most_values: int) -> Any:
    """The document as Python data.

    most_values: bounds the objects that parsing makes, which take many times the text's memory.
    Raises JsonError for more values than that, nesting deeper than 200, a key given twice in one
    object, NaN, numbers of thousands of digits, and whatever else is not JSON in UTF-8.
    """
    if (values := _values_at_most(body)) > most_values:
        raise JsonError(f"{values:,} values are too many; at most {most_values:,} are taken")
    try:
        return jiter.from_json(
            body.removeprefix(BOM_UTF8), catch_duplicate_keys=True, allow_inf_nan=False
        )
    except ValueError as error:
        raise JsonError(_in_plain_words(str(error))) from None


def _values_at_most(body: bytes) -> int:
    """No fewer than the document's values, whether it is whole or not: a value follows each comma
    and each bracket that stand outside strings.
    """
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    values, in_string = 1, 0
    for start in range(0, len(unescaped), _STRETCH):
        parts = unescaped[start : start + _STRETCH].split(b'"')
        outside = b" ".join(parts[in_string::2])
        values += outside.count(b",") + outside.count(b"[") + outside.count(b"{")
        in_string ^= (len(parts) - 1) % 2
    return values


def _in_plain_words(message: str) -> str:
    """The parser's message; it ends with line and column."""
    if message.startswith("Detected duplicate key"):
        return message.replace("Detected duplicate key", "there is a second key")
    return message.replace("recursion limit exceeded", "nesting deeper than 200")
