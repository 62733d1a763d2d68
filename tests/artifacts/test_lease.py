"""A folder is one catalogue's while its server runs."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cocktailspace.artifacts import lease as lease_module
from cocktailspace.artifacts.lease import FolderInUseError, FolderLease
from cocktailspace.cli.doctor import examine
from tests.load.harness import Server, request

ONE, OTHER = "1" * 32, "2" * 32


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_module, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(lease_module, "_RENEWAL_SECONDS", 0.0)


def test_another_catalogue_is_refused_while_a_server_runs_and_no_longer(tmp_path: Path) -> None:
    with FolderLease(tmp_path).held_by(ONE):
        with pytest.raises(FolderInUseError, match=ONE), FolderLease(tmp_path).held_by(OTHER):
            pytest.fail("two catalogues share a folder")
        with pytest.raises(FolderInUseError, match="ANALYTICS_PATH"):
            FolderLease(tmp_path).refuse_others(OTHER)
        with FolderLease(tmp_path).held_by(ONE):
            FolderLease(tmp_path).refuse_others(ONE)
    FolderLease(tmp_path).refuse_others(OTHER)
    with FolderLease(tmp_path).held_by(OTHER):
        assert FolderLease(tmp_path).holder() is not None
    assert FolderLease(tmp_path).holder() is None


def test_a_folder_that_nobody_holds_is_taken_over_with_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for catalogue_id in (ONE, ONE, OTHER):
            with FolderLease(tmp_path).held_by(catalogue_id):
                pass
    [line] = [record.getMessage() for record in caplog.records]
    assert ONE in line
    assert OTHER in line


def test_a_restored_catalogue_takes_its_name_along(tmp_path: Path) -> None:
    first, second = FolderLease(tmp_path), FolderLease(tmp_path)
    with first.held_by(ONE), second.held_by(ONE):
        first.renew(OTHER)
        second.renew(OTHER)
        holder = FolderLease(tmp_path).holder()
        assert holder is not None
        assert holder.catalogue_id == OTHER


@pytest.mark.parametrize("damaged", [b"", b"\xff\xfe\x00 " * 40, b"1" * 31])
def test_what_names_no_catalogue_does_not_stop_the_holder(tmp_path: Path, damaged: bytes) -> None:
    lease = FolderLease(tmp_path)
    with lease.held_by(ONE):
        (tmp_path / ".server.lock").write_bytes(damaged)
        lease.renew(ONE)
        holder = FolderLease(tmp_path).holder()
        assert holder is not None
        assert holder.catalogue_id == ONE


def test_a_catalogue_that_was_replaced_by_anothers_is_noticed(tmp_path: Path) -> None:
    first, second = FolderLease(tmp_path), FolderLease(tmp_path)
    with first.held_by(ONE), second.held_by(ONE):
        first.renew(OTHER)
        with pytest.raises(FolderInUseError, match=OTHER):
            second.renew(ONE)


def test_the_claim_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from cocktailspace.artifacts.lease import FolderLease\n"
        f"with FolderLease(pathlib.Path(sys.argv[1])).held_by('{ONE}'):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    assert FolderLease(tmp_path).holder() is not None
    child.kill()
    child.communicate()
    assert FolderLease(tmp_path).holder() is None


def test_a_second_server_on_another_catalogue_says_so_and_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Server(tmp_path)
    try:
        first.start()
        other = {"DB_PATH": str(tmp_path / "other.sqlite"), "PORT": "1"}
        second = Server(tmp_path, **other)
        refused = second.attempt("serve")
        assert refused.returncode == 1
        assert "a server of another catalogue" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert "a server of another catalogue" in second.attempt("refresh").stderr
        for name in ("DB_PATH", "ANALYTICS_PATH"):
            monkeypatch.setenv(name, first.environment[name])
        assert any("the server's refresher works" in each.what for each in examine())
        lock = tmp_path / "artifacts" / ".server.lock"
        monkeypatch.setattr("time.time", lambda: os.stat(lock).st_mtime + 1_000)
        [found] = [each for each in examine() if "has not worked for" in each.what]
        assert not found.ok
        assert request(first.port, "GET", "/healthz/refresh")[0] == 200
    finally:
        first.stop()
