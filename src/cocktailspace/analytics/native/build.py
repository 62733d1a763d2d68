"""Compile: `python -m cocktailspace.analytics.native.build MODULE_OR_PACKAGE`.

Makes the object files of all entries there that have none yet, and prints where they are. A process
of its own, because numba's start and its memory are no business of whoever calls what it made.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import cast

from cocktailspace.analytics.native import entry
from cocktailspace.analytics.native.kept import read_code, write_code


def main() -> None:
    """Compile what is asked for and not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="of a module or package")
    name = parser.parse_args().name
    gc.disable()  # compiling makes many objects and little garbage
    sys.modules["scipy"] = cast("ModuleType", None)  # numba looks for BLAS in it, needlessly
    from cocktailspace.analytics.native.compiling import compile_inline, object_file  # noqa: PLC0415

    entry.compiler = compile_inline
    for module in _modules(name):
        for each in vars(module).values():
            if isinstance(each, entry.Entry) and each.__module__ == module.__name__:
                function = each.function
                if read_code(function) is None:
                    print(write_code(function, object_file(function)))  # noqa: T201


def _modules(name: str) -> Iterator[ModuleType]:
    module = importlib.import_module(name)
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", []), f"{name}."):
        yield importlib.import_module(found.name)


if __name__ == "__main__":
    main()
