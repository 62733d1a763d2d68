"""Functions that are called from Python and run as native code, and those that these call."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Function = TypeVar("Function", bound=Callable[..., Any])


class Entry(Generic[Arguments, Result]):
    """A function as native code, which runs without the interpreter lock.

    It takes its arguments by position, of the kinds that the annotations name; else TypeError.
    """

    def __init__(self, function: Callable[Arguments, Result]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self._native: Callable[..., Any] | None = None
        self._lock = threading.Lock()

    def __call__(self, *values: Arguments.args, **named: Arguments.kwargs) -> Result:
        """Run it; the first time it is loaded, and compiled if it never was on this machine."""
        if named:
            raise TypeError(f"{self.function.__name__} takes its arguments by position")
        result: Result = (self._native or self.load())(*values)
        return result

    def load(self) -> Callable[..., Any]:
        """Make the function ready: before threads call it, as signals reach the main thread alone.

        Gives the native function.
        """
        with self._lock:
            if self._native is None:
                # What loads code is heavy, and must not be a part of whoever never calls it.
                from cocktailspace.analytics.native.loading import native_function  # noqa: PLC0415

                self._native = native_function(self.function)
            return self._native

    def load_beside(self) -> None:
        """Begin to make the function ready, beside other work; who needs it meanwhile waits.

        A compiler that was started goes on if this process ends: the next one finds what it made.
        """
        threading.Thread(target=self._try_to_load, daemon=True).start()

    def _try_to_load(self) -> None:
        with contextlib.suppress(RuntimeError):  # whoever needs the function is told
            self.load()


def compiled_entry(function: Callable[Arguments, Result]) -> Entry[Arguments, Result]:
    """Have a function that Python calls run as native code."""
    return Entry(function)


def compiled(function: Function) -> Function:
    """Have a function that native code calls be compiled into it."""
    made: Function = compiler(function)
    return made


def _leave(function: Any) -> Any:
    return function


compiler: Callable[[Any], Any] = _leave
"""What becomes of compiled functions; they stay as they are unless `build` sets another."""
