"""Files appear whole; scratch folders go, at the latest with the next process that makes one."""

import errno
import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from cocktailspace.bootstrap import Services
from cocktailspace.files import replace_file, scratch_folder
from tests.conftest import BAR, import_document
from tests.waiting import PATIENCE_SECONDS

HOLDER = """
import sys
from pathlib import Path
from cocktailspace.files import scratch_folder
with scratch_folder(Path(sys.argv[1]), "scratch-") as folder:
    (folder / "copy").write_text("large")
    print(folder, flush=True)
    sys.stdin.read()
"""

KILLED_WITH_A_COPY = """
import os, runpy, signal, sys
opened = 0
def kill(event, _arguments):
    global opened
    if event != "sqlite3.connect":
        return
    opened += 1
    if opened == 3:  # the source, the copy, and now who reads the copy
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(kill)
sys.argv = ["job"]
runpy.run_module("cocktailspace.analytics", run_name="__main__")
"""


def _hold(parent: Path) -> tuple["subprocess.Popen[str]", Path]:
    """Another process with a scratch folder, which it keeps until it is told."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    return child, Path(child.stdout.readline().strip())


def test_what_cannot_be_written_is_named_by_the_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        replace_file(tmp_path / "nowhere" / "mine.json", b"{}")
    assert caught.value.filename == str(tmp_path / "nowhere")


def test_a_scratch_folder_is_gone_in_the_end(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, "scratch-") as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "copy").write_text("large")
    with pytest.raises(ZeroDivisionError), scratch_folder(tmp_path, "scratch-"):
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_process_holds_stays_and_what_a_killed_one_left_goes(tmp_path: Path) -> None:
    child, held = _hold(tmp_path)
    with child, scratch_folder(tmp_path, "scratch-"):
        assert (held / "copy").exists()
        child.kill()
        child.wait()
    assert (held / "copy").exists()
    with scratch_folder(tmp_path, "scratch-") as mine:
        assert list(tmp_path.iterdir()) == [mine]


def test_what_is_not_ours_to_remove_is_no_trouble(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (tmp_path / "scratch-file").touch()
    (tmp_path / "scratch-link").symlink_to(elsewhere)
    (tmp_path / "scratch-closed").mkdir(mode=0)
    if os.geteuid() == 0:  # who may open and remove anything
        os.chown(tmp_path / "scratch-closed", 12_345, -1)
    with scratch_folder(tmp_path, "scratch-"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "elsewhere",
        "scratch-closed",
        "scratch-file",
        "scratch-link",
    ]
    assert (elsewhere / "precious").exists()


@pytest.mark.parametrize(("module", "name"), [(os, "open"), (fcntl, "flock")])
def test_a_folder_taken_for_a_leftover_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    real = getattr(module, name)
    taken: list[Path] = []

    def late(*arguments: object, **options: object) -> object:
        if not taken:
            taken.extend(tmp_path.iterdir())
            taken[0].rmdir()
        return real(*arguments, **options)

    monkeypatch.setattr(module, name, late)
    with scratch_folder(tmp_path, "scratch-") as folder:
        assert folder.exists()
        assert folder not in taken
    assert len(taken) == 1


def test_many_at_once_never_take_each_others_for_leftovers(tmp_path: Path) -> None:
    def work(number: int) -> None:
        for _ in range(50):
            with scratch_folder(tmp_path, "scratch-") as folder:
                (folder / "mine").write_text(str(number))
                kept.append((folder / "mine").read_text() == str(number))

    kept: list[bool] = []
    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert kept == [True] * 200
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space left") as failed:
        replace_file(tmp_path / "file", b"new")
    assert failed.value.filename == str(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_on_disk_and_with_its_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    fsync = os.fsync

    def watch(handle: int) -> None:
        fsync(handle)
        synced.append(Path(f"/proc/self/fd/{handle}").read_bytes())
        assert (tmp_path / "file").read_text() == "old"

    (tmp_path / "file").write_text("old")
    monkeypatch.setattr(os, "fsync", watch)
    replace_file(tmp_path / "file", b"new", mode=0o600)
    assert synced == [b"new"]
    assert (tmp_path / "file").read_text() == "new"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_copy_of_a_job_killed_in_its_snapshot_goes_with_the_next_job(
    services: Services, tmp_path: Path
) -> None:
    import_document(services.database, BAR)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {**os.environ, **services.settings.environment(), "TMPDIR": str(temporary)}
    killed = [sys.executable, "-c", KILLED_WITH_A_COPY]
    done = subprocess.run(
        killed,
        env=environment,
        check=False,
        timeout=PATIENCE_SECONDS,
        capture_output=True,
        text=True,
    )
    assert done.returncode == -9, done.stderr
    [left] = temporary.iterdir()
    assert (left / "catalogue.sqlite").stat().st_size > 0
    job = [sys.executable, "-m", "cocktailspace.analytics"]
    subprocess.run(job, env=environment, check=True, timeout=PATIENCE_SECONDS, capture_output=True)
    assert list(temporary.iterdir()) == []
