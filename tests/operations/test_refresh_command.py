"""`cocktailspace refresh` beside a job that somebody else started."""

import fcntl
import os
from typing import Any

import pytest
from typer.testing import CliRunner

from cocktailspace.artifacts.manifest import read_published
from cocktailspace.cli import commands
from cocktailspace.refresh.local_jobs import LocalJobs
from tests.operations.site import Site


@pytest.mark.slow
def test_it_runs_again_where_the_other_job_did_not_cover_the_last_change(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one holds the lock, and ends without having seen what we wait for."""
    site.edit()
    lock = os.open(site.settings.artifacts_folder / ".job.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    followed = []

    def follow(jobs: LocalJobs, *_: Any, **__: Any) -> None:
        if not followed:
            os.close(lock)
        followed.append(jobs.wait(240))

    monkeypatch.setattr(commands, "follow_job", follow)
    environment = {
        "DB_PATH": str(site.path),
        "ANALYTICS_PATH": str(site.settings.artifacts_folder),
    }
    done = CliRunner().invoke(commands.app, ["refresh"], env=environment)
    assert done.exit_code == 0, done.output
    assert followed == [True, True]
    published = read_published(site.services.store)
    assert published is not None
    assert published.manifest is not None
    assert published.manifest.source_version == site.catalogue().version
