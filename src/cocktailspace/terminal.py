"""Text from elsewhere on its way to a terminal, which would obey some of its characters."""

import json
import re

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # of which terminals make colours, titles and worse
    "\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"  # by which lines read other than they are
    "\ud800-\udfff]"  # which is no text at all: bytes of a file name
)


def printable(text: str) -> str:
    """The text, with such characters written out: an escape as `\\u001b`.

    JSON stays the same document.
    """
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], text)
