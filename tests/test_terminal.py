"""Text from elsewhere does not command the terminal that shows it."""

import json
import logging

import pytest

from cocktailspace.logs import JsonFormatter, TextFormatter
from cocktailspace.terminal import printable

BAD = "\x1b]0;title\x07 \x9b31m \x7f \u202egnp.exe \udcff"


def test_nothing_is_left_that_a_terminal_obeys() -> None:
    shown = printable(f"Crème 🍸\n\t{BAD}")
    assert shown.startswith("Crème 🍸\n\t\\u001b]0;title\\u0007 \\u009b31m \\u007f \\u202e")
    assert all(each.isprintable() or each in "\n\t" for each in shown)
    shown.encode()


def test_json_stays_the_same_document() -> None:
    assert json.loads(printable(json.dumps({BAD: BAD}, ensure_ascii=False))) == {BAD: BAD}


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_a_line_of_the_log_is_harmless(formatter: logging.Formatter) -> None:
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "it said %s", (BAD,), None)
    line = formatter.format(record)
    assert "\\u001b]0;title" in line
    assert line.isprintable()
