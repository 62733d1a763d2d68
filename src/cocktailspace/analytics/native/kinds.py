"""The arguments of native functions: what annotations say of them, and how they are handed over."""

from __future__ import annotations

import ctypes
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ArrayKind:
    """C-contiguous arrays of one type of number and one number of dimensions.

    Annotated[NDArray[np.float64], 2] stands for it.
    """

    dtype: np.dtype[Any]
    dimensions: int

    def __str__(self) -> str:
        """As errors call it."""
        return f"a contiguous array of {self.dtype} with {self.dimensions} dimension(s)"


Kind = ArrayKind | type[int] | type[float] | tuple["Kind", ...]
"""An array, a whole number of 64 bits, a number in double precision, or a tuple of kinds."""

Words = list[int | float]
"""Arguments as numba hands them over: each tuple, each array taken apart into words of 64 bits."""


def argument_kinds(function: Callable[..., Any]) -> tuple[Kind, ...]:
    """The kinds of a function's arguments, in order."""
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    return tuple(_kind(hint) for hint in hints.values())


def result_kind(function: Callable[..., Any]) -> Kind:
    """The kind of a function's result: a number, whole numbers, or () for None."""
    result = get_type_hints(function, include_extras=True)["return"]
    kind = () if result is type(None) else _kind(result)
    if isinstance(kind, ArrayKind) or (isinstance(kind, tuple) and set(kind) - {int}):
        raise TypeError(f"{function.__name__} cannot give {result}")
    return kind


def _kind(hint: Any) -> Kind:
    if hint is int or hint is float:
        return hint
    if get_origin(hint) is tuple:
        return tuple(_kind(each) for each in get_args(hint))
    if get_origin(hint) is Annotated:
        array, dimensions = get_args(hint)
        number = get_args(array)[-1]  # the dtype's type, from NumPy 2.5 on; before, the dtype
        return ArrayKind(np.dtype(*get_args(number) or (number,)), dimensions)
    raise TypeError(f"{hint} is no kind that native functions take")


def word_types(kind: Kind) -> list[Any]:
    """The C types of the words that stand for a value of this kind."""
    if isinstance(kind, tuple):
        return [each for part in kind for each in word_types(part)]
    if isinstance(kind, ArrayKind):
        return [ctypes.c_int64] * (5 + 2 * kind.dimensions)
    return [ctypes.c_double if kind is float else ctypes.c_int64]


def append_words(kind: Kind, value: Any, words: Words) -> None:
    """Take a value apart; TypeError if it is not of its kind.

    An array is no owner, no parent, its size, the size of an item, where it is, shape and strides.
    """
    if isinstance(kind, tuple):
        if len(kind) != len(value):
            raise TypeError(f"a tuple of {len(kind)} was expected, got {len(value)}")
        for part, each in zip(kind, value, strict=True):
            append_words(part, each, words)
    elif isinstance(kind, ArrayKind):
        _append_array(kind, value, words)
    else:
        words.append(value + 0.0 if kind is float else operator.index(value))


def _append_array(kind: ArrayKind, array: NDArray[Any], words: Words) -> None:
    if (
        not isinstance(array, np.ndarray)
        or array.dtype != kind.dtype
        or array.ndim != kind.dimensions
        or not (array.flags.c_contiguous and array.flags.aligned)
    ):
        what = f"{array.dtype}, {array.shape}" if isinstance(array, np.ndarray) else repr(array)
        raise TypeError(f"{kind} was expected, got {what}")
    address = array.__array_interface__["data"][0]
    words += (0, 0, array.size, array.itemsize, address, *array.shape, *array.strides)
