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

from cocktailspace.terminal import printable
from cocktailspace.times import to_text

LogFormat = Literal["text", "json"]
_SILENCE_SECONDS = 60.0

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


class OnceInAWhile(logging.Filter):
    """Lets a line through once a minute, with how often it would have been there meanwhile.

    Lines are the same if they come from the same place in the program and, where they tell of an
    exception, of one from the same place: what differs is which request, file or time it was. Lines
    below warnings pass: they are of things that are done, each of which is news.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._said: dict[tuple[object, ...], float] = {}
        self._unsaid: Counter[tuple[object, ...]] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the line."""
        if record.levelno < logging.WARNING:
            return True
        error = record.exc_info[1] if record.exc_info else None
        line = (record.name, record.pathname, record.lineno, type(error), _origin(error))
        now = self._monotonic()
        if now - self._said.get(line, -math.inf) < _SILENCE_SECONDS:
            self._unsaid[line] += 1
            return False
        self._said[line] = now
        if times := self._unsaid.pop(line, 0):
            record.msg = f"{record.getMessage()} (and {times:,} times like it before)"
            record.args = ()
        return True


def _origin(error: BaseException | None) -> tuple[str, int] | None:
    """Where an exception was raised."""
    trace = error.__traceback__ if error else None
    if trace is None:
        return None
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename, trace.tb_lineno


def configure_logging(log_format: LogFormat, level: LogLevel) -> None:
    """Send everything that is logged in this process to standard error, in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    handler.addFilter(OnceInAWhile())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("alembic").setLevel(logging.WARNING)  # a line for every step of an upgrade
