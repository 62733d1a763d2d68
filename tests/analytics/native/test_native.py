"""Functions as native code: compiled once, kept, loaded, called, refused."""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cocktailspace.analytics.native import Entry, kept, kinds, loading
from tests.analytics.native import broken, sample

PAIR = (np.array([1.0, 2.0]), np.arange(6, dtype=np.float32).reshape(3, 2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything of `sample` is compiled already."""
    folder = tmp_path_factory.mktemp("native")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NATIVE_CODE_PATH", str(folder))
        sample.weigh.load()
    return folder


@pytest.fixture
def compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, for one test, which compiles nothing."""
    monkeypatch.setenv("NATIVE_CODE_PATH", str(folder))
    monkeypatch.setattr(loading.subprocess, "run", _no_compiler)
    return folder


def _no_compiler(*_: object, **__: object) -> None:
    raise AssertionError("compiled again")


def _fresh(entry: Entry[..., Any]) -> Entry[..., Any]:
    """As in another process."""
    return Entry(entry.function)


@pytest.mark.usefixtures("compiled")
def test_every_kind_of_argument_and_result() -> None:
    assert _fresh(sample.weigh)(PAIR, 10.0, 1) == 30.0 + 14.0
    assert _fresh(sample.weigh)(PAIR, 10, np.int64(3)) == 30.0
    assert _fresh(sample.count_above)(PAIR[0], 1.5) == 1
    assert _fresh(sample.first_two)(np.array([2**32 - 1, 7], np.uint32)) == (2**32 - 1, 7)
    values = np.array([1.0, -3.0])
    assert _fresh(sample.double)(values) is None
    assert values.tolist() == [2.0, -6.0]


@pytest.mark.usefixtures("compiled")
def test_native_code_gives_what_python_gives() -> None:
    rng = np.random.default_rng(1)
    for size in (0, 1, 1000):
        pair = (rng.random(size), rng.random((size, 3)).astype(np.float32))
        python = sample.weigh.function(pair, 0.3, size // 2)
        assert _fresh(sample.weigh)(pair, 0.3, size // 2) == pytest.approx(python, rel=1e-6)


WRONG: dict[str, Any] = {
    "another type": ((PAIR[0].astype(np.float32), PAIR[1]), 1.0, 0),
    "another number of dimensions": ((PAIR[1], PAIR[1]), 1.0, 0),
    "not contiguous": ((np.zeros(4)[::2], PAIR[1]), 1.0, 0),
    "columns first": ((PAIR[0], np.asfortranarray(PAIR[1])), 1.0, 0),
    "a list": (([1.0], PAIR[1]), 1.0, 0),
    "a longer tuple": ((*PAIR, PAIR[0]), 1.0, 0),
    "a fraction for a whole number": (PAIR, 1.0, 0.5),
    "too few": (PAIR, 1.0),
    "text": (PAIR, "1.0", 0),
    "not aligned": (
        (np.zeros(17, np.uint8)[1:].view(np.float64), PAIR[1]),
        1.0,
        0,
    ),
}


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("what", WRONG)
def test_arguments_of_other_kinds_are_refused(what: str) -> None:
    with pytest.raises(TypeError):
        _fresh(sample.weigh)(*WRONG[what])


def _gives_both() -> tuple[int, float]:
    raise NotImplementedError


def _gives_an_array() -> Annotated[NDArray[np.float64], 1]:
    raise NotImplementedError


@pytest.mark.parametrize("function", [_gives_both, _gives_an_array])
def test_results_that_cannot_be_handed_back_are_refused(function: Any) -> None:
    with pytest.raises(TypeError, match="cannot give"):
        kinds.result_kind(function)


@pytest.mark.usefixtures("compiled")
def test_arguments_by_name_are_refused() -> None:
    with pytest.raises(TypeError, match="by position"):
        sample.count_above(PAIR[0], limit=1.0)


def test_a_module_is_compiled_as_a_whole_and_each_function_kept(compiled: Path) -> None:
    names = {path.name.split("-")[0] for path in compiled.iterdir()}
    assert names == {f"sample.{each}" for each in ("weigh", "count_above", "first_two", "double")}
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in compiled.iterdir())


def test_other_sources_or_another_processor_find_nothing(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = sample.weigh.function
    assert compiled.is_dir()
    assert kept.read_code(function) is not None
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    kept._digest.cache_clear()
    assert kept.read_code(function) is None
    monkeypatch.undo()
    kept._digest.cache_clear()


def test_a_changed_source_of_the_package_changes_the_name(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("a = 1")
    before = kept._digest(tmp_path)
    kept._digest.cache_clear()
    (tmp_path / "two.py").write_text("")
    assert kept._digest(tmp_path) == before  # nothing but nothing was added
    kept._digest.cache_clear()
    (tmp_path / "one.py").write_text("a = 2")
    assert kept._digest(tmp_path) != before
    kept._digest.cache_clear()


def test_a_damaged_file_is_compiled_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATIVE_CODE_PATH", str(folder))
    [path] = folder.glob("sample.double-*")
    whole = path.read_bytes()
    for damage in (b"", whole[:-1], whole[:40] + bytes([whole[40] ^ 1]) + whole[41:]):
        path.write_bytes(damage)
        assert kept.read_code(sample.double.function) is None
    values = np.ones(2)
    _fresh(sample.double)(values)
    assert values.tolist() == [2.0, 2.0]
    assert kept.read_code(sample.double.function) is not None


@pytest.mark.usefixtures("compiled")
def test_threads_that_come_first_load_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, real = [], loading.native_function

    def slow(function: Any) -> Any:
        loaded.append(function)
        time.sleep(0.1)
        return real(function)

    monkeypatch.setattr(loading, "native_function", slow)
    entry = _fresh(sample.weigh)
    entry.load_beside()
    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(entry, PAIR, 1.0, 0) for _ in range(8)]
    assert [each.result() for each in results] == [18.0] * 8
    assert len(loaded) == 1


def test_functions_of_one_module_are_compiled_by_one_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, real = [], subprocess.run

    def counted(*arguments: Any, **options: Any) -> Any:
        started.append(arguments)
        return real(*arguments, **options)

    monkeypatch.setenv("NATIVE_CODE_PATH", str(tmp_path))
    monkeypatch.setattr(loading.subprocess, "run", counted)
    entries = [_fresh(each) for each in (sample.weigh, sample.count_above, sample.double)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda entry: entry.load(), entries))
    assert len(started) == 1


@pytest.mark.usefixtures("compiled")
def test_what_fails_beside_is_said_to_who_needs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("no compiler")

    monkeypatch.setattr(loading, "native_function", fail)
    entry = _fresh(sample.weigh)
    entry.load_beside()
    with pytest.raises(RuntimeError, match="no compiler"):
        entry(PAIR, 1.0, 0)
    assert "Traceback" not in capsys.readouterr().err


def test_without_a_folder_of_its_own_it_lies_by_the_sources_or_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NATIVE_CODE_PATH", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    function = sample.double.function
    beside, users = kept._folders(function)
    assert beside == Path(sample.__file__).parent / "__pycache__"
    monkeypatch.setattr(kept, "_folders", lambda _: [Path("/proc/nowhere"), users])
    assert kept.write_code(function, b"code").parent == tmp_path / "cocktailspace"
    assert kept.read_code(function) == b"code"


def test_nowhere_to_keep_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATIVE_CODE_PATH", "/proc/nowhere")
    with pytest.raises(RuntimeError, match=re.escape("/proc/nowhere: set NATIVE_CODE_PATH")):
        _fresh(sample.double).load()


def test_what_does_not_compile_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATIVE_CODE_PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="half gives float64, not int64"):
        broken.half(3)
    assert list(tmp_path.iterdir()) == []
