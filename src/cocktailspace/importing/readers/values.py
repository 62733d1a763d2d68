"""Values of any file become texts, numbers and lists."""

import html
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_TAG = re.compile(r"<[^<>]{0,300}>")
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div)\b[^<>]{0,50}>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def text_of(value: Any) -> str:
    """A value as a text: lists line by line, markup taken off."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, int | float):
        return _digits(value)
    if isinstance(value, Mapping):
        return _text_of_object(value)
    if isinstance(value, Sequence):
        return "\n".join(filter(None, (text_of(each) for each in value)))
    return cleaned(str(value))


def _digits(value: float) -> str:
    """All of them of a whole number; none of what is no number."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return f"{value:g}" if math.isfinite(value) else ""


def _text_of_object(value: Mapping[str, Any]) -> str:
    if "itemListElement" in value:  # a section of steps: its heading, and all of them
        return text_of([value.get("name"), *as_list(value["itemListElement"])])
    parts = (value.get(key) for key in ("text", "name", "@value", "value"))
    others = [
        part
        for key, part in value.items()
        if isinstance(part, str | list) and not str(key).startswith("@")
    ]
    return next((said for part in parts if (said := text_of(part))), "") or text_of(others)


def as_list(value: Any) -> list[Any]:
    """A list as it is, anything else as the only one of a list."""
    return value if isinstance(value, list) else [value]


def cleaned(text: str) -> str:
    """A text without markup, entities and control characters."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "&" in text:
        text = html.unescape(text)
    return _CONTROL.sub("", text).replace("\r\n", "\n").strip()


def number_of(value: Any) -> float | None:
    """A number, if the value is one as it stands."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 <= number <= 1e6 else None


def list_of(value: Any) -> list[str]:
    """A list of short texts, such as tags: commas and semicolons part them."""
    if isinstance(value, str):
        return [part for each in re.split(r"[,;|]", value) if (part := cleaned(each))]
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, Sequence):
        parts = (list_of(each) if isinstance(each, str) else [text_of(each)] for each in value)
        return [said for part in parts for said in part if said]
    said = text_of(value)
    return [said] if said else []
