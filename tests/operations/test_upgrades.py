"""Older schemas, other versions of the program on the same database, older results."""

import hashlib
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from cocktailspace.analytics import job as job_module
from cocktailspace.analytics.job import run_job
from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.artifacts.attempt import AttemptRecorder
from cocktailspace.artifacts.manifest import MANIFEST_KEY, read_published
from cocktailspace.artifacts.publish import Result, publish
from cocktailspace.catalogue.changes import renew_identity
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import BusyError, SchemaError
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.migrations import REVISION
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import export_text
from cocktailspace.refresh.debounce import FIRST_RETRY
from cocktailspace.refresh.status import RefreshState
from tests.load.harness import Server
from tests.operations.schemas.make import CATALOGUE_ID
from tests.operations.site import Site
from tests.waiting import PATIENCE_SECONDS

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.sql"))
NEXT_ALGORITHM = PARAMETERS["algorithm_version"] + 1


def _database_of(dump: Path, path: Path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as file:
        file.executescript(dump.read_text())


def _upgrade_to_a_newer_schema(file: sqlite3.Connection) -> None:
    """What a version of the program that does not exist yet might do, within a transaction."""
    file.execute("ALTER TABLE ingredients ADD COLUMN season TEXT NOT NULL DEFAULT 'all'")
    file.execute("UPDATE alembic_version SET version_num = '9999'")


def test_every_earlier_schema_is_kept_here() -> None:
    config = Config()
    config.set_main_option("script_location", "cocktailspace.catalogue:migrations")
    revisions = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    assert {path.stem for path in SCHEMAS} == revisions - {REVISION}, "see schemas/make.py"


@pytest.mark.parametrize("dump", SCHEMAS, ids=lambda path: path.stem)
def test_an_older_catalogue_is_upgraded_at_the_start_and_loses_nothing(
    new_site: Callable[..., Site], dump: Path
) -> None:
    site = new_site()
    site.stop()
    _database_of(dump, site.path)
    site.serve()
    kept = site.path.with_name(f"catalogue-schema-{dump.stem}-version-9.sqlite")
    with closing(sqlite3.connect(kept)) as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [(dump.stem,)]
    with site.services.database.reading() as connection:
        exported = json.loads(export_text(connection))
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    state = site.catalogue()
    assert (state.catalogue_id, state.version) == (CATALOGUE_ID, 9)
    assert {row["name"]: row["parent"] for row in exported["ingredients"]} == {
        "Spirit": None,
        "Gin": "Spirit",
        "Vermouth": None,
        "Crème de Cassis": None,
    }
    recipes = {row["name"]: row for row in exported["recipes"]}
    assert recipes["Martini"]["ingredients"] == [
        {"ingredient": "Gin", "amount": 2.0, "unit": "Ounce"},
        {"ingredient": "Vermouth", "amount": 0.5, "unit": "Ounce"},
    ]
    found = site.client.get("/api/v1/recipes", params={"name": "fizz"}).json()["items"]
    assert [row["name"] for row in found] == ["Blackthorn Fizz"]
    body = {"name": "New", "ingredients": [{"ingredient_id": 2}]}
    made = site.client.post("/api/v1/recipes", json=body, headers=site.headers)
    assert made.json()["id"] == 8, "the ids of rows that were deleted are not given again"
    site.publishes_the_truth()


@pytest.mark.parametrize("dump", SCHEMAS[:1], ids=lambda path: path.stem)
def test_an_older_catalogue_put_under_a_running_server_is_upgraded_too(
    site: Site, tmp_path: Path, dump: Path
) -> None:
    site.look()
    _database_of(dump, tmp_path / "old")
    (tmp_path / "old").replace(site.path)
    answer = site.edit()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "schema_mismatch")
    for _ in range(15):
        site.look()
    site.publishes_the_truth()
    assert site.edit().status_code == 201


@pytest.mark.slow
def test_where_hosts_share_a_catalogue_only_the_command_upgrades_it(tmp_path: Path) -> None:
    server = Server(tmp_path, MIGRATE_AT_START="false")
    path = tmp_path / "catalogue.sqlite"
    _database_of(SCHEMAS[0], path)
    mine = tmp_path / "mine.json"
    mine.write_text('{"format": "catalogue/1"}')
    for command in (["serve", "--port", "1"], ["import", str(mine)]):
        done = server.attempt(*command)
        assert done.returncode == 1
        assert "`cocktailspace serve` or `migrate` upgrades it" in done.stderr
    with closing(sqlite3.connect(path)) as file:
        (revision,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
    assert revision == SCHEMAS[0].stem
    assert REVISION in server.attempt("migrate").stderr
    assert json.loads(server.command("status", "--json"))["catalogue_version"] == 9


def test_a_program_older_than_its_database_reads_but_does_not_write(site: Site) -> None:
    with closing(sqlite3.connect(site.path)) as newer, newer:
        _upgrade_to_a_newer_schema(newer)
    before, jobs = site.catalogue(), site.jobs.started
    answer = site.edit()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "schema_mismatch")
    assert "upgrade the program" in answer.json()["error"]["message"]
    assert site.client.get("/api/v1/ingredients").status_code == 200
    with pytest.raises(SchemaError), site.services.database.transaction():
        raise AssertionError("it must not come this far")
    with pytest.raises(SchemaError, match="upgrade the program"):
        for _ in range(15):  # whoever replaces files by hand is given some seconds
            site.look()
    assert (site.catalogue(), site.jobs.started) == (before, jobs)


def test_a_schema_that_cannot_be_read_is_said_so(site: Site) -> None:
    with closing(sqlite3.connect(site.path)) as newer, newer:
        newer.execute("ALTER TABLE ingredients RENAME TO substances")
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    answer = site.client.get("/api/v1/ingredients")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "schema_mismatch")


def test_an_upgrade_while_an_older_program_writes_corrupts_nothing(site: Site) -> None:
    """Two writers of the older one write on while the upgrade holds the lock."""
    databases = [site.services.database, Database(sqlite_url(site.path), clock=site.clock)]
    written: list[str] = []
    refused: list[SchemaError] = []
    enough, locked = threading.Event(), threading.Event()

    def write(number: int, database: Database) -> None:
        for step in range(400):
            if len(written) >= 20:
                enough.set()
                locked.wait(PATIENCE_SECONDS)
            try:
                with database.transaction() as tx:
                    create_ingredients(tx, [IngredientDraft(name=f"{number}-{step}")], [""])
            except SchemaError as error:
                refused.append(error)
                return
            except BusyError:  # nothing was written: it waited for the upgrade's lock in vain
                continue
            written.append(f"{number}-{step}")

    writers = [
        threading.Thread(target=write, args=(number, database))
        for number, database in enumerate(databases)
    ]
    for writer in writers:
        writer.start()
    assert enough.wait(PATIENCE_SECONDS)
    with closing(
        sqlite3.connect(site.path, isolation_level=None, timeout=PATIENCE_SECONDS)
    ) as newer:
        newer.execute("BEGIN IMMEDIATE")
        locked.set()
        _upgrade_to_a_newer_schema(newer)
        (at_upgrade,) = newer.execute("SELECT max(version) FROM changes").fetchone()
        newer.execute("COMMIT")
        for writer in writers:
            writer.join()
        rows = newer.execute("SELECT name FROM ingredients WHERE name LIKE '%-%'").fetchall()
        (last,) = newer.execute("SELECT max(version) FROM changes").fetchone()
        assert newer.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    databases[1].close()
    assert len(refused) == len(writers)
    assert sorted(name for (name,) in rows) == sorted(written)
    assert last == at_upgrade, "written after the upgrade, by a program that does not know it"


@pytest.fixture
def newer_program(monkeypatch: pytest.MonkeyPatch) -> Callable[[Site], None]:
    """Starts the server again with a program that computes otherwise."""

    def start(site: Site) -> None:
        parameters = {**PARAMETERS, "algorithm_version": NEXT_ALGORITHM}
        monkeypatch.setattr(job_module, "PARAMETERS", parameters)
        site.stop()
        site.algorithm_version = NEXT_ALGORITHM
        site.serve()

    return start


def test_a_new_algorithm_computes_anew_without_an_edit_and_once(
    site: Site, newer_program: Callable[[Site], None]
) -> None:
    before = site.manifest()
    newer_program(site)
    status = site.status()
    assert (status.state, status.outdated) == (RefreshState.PENDING, True)
    assert (status.pending_changes, status.pending_since) == (0, None)
    site.settle()
    assert site.manifest().algorithm_version == NEXT_ALGORITHM
    assert site.manifest().source_version == before.source_version
    for _ in range(30):
        site.look()
    assert site.jobs.started == 1


def test_a_new_algorithm_that_fails_waits_for_its_pause(
    site: Site, newer_program: Callable[[Site], None]
) -> None:
    newer_program(site)

    def fail(_catalogue: Path, _store: object, note: AttemptRecorder, **_: object) -> None:
        note.took_snapshot(site.catalogue().catalogue_id, site.catalogue().version)
        raise RuntimeError("no luck")

    site.jobs.run = fail
    for _ in range(int(FIRST_RETRY.total_seconds())):
        site.look()
    assert site.jobs.started == 1
    assert site.status().state is RefreshState.FAILED
    site.jobs.run = run_job
    site.settle()
    assert site.manifest().algorithm_version == NEXT_ALGORITHM


def test_an_older_program_beside_does_not_compute_back(
    site: Site, newer_program: Callable[[Site], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    newer_program(site)
    site.settle()
    run = site.manifest().run_id
    monkeypatch.setattr(job_module, "PARAMETERS", PARAMETERS)
    site.stop()
    site.algorithm_version = PARAMETERS["algorithm_version"]
    site.serve()
    assert site.status().state is RefreshState.FRESH
    note = AttemptRecorder(site.services.store, clock=site.clock)
    catalogue = site.services.settings.catalogue_file
    ending = run_job(catalogue, site.services.store, note, clock=site.clock)
    assert ending.outcome == "nothing to do"
    assert site.manifest().run_id == run


def _result(run: str, site: Site, version: int, **parameters: Any) -> Result:
    run_id = f"20260101T000000.000000Z-{hashlib.sha256(run.encode()).hexdigest()[:8]}"
    catalogue_id = site.manifest().catalogue_id
    return Result(run_id, catalogue_id, version, [("cocktail-space", b"{}")], parameters=parameters)


def test_an_old_job_that_finishes_last_never_replaces_the_newer_result(site: Site) -> None:
    """Older by its algorithm, by its version, or of a catalogue that was another one by then."""
    store, version = site.services.store, site.manifest().source_version
    base = read_published(store)
    newer = publish(
        store,
        _result("new", site, version + 1, algorithm_version=NEXT_ALGORITHM),
        base=base,
        clock=site.clock,
    )
    assert newer is not None
    late = [
        _result("old algorithm", site, version + 1, algorithm_version=1),
        _result("old version", site, version, algorithm_version=NEXT_ALGORITHM),
    ]
    assert [publish(store, each, base=base, clock=site.clock) for each in late] == [None, None]
    assert site.manifest() == newer

    base = read_published(store)
    of_the_catalogue_before = _result("before", site, version + 9, algorithm_version=1)
    with site.services.database.transaction() as tx:
        renew_identity(tx.connection)
    site.settle()
    restored = site.manifest()
    assert publish(store, of_the_catalogue_before, base=base, clock=site.clock) is None
    assert site.manifest() == restored


def test_other_parameters_are_another_algorithm() -> None:
    """By its version the program knows results that it would compute otherwise."""
    fingerprint = hashlib.sha256(json.dumps(PARAMETERS, sort_keys=True).encode()).hexdigest()
    known = {
        1: "2a0d6805f5b1e394",
        2: "bcc38c4954b9a30f",
        3: "da0ebf576f65d898",
        4: "e05b331f360a9c58",
        5: "6792df942b588aa4",
    }
    assert known[PARAMETERS["algorithm_version"]] == fingerprint[:16], (
        "raise algorithm_version with every change of PARAMETERS, and add the new pair here"
    )


def _rewrite(site: Site, change: Callable[[dict[str, Any]], None]) -> None:
    store = site.services.store
    document = json.loads(store.read(MANIFEST_KEY).body)
    change(document)
    store.write(MANIFEST_KEY, json.dumps(document).encode())


def _nothing_misread(site: Site) -> None:
    """Whatever is asked for is a whole answer of one version, or a clear 'not now'."""
    for path in ("manifest", "cocktail-space", "recipe-similar", "recipe-similar?recipe_id=1"):
        answer = site.client.get(f"/api/v1/analytics/{path}")
        assert answer.status_code in (200, 404, 503), (path, answer.text)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"storage_version": "v0"}', b"\xff\xfe", b'{"storage_version": "v2"}'],
)
def test_a_manifest_that_cannot_be_read_is_replaced(site: Site, body: bytes) -> None:
    site.services.store.write(MANIFEST_KEY, body)
    _nothing_misread(site)
    site.publishes_the_truth()


def test_a_whole_manifest_of_an_older_storage_is_not_taken_for_ours(site: Site) -> None:
    _rewrite(site, lambda document: document.update(storage_version="v0"))
    assert site.client.get("/api/v1/analytics/cocktail-space").status_code == 503
    site.publishes_the_truth()
    assert site.manifest().storage_version == "v1"


def test_fields_that_a_later_program_added_do_no_harm(site: Site) -> None:
    def add(document: dict[str, Any]) -> None:
        document["mood"] = "cheerful"
        document["artifacts"]["cocktail-space"]["mood"] = "pensive"

    _rewrite(site, add)
    jobs = site.jobs.started
    site.look()
    assert (site.status().state, site.jobs.started) == (RefreshState.FRESH, jobs)
    assert site.client.get("/api/v1/analytics/cocktail-space").status_code == 200


def test_fields_that_an_earlier_program_did_not_write_are_not_missed(site: Site) -> None:
    def remove(document: dict[str, Any]) -> None:
        del document["source_changed_at"], document["superseded"]

    _rewrite(site, remove)
    assert site.status().state is RefreshState.FRESH


def test_a_result_of_which_files_are_gone_is_computed_anew(site: Site) -> None:
    run = site.settings.artifacts_folder / "analytics/v1/runs" / site.manifest().run_id
    shutil.rmtree(run)
    _nothing_misread(site)
    site.serve()  # or within a minute
    site.publishes_the_truth()
    assert site.client.get("/api/v1/analytics/cocktail-space").status_code == 200


def test_a_result_without_an_artifact_that_we_have_is_said_so(site: Site) -> None:
    _rewrite(site, lambda document: document["artifacts"].pop("cocktail-space"))
    assert site.client.get("/api/v1/analytics/cocktail-space").status_code == 503
    site.serve()
    site.publishes_the_truth()
    assert site.client.get("/api/v1/analytics/cocktail-space").status_code == 200


@pytest.mark.parametrize("damage", [b"", b'{"data": [{"recipe_id": 1}]}', b'{"data": 7}'])
def test_a_damaged_map_does_not_keep_the_next_one_from_being_drawn(
    site: Site, damage: bytes
) -> None:
    manifest = site.manifest()
    for name in ("cocktail-space", "cocktail-space-em"):
        key = manifest.artifacts[name].key
        site.services.store.write(key, damage)
        sha256 = hashlib.sha256(damage).hexdigest()
        _rewrite(
            site,
            lambda document, name=name, sha256=sha256: document["artifacts"][name].update(
                sha256=sha256
            ),
        )
    site.edit()
    site.publishes_the_truth()
    assert site.jobs.errors == []
