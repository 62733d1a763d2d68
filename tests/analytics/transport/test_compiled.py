"""What holds the package together: its imports, and its compiled functions kept on disk."""

import ast
import subprocess
import sys
from pathlib import Path

from cocktailspace.analytics.transport import (
    compiled,
    cost_groups,
    cost_search,
    learn_costs,
    nearest_rows,
    pairs,
    subtree_masses,
)

PACKAGE = Path(compiled.__file__).parent


def test_imports_numpy_numba_and_the_standard_library_alone():
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                own = name.startswith("cocktailspace.analytics.transport.")
                root = name.split(".")[0]
                assert own or root in {"numpy", "numba"} | sys.stdlib_module_names, (path, name)


def test_importing_the_package_loads_no_compiler():
    code = "import sys, cocktailspace.analytics.transport; print('numba' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_a_change_of_any_source_compiles_every_entry_anew():
    for entry in (pairs.offer_pairs, cost_search.collect_pairs):
        assert entry.py_func.__qualname__.endswith(compiled.sources_digest())


def test_no_entry_is_compiled_for_more_than_one_kind_of_argument(real, made_up, monkeypatch):
    monkeypatch.setattr(cost_groups, "FEW", 0)
    rows = real.fractions(rolled_up=True)
    near = nearest_rows(subtree_masses(rows, real.parents), 10)
    learn_costs(rows, real.parents, near, rounds=2)
    nearest_rows(made_up.fractions(), 15)
    from cocktailspace.analytics.transport import l1_search  # noqa: PLC0415 - compiled

    entries = (
        pairs.offer_pairs,
        pairs.flows_of_pairs,
        cost_search.collect_pairs,
        l1_search.search_l1,
    )
    assert [len(entry.signatures) for entry in entries] == [1] * len(entries)


def test_every_module_says_what_lives_there():
    for path in PACKAGE.glob("*.py"):
        assert path.read_text(encoding="utf-8").startswith('"""'), path.name
        assert len(path.read_text(encoding="utf-8").splitlines()) < 300, path.name
