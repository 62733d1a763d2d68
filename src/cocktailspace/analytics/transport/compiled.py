"""How functions of this package are compiled, and the shapes that they pass around."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Columns = NDArray[np.int32]
Numbers = NDArray[np.uint32]
"""Nodes or columns; unsigned, as numba asks each signed index whether it counts from the end."""
Level = tuple[Ints, Columns, Singles, Singles]
"""Rows or boxes for a search: `boxes.Level`."""
Index = tuple[Ints, Level, Level, Level]
"""All rows and the boxes around them: `boxes.Index`."""
Lanes = tuple[Columns, Singles, Singles, Singles, Columns, Singles]
"""64 queries: slots, table, need, surplus, and room for the shared columns of one item."""
Near = tuple[Floats, NDArray[np.int32]]
"""Distances and numbers of the nearest so far, (lanes, k) each."""
Space = tuple[Any, ...]
"""Working memory, laid out where it is made."""

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
_WITHOUT_ENTRY: dict[str, Any] = {
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "forceinline": True,
}


def sources_digest() -> str:
    """A digest of this package's sources.

    Numba looks only at an entry's own file to tell whether what it kept on disk is out of date,
    although the functions that the entry calls are compiled into it. With the digest in their
    names entries are compiled anew whenever any of the sources changes.
    """
    digest = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


_DIGEST = sources_digest()


def compiled_entry(function: Function) -> Function:
    """Compile a function that Python calls: once, kept on disk, without the interpreter lock."""
    function.__qualname__ = f"{function.__qualname__}_{_DIGEST}"
    result: Function = njit(cache=True, **_OPTIONS)(function)
    return result


def compiled(function: Function) -> Function:
    """Compile a function that only compiled code calls; calling it from Python crashes.

    For want of an entry it compiles in half the time.
    """
    result: Function = njit(**_OPTIONS, **_WITHOUT_ENTRY)(function)
    return result
