"""Reading JSON from outside."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocktailspace.json_input import JsonError, parse_json

scalars = st.none() | st.booleans() | st.integers() | st.text()
documents = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30
)


def count(document: object) -> int:
    if isinstance(document, dict):
        return 1 + sum(map(count, document.values()))
    if isinstance(document, list):
        return 1 + sum(map(count, document))
    return 1


@given(documents, st.booleans())
def test_reads_what_the_standard_library_writes(document: object, ascii_only: bool) -> None:
    body = json.dumps(document, ensure_ascii=ascii_only).encode()
    if all(not 0xD800 <= ord(each) <= 0xDFFF for each in body.decode()):
        assert parse_json(body, most_values=1_000) == document


@given(documents)
def test_never_makes_more_values_than_it_may(document: object) -> None:
    most = count(document) - 1
    with pytest.raises(JsonError, match="too many"):
        parse_json(json.dumps(document).encode(), most_values=most)


def test_commas_and_brackets_in_text_are_no_values() -> None:
    text = '[1,{2,"3" \\" ' * 20_000  # longer than the stretch that is looked at at once
    assert parse_json(json.dumps([text, text]).encode(), most_values=4) == [text, text]


def test_makes_nothing_of_a_document_with_too_many_values() -> None:
    body = b"[" + b"[]," * 300_000 + b"[]]"
    tracemalloc.start()
    with pytest.raises(JsonError, match="too many; at most 1,000"):
        parse_json(body, most_values=1_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * len(body)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b'{"recipes": [1],\n "recipes": []}', 'second key "recipes" at line 2 column 12'),
        (b"[" * 100_000, "nesting deeper than 200"),
        (b"[" * 300 + b"]" * 300, "nesting deeper than 200"),
        (b"9" * 100_000, "number out of range"),
        (b"[NaN]", "line 1 column 2"),
        (b"{} {}", "trailing characters"),
        (b"", "EOF"),
        (b"\xff\xfe{\x00}\x00", "line 1 column 1"),
        (b'["\xff"]', "invalid unicode"),
        (b'["\\ud800"]', "column"),
    ],
)
def test_refuses_with_the_place(body: bytes, what: str) -> None:
    with pytest.raises(JsonError) as found:
        parse_json(body, most_values=1_000_000)
    assert what in str(found.value)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_json(b"\xef\xbb\xbf[1]", most_values=9) == [1]
