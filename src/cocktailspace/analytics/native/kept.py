"""Where native code is kept, and under which names.

NATIVE_CODE_PATH, where it is set; else beside the sources, or where those may not be written to,
in the user's cache. A name holds a digest of all that the code depends on: sources, compiler, the
processor. An image that is built on one machine for others sets NUMBA_CPU_NAME and
NUMBA_CPU_FEATURES, as numba has it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from inspect import getfile
from pathlib import Path
from typing import Any

from llvmlite import binding

from cocktailspace.files import replace_file

_CHECKSUM = sha256().digest_size


def read_code(function: Callable[..., Any]) -> bytes | None:
    """The object file of a function, if there is one and it is whole."""
    for folder in _folders(function):
        try:
            kept = (folder / _name(function)).read_bytes()
        except OSError:
            continue
        checksum, code = kept[:_CHECKSUM], kept[_CHECKSUM:]
        if sha256(code).digest() == checksum:
            return code
    return None


def write_code(function: Callable[..., Any], code: bytes) -> Path:
    """Keep the object file of a function; OSError, naming what to do, if that cannot be."""
    for folder in _folders(function):
        path = folder / _name(function)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, sha256(code).digest() + code)
        except OSError:
            continue
        return path
    folders = " or ".join(str(folder) for folder in _folders(function))
    raise OSError(f"cannot write to {folders}: set NATIVE_CODE_PATH to a folder for native code")


def processor() -> tuple[str, str]:
    """Name and features of the processor that code is made for."""
    name = os.environ.get("NUMBA_CPU_NAME") or binding.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES")
    if features is None:
        features = "" if name == "generic" else binding.get_host_cpu_features().flatten()
    return name, features


def _folders(function: Callable[..., Any]) -> list[Path]:
    """Where to look, and where to write if that is allowed, in this order."""
    if chosen := os.environ.get("NATIVE_CODE_PATH"):
        return [Path(chosen)]
    folders = [Path(getfile(function)).parent / "__pycache__"]
    users = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    if users.is_absolute():  # a user without a home would share what lies in the current folder
        folders.append(users / "cocktailspace")
    return folders


def _name(function: Callable[..., Any]) -> str:
    module = function.__module__.rpartition(".")[2]
    return f"{module}.{function.__qualname__}-{_digest(Path(getfile(function)).parent)}.o"


@cache
def _digest(package: Path) -> str:
    """Of a package's sources, as functions of all modules are compiled into each other."""
    machine = (binding.get_process_triple(), *processor())
    digest = sha256(repr((version("numba"), binding.llvm_version_info, *machine)).encode())
    for folder in (package, Path(__file__).parent):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
