"""Native code in memory, and how it is called."""

from __future__ import annotations

import ctypes
import logging
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from llvmlite import binding

from cocktailspace.analytics.native.kept import read_code
from cocktailspace.analytics.native.kinds import (
    Words,
    append_words,
    argument_kinds,
    result_kind,
    word_types,
)

logger = logging.getLogger(__name__)


def native_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function as native code: what is kept of it, or else compiled now.

    Raises RuntimeError, with what the compiler says, if that cannot be.
    """
    with _compiling[function.__module__]:  # one compiler makes all functions of a module
        code = read_code(function)
        if code is None:
            code = _compile(function)
    return _Native(function, code)


_compiling: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def _compile(function: Callable[..., Any]) -> bytes:
    started = time.monotonic()
    module = function.__module__
    command = [sys.executable, "-m", "cocktailspace.analytics.native.build", module]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    code = read_code(function)
    if code is None:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise RuntimeError(f"{function.__name__} could not be compiled: {said[-1]}")
    seconds = time.monotonic() - started
    logger.info("compiled %s in %.1f s, once for this machine", module, seconds)
    return code


class _Native:
    """A loaded object file, called as numba's functions call each other:
    status = function(&result, &exception, words ...).
    """

    def __init__(self, function: Callable[..., Any], code: bytes) -> None:
        self._name = function.__name__
        self._arguments = argument_kinds(function)
        self._result = result_kind(function)
        self._words = max(len(word_types(self._result)), 1)
        self._engine = _engine()
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        types = [ctypes.c_void_p, ctypes.c_void_p, *word_types(self._arguments)]
        address = self._engine.get_function_address(self._name)
        self._call = ctypes.CFUNCTYPE(ctypes.c_int32, *types)(address)  # lets go of the lock

    def __call__(self, *values: Any) -> Any:
        words: Words = []
        append_words(self._arguments, values, words)
        result, exception = (ctypes.c_int64 * self._words)(), ctypes.c_void_p()
        status = self._call(ctypes.addressof(result), ctypes.addressof(exception), *words)
        if status != 0:
            raise RuntimeError(f"{self._name} ended with status {status}")
        if isinstance(self._result, tuple):
            return tuple(result) if self._result else None
        return ctypes.c_double.from_buffer(result).value if self._result is float else result[0]


def _engine() -> Any:
    """What object files are loaded into; it has to live as long as they are called."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine(jit=True)
    return binding.create_mcjit_compiler(binding.parse_assembly(""), machine)
