"""What holds the package together: its imports, and what its modules say."""

import ast
import subprocess
import sys
from pathlib import Path

from cocktailspace.analytics import transport

PACKAGE = Path(transport.__file__).parent


def test_imports_numpy_numba_and_the_standard_library_alone():
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                own = name.startswith("cocktailspace.analytics.transport")
                root = name.split(".")[0]
                assert own or root in {"numpy", "numba"} | sys.stdlib_module_names, (path, name)


def test_only_a_search_among_many_rows_loads_the_compiler():
    """Modules with numba are imported where they are needed, and nowhere at the top."""
    modules = [f"cocktailspace.analytics.transport.{path.stem}" for path in PACKAGE.glob("*.py")]
    modules.remove("cocktailspace.analytics.transport.l1_search")
    code = f"import sys, {', '.join(modules)}; print({{'numba', 'llvmlite'}} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_every_module_says_what_lives_there():
    for path in PACKAGE.glob("*.py"):
        assert path.read_text(encoding="utf-8").startswith('"""'), path.name
        assert len(path.read_text(encoding="utf-8").splitlines()) < 300, path.name
