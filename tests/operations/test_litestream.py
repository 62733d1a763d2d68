"""The real Litestream beside a server: it takes all in and disturbs nothing."""

import os
import random
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cocktailspace.catalogue import backup as copies
from tests.conftest import ROOT, need
from tests.operations.site import Site
from tests.waiting import PATIENCE_SECONDS, eventually

LITESTREAM = Path(sysconfig.get_path("scripts")) / "litestream"
QUICK = """
checkpoint-interval: 100ms
monitor-interval: 20ms
busy-timeout: 240s
"""


def _environment(site: Site, replica: Path) -> dict[str, str]:
    return os.environ | {"CATALOGUE": str(site.path), "REPLICA": f"file://{replica}"}


@contextmanager
def _replicating(site: Site, folder: Path) -> Iterator[None]:
    """The documented configuration, patient, and with checkpoints ten times a second."""
    need(LITESTREAM.exists(), "litestream")
    text = (ROOT / "deploy" / "litestream.yml").read_text()
    configuration, log = folder / "litestream.yml", folder / "litestream.log"
    indented = QUICK.strip().replace("\n", "\n    ")
    configuration.write_text(text.replace("    replica:\n", f"    {indented}\n    replica:\n"))
    with log.open("w") as written:
        child = subprocess.Popen(
            [LITESTREAM, "replicate", "-config", configuration],
            env=_environment(site, folder / "replica"),
            stdout=written,
            stderr=written,
        )
    try:
        eventually(lambda: any((folder / "replica").rglob("*.ltx")))
        yield
    finally:
        child.terminate()
        child.wait(PATIENCE_SECONDS)
    said = log.read_text()
    assert "level=ERROR" not in said, said


def _restored(site: Site, folder: Path) -> Path:
    made = folder / "restored.sqlite"
    subprocess.run(
        [LITESTREAM, "restore", "-o", made, f"file://{folder / 'replica'}"],
        env=_environment(site, folder / "replica"),
        check=True,
        capture_output=True,
    )
    return made


def test_what_it_restores_has_every_edit_and_is_taken_as_a_catalogue(
    new_site: Callable[..., Site], tmp_path: Path
) -> None:
    site, chance = new_site(), random.Random(7)
    site.fill()
    before = site.catalogue()
    with _replicating(site, tmp_path):
        for _ in range(60):
            assert site.edit().status_code == 201
            if chance.random() < 0.5:
                site.look()  # an idle server empties its WAL
            time.sleep(chance.random() / 20)
        assert site.catalogue().catalogue_id == before.catalogue_id
        edited = site.catalogue()
    site.publishes_the_truth()

    restored = _restored(site, tmp_path)
    other = new_site()
    put_back = copies.restore(other.services.database, restored, force=True)
    assert put_back.state.version == edited.version
    assert other.ingredients() == site.ingredients()
    other.publishes_the_truth()


def test_a_backup_put_back_beside_it_is_what_it_restores(
    new_site: Callable[..., Site], tmp_path: Path
) -> None:
    site, backup = new_site(), tmp_path / "backup.sqlite"
    site.fill()
    with _replicating(site, tmp_path):
        copies.backup(site.services.database, backup)
        kept = site.ingredients()
        site.edit()
        copies.restore(site.services.database, backup, force=True)
        assert site.ingredients() == kept
        site.edit()
    other = new_site()
    copies.restore(other.services.database, _restored(site, tmp_path), force=True)
    assert other.ingredients() == site.ingredients() > kept
