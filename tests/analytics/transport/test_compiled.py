"""Code that numba compiles: kept where it may be, and made in memory where not."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cocktailspace.analytics.code_cache import writable_code_cache
from cocktailspace.analytics.transport import l1_search


def without_a_file() -> Callable[..., Any]:
    """A function that no file holds, for which numba finds no folder to keep its code in."""
    scope: dict[str, Any] = {}
    exec("def twice(number): return 2 * number", scope)  # noqa: S102
    function: Callable[..., Any] = scope["twice"]
    return function


def test_code_that_cannot_be_kept_is_compiled_in_memory_with_one_warning(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(l1_search, "_options", dict(l1_search._options, cache=True))
    with caplog.at_level(logging.WARNING):
        assert l1_search._compiled(without_a_file())(21) == 42
        assert l1_search._compiled(without_a_file())(4) == 8
    assert len(caplog.messages) == 1
    assert "NUMBA_CACHE_DIR" in caplog.messages[0]


def test_a_folder_that_may_only_be_read_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code").write_bytes(b"compiled")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    with writable_code_cache():
        assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with writable_code_cache():
        copy = Path(os.environ["NUMBA_CACHE_DIR"])
        assert copy != tmp_path
        assert (copy / "code").read_bytes() == b"compiled"
        (copy / "more").write_bytes(b"")
        assert copy.stat().st_mode & 0o77 == 0, "what is in it is code"
    assert not copy.exists()
