"""Reads a file in a child process, which is bounded in memory and time and can be killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping

import jiter

from cocktailspace.importing.readers.bounds import BOUNDS, Bounds
from cocktailspace.importing.rows import Collection, UnreadableError, from_objects

_CHILD = "cocktailspace.importing.readers"
_INHERITED = ("PATH", "PYTHONPATH", "LANG", "LD_LIBRARY_PATH")
"""Lambda's Python finds its own library by the last."""


def read_in_child(
    name: str, body: bytes, mapping: Mapping[str, str] | None = None, bounds: Bounds = BOUNDS
) -> Collection:
    """What `read_file` says, read by a child; UnreadableError also where it takes too much."""
    if len(body) > bounds.file_bytes:
        raise UnreadableError(f"{name} has more than {bounds.file_bytes // 2**20} MB: split it")
    settings = {"name": name, "mapping": dict(mapping or {}), "memory": bounds.memory_bytes,
                "seconds": bounds.seconds}  # fmt: skip
    child = subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-m", _CHILD, json.dumps(settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={key: os.environ[key] for key in _INHERITED if key in os.environ},
        start_new_session=True,
    )
    with child:
        try:
            said, _ = child.communicate(body, timeout=bounds.seconds)
        except subprocess.TimeoutExpired:
            raise UnreadableError(
                f"{name} was not read within {bounds.seconds:g} s: split it"
            ) from None
        finally:
            _kill(child)
    if child.returncode != 0:
        raise UnreadableError(
            f"{name} is damaged, or takes more memory or time than a file may: mend or split it"
        )
    return _collection(name, said)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)


def _collection(name: str, text: bytes) -> Collection:
    said = jiter.from_json(text, allow_inf_nan=False)
    if "error" in said:
        raise UnreadableError(f"{name}: {said['error']}", said.get("headers", ()))
    return from_objects(said)
