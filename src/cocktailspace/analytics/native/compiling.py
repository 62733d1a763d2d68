"""A function as an object file, made by numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import binding
from numba import njit, types
from numba.np.numpy_support import from_dtype

from cocktailspace.analytics.native.kept import processor
from cocktailspace.analytics.native.kinds import ArrayKind, Kind, argument_kinds, result_kind

_OPTIONS: dict[str, Any] = {
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,  # arrays are given, never made, so that nothing of numba's is called
}


def compile_inline(function: Callable[..., Any]) -> Any:
    """Have a function be compiled into those that call it."""
    return njit(forceinline=True, **_OPTIONS)(function)


def object_file(function: Callable[..., Any]) -> bytes:
    """A function as an object file that needs no other; its symbol is the function's name.

    Raises TypeError for a result that is not what the annotation says.
    """
    dispatcher = njit(**_OPTIONS)(function)
    signature = tuple(_numba_type(kind) for kind in argument_kinds(function))
    dispatcher.compile(signature)
    made = dispatcher.overloads[signature]
    wanted = _numba_type(result_kind(function))
    if made.signature.return_type != wanted:
        raise TypeError(f"{function.__name__} gives {made.signature.return_type}, not {wanted}")
    module = binding.parse_assembly(dispatcher.inspect_llvm(signature))
    module.get_function(made.fndesc.llvm_func_name).name = function.__name__
    name, features = processor()
    machine = binding.Target.from_default_triple().create_target_machine(
        cpu=name, features=features, opt=3, jit=True, codemodel="jitdefault"
    )
    code: bytes = machine.emit_object(module)
    return code


def _numba_type(kind: Kind) -> Any:
    if isinstance(kind, tuple):
        return _tuple_type([_numba_type(each) for each in kind])
    if isinstance(kind, ArrayKind):
        return types.Array(from_dtype(kind.dtype), kind.dimensions, "C")
    return types.float64 if kind is float else types.int64


def _tuple_type(parts: list[Any]) -> Any:
    if len(set(parts)) == 1:
        return types.UniTuple(parts[0], len(parts))  # type: ignore[no-untyped-call]
    return types.Tuple(parts) if parts else types.none  # type: ignore[no-untyped-call]
