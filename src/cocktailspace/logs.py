"""The log: lines on standard error, for people or, with LOG_FORMAT=json, for machines."""

import json
import logging
import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import cocktailspace
from cocktailspace.terminal import printable
from cocktailspace.times import to_text

LogFormat = Literal["text", "json"]
_SECONDS_BETWEEN_REPEATS = 60.0

LogLevel = Literal["debug", "info", "warning", "error"]


class JsonFormatter(logging.Formatter):
    """One JSON object a line; the fields of `extra={"data": {...}}` stand beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": to_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "data", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return printable(json.dumps(line, ensure_ascii=False, default=str))


class TextFormatter(logging.Formatter):
    """A line for people, and a traceback below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return printable(super().format(record))


class Throttle(logging.Filter):
    """Writes a repeated warning once a minute, with how often it was suppressed meanwhile.

    Lines are repeated if they come from the same place in the program and, where they report an
    exception, one from the same place: only the request, the file or the time differs. Lines below
    warnings pass: each reports something that was done.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._written_at: dict[tuple[object, ...], float] = {}
        self._suppressed: Counter[tuple[object, ...]] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the line."""
        if record.levelno < logging.WARNING:
            return True
        error = record.exc_info[1] if record.exc_info else None
        line = (record.name, record.pathname, record.lineno, type(error), _raised_at(error))
        now = self._monotonic()
        if now - self._written_at.get(line, -math.inf) < _SECONDS_BETWEEN_REPEATS:
            self._suppressed[line] += 1
            return False
        self._written_at[line] = now
        if times := self._suppressed.pop(line, 0):
            record.msg = f"{record.getMessage()} (and {times:,} times like it before)"
            record.args = ()
        return True


def _raised_at(error: BaseException | None) -> tuple[str, int] | None:
    """Where an exception was raised."""
    trace = error.__traceback__ if error else None
    if trace is None:
        return None
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename, trace.tb_lineno


def configure_logging(log_format: LogFormat, level: LogLevel) -> None:
    """Send everything that is logged in this process to standard error, in this form. level: of
    this program; of libraries warnings are enough, as some have a line for each request.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    handler.addFilter(Throttle())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    logging.getLogger(cocktailspace.__name__).setLevel(level.upper())
