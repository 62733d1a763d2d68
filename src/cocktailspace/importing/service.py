"""Imports from start to end: read and plan, decide, apply, undo."""

import dataclasses
import hashlib
import json
import secrets
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath

import jiter
from sqlalchemy import Connection

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database, Transaction
from cocktailspace.catalogue.errors import BusyError, ConflictError, InvalidError
from cocktailspace.catalogue.imports import (
    ListedImport,
    StoredImport,
    add_import,
    change_import,
    delete_import,
    get_import,
    list_imports,
)
from cocktailspace.catalogue.transfer import CatalogueFile, ImportSummary, import_file, load_file
from cocktailspace.collector import paused_collector
from cocktailspace.importing.applying import Applied, apply_plan, undo
from cocktailspace.importing.decisions import Decisions, void_answers
from cocktailspace.importing.own_files import import_own_file
from cocktailspace.importing.planning import Plan, make_plan
from cocktailspace.importing.readers.child_process import read_in_child
from cocktailspace.importing.rows import Collection, as_objects, from_objects
from cocktailspace.times import Clock, utc_now

AT_ONCE = 2
"""Files that are read, or plans that are made, at the same time."""
PATIENCE_SECONDS = 1.0


class StalePlanError(ConflictError):
    """What a plan rests on has changed since it was looked at."""


class UndecidedError(ConflictError):
    """A plan has questions that nobody has answered."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import and its plan as it would be carried out now."""

    stored: StoredImport
    plan: Plan


class Imports:
    """The imports of a catalogue. Each belongs to who began it: nobody else sees it."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def start(
        self,
        owner: str,
        name: str,
        body: bytes,
        *,
        mapping: Mapping[str, str] | None = None,
        decisions: Decisions | None = None,
    ) -> Import:
        """Read a file in a child process and plan what it would do; UnreadableError."""
        with self._working():
            found = read_in_child(name, body, mapping)
            return self.plan(owner, name, hashlib.sha256(body).hexdigest(), found, decisions)

    def plan(
        self,
        owner: str,
        name: str,
        sha256: str,
        found: Collection,
        decisions: Decisions | None = None,
    ) -> Import:
        """Plan what a file that was read would do."""
        new = self._new(owner, name, sha256, found, decisions or Decisions())
        with self._database.transaction() as tx:
            add_import(tx.connection, new)
        return self._planned(new)

    def get(self, owner: str, import_id: str) -> Import:
        """An import of this owner, planned anew."""
        with self._working():
            return self._planned(self._stored(owner, import_id))

    def list(self, owner: str) -> list[ListedImport]:
        """The imports of this owner that can be gone on with or undone, the newest first."""
        with self._database.reading() as connection:
            return list_imports(connection, owner, self._clock())

    def decide(self, owner: str, import_id: str, decisions: Decisions) -> Import:
        """Keep what was decided, in place of what was decided before; InvalidError for an answer
        that names what is not there.
        """
        stored = self._stored(owner, import_id)
        if stored.state != "planned":
            raise ConflictError("this import was applied: there is nothing to decide any more")
        said = decisions.model_dump_json()
        with self._working():
            found = self._planned(dataclasses.replace(stored, decisions=said))
        if problems := [problem for _, problem in void_answers(decisions, found.plan.view)]:
            raise InvalidError(problems)
        with self._database.transaction() as tx:
            change_import(tx.connection, stored.id, decisions=said)
        return found

    def apply(self, owner: str, import_id: str, digest: str | None = None) -> Import:
        """Carry a plan out, whole or not at all; one that was carried out already is left so.

        digest: of the plan that was looked at. Raises StalePlanError where it would be another
        one by now, UndecidedError where questions are open.
        """
        return self.carry_out(self.get(owner, import_id), digest)

    def carry_out(self, found: Import, digest: str | None = None) -> Import:
        """Carry out a plan that was just made."""
        if found.stored.state == "applied":
            return found
        if found.stored.state == "undone":
            raise ConflictError("this import was undone; start it anew")
        with paused_collector(), self._database.transaction() as tx:
            stored = get_import(tx.connection, found.stored.id, found.stored.owner, self._clock())
            if stored.state == "applied":  # by a request that was sent twice, meanwhile
                return Import(stored, found.plan)
            plan = found.plan
            if catalogue_state(tx.connection).version != plan.view.version:
                plan = self._plan(tx.connection, found.stored)
            if digest is not None and plan.digest != digest:
                raise StalePlanError(
                    "the catalogue or the decisions changed since this plan was made: look again"
                )
            if plan.open_groups:
                names = sum(len(group.meanings) for group in plan.open_groups)
                raise UndecidedError(f"{names} names are not decided yet")
            applied = apply_plan(tx, plan)
            version = catalogue_state(tx.connection).version + len(tx.touched)
            change_import(
                tx.connection,
                found.stored.id,
                state="applied",
                applied=applied.packed(),
                applied_version=version,
            )
        return Import(self._stored(found.stored.owner, found.stored.id), plan)

    def take_own_file(
        self,
        owner: str,
        name: str,
        body: bytes,
        file: CatalogueFile,
        *,
        version: int,
        same: Mapping[str, str] | None = None,
        replace: bool = False,
    ) -> ImportSummary:
        """Import a file of `catalogue/1` or `/2` as it is, so that it can be undone.

        version: of the catalogue that its plan rests on; StalePlanError if that is another one by
        now. same: see `import_own_file`. replace: also delete what it lacks, which nobody undoes.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        new = self._new(owner, name, sha256, Collection(file.format), Decisions())

        def load(tx: Transaction, file: CatalogueFile) -> ImportSummary:
            if catalogue_state(tx.connection).version != version:
                raise StalePlanError("the catalogue changed since this plan was made: look again")
            if replace:
                return import_file(tx, file, replace=True)
            summary, applied = import_own_file(tx, file, same or {})
            if tx.touched:
                after = version + len(tx.touched)
                done = dataclasses.replace(
                    new, state="applied", applied=applied.packed(), applied_version=after
                )
                add_import(tx.connection, done)
            return summary

        return load_file(self._database, file, load=load)

    def undo(self, owner: str, import_id: str) -> StoredImport:
        """Put back what an import did, while nobody has touched it; else ConflictError."""
        stored = self._stored(owner, import_id)
        if stored.state != "applied" or stored.applied is None or stored.applied_version is None:
            raise ConflictError("this import is not applied: there is nothing to undo")
        applied = Applied.unpacked(stored.applied)
        with paused_collector(), self._database.transaction() as tx:
            undo(tx, applied, stored.applied_version)
            change_import(tx.connection, import_id, state="undone", applied=None)
        return self._stored(owner, import_id)

    def discard(self, owner: str, import_id: str) -> None:
        """Forget an import; what it did stays."""
        stored = self._stored(owner, import_id)
        with self._database.transaction() as tx:
            delete_import(tx.connection, stored.id)

    def _new(
        self, owner: str, name: str, sha256: str, found: Collection, decisions: Decisions
    ) -> StoredImport:
        return StoredImport(
            secrets.token_hex(16),
            owner,
            "planned",
            name,
            sha256,
            self._clock(),
            _packed(found),
            decisions.model_dump_json(),
        )

    def _stored(self, owner: str, import_id: str) -> StoredImport:
        with self._database.reading() as connection:
            return get_import(connection, import_id, owner, self._clock())

    def _planned(self, stored: StoredImport) -> Import:
        with paused_collector(), self._database.reading() as connection:
            return Import(stored, self._plan(connection, stored))

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Reading a file may take a minute and 1.5 GB, planning half a minute: few do at a time."""
        if not self._places.acquire(timeout=PATIENCE_SECONDS):
            raise BusyError(f"{AT_ONCE} imports are being worked on; try again in a few seconds")
        try:
            yield
        finally:
            self._places.release()

    def _plan(self, connection: Connection, stored: StoredImport) -> Plan:
        decisions = Decisions.model_validate_json(stored.decisions)
        name, limits = PurePath(stored.name).stem, self._database.limits
        return make_plan(connection, _unpacked(stored.content), decisions, name, limits)


def _packed(found: Collection) -> bytes:
    return zlib.compress(json.dumps(as_objects(found), ensure_ascii=False).encode(), 3)


def _unpacked(content: bytes) -> Collection:
    return from_objects(jiter.from_json(zlib.decompress(content)))
