"""Python functions as native code: compiled once, kept as object files, called without a compiler.

Numba compiles (`compiling`), in a process of its own (`build`), as its start alone takes longer
than all that is computed for a thousand recipes. What it made is kept (`kept`), loaded by llvmlite
alone (`loading`) when it is first called (`entry`), with arguments of the kinds that a function's
annotations name (`kinds`).
"""

from cocktailspace.analytics.native.entry import Entry, compiled, compiled_entry

__all__ = ["Entry", "compiled", "compiled_entry"]
