"""`cocktailspace doctor`: checks of the set-up, each with a remedy."""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cocktailspace.artifacts.integrity import damaged_artifacts
from cocktailspace.artifacts.lease import SILENT_SECONDS
from cocktailspace.artifacts.manifest import read_published
from cocktailspace.artifacts.store import StoreError
from cocktailspace.bootstrap import Services, build_services
from cocktailspace.catalogue.audit import row_problems
from cocktailspace.catalogue.backup import damage
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.catalogue.forest import MOST_LEVELS
from cocktailspace.catalogue.migrate import require_catalogue
from cocktailspace.catalogue.missing_data import missing_data
from cocktailspace.catalogue.taxonomy import misplaced
from cocktailspace.settings import SettingsError, read_settings
from cocktailspace.wording import listed

_NAMED = 5
"""How many bad rows or ingredients a message names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; `remedy` says what to do when it fails."""

    ok: bool
    what: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Run all checks; with invalid settings, only those that do not depend on them."""
    findings = [_interpreter(), _compiler()]
    try:
        services = build_services(read_settings())
    except SettingsError as error:
        return [*findings, Finding(False, f"settings: {error}", "change the environment")]
    findings.append(Finding(True, "settings are valid"))
    checks: list[Callable[[Services], Finding]] = [
        _catalogue,
        _rows,
        _taxonomy,
        _unknown,
        *([_artifacts, _server] if services.settings.analytics_store == "folder" else []),
        *([_schedule] if services.settings.analytics_scheduler == "eventbridge" else []),
        _published,
    ]
    with closing(services):
        return findings + [check(services) for check in checks]


def _interpreter() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(sys.version_info >= (3, 11), f"Python {version}", "install Python 3.11 or newer")


def _compiler() -> Finding:
    """Whether a large catalogue's map can be computed; a small one's needs nothing compiled."""
    found = importlib.util.find_spec("numba") is not None
    what = "numba, which a map of more than 2,000 recipes needs"
    return Finding(True, f"{what}, is {'' if found else 'not '}installed")


def _catalogue(services: Services) -> Finding:
    where = services.database.path or "DATABASE_URL"
    try:
        require_catalogue(services.database)
    except CatalogueError as error:
        return Finding(False, f"catalogue: {error}", "run `cocktailspace serve`")
    if found := damage(services.database):
        remedy = "put a backup back with `cocktailspace restore --force`"
        return Finding(False, f"catalogue at {where} is damaged: {found}", remedy)
    return Finding(True, f"catalogue at {where}")


def _rows(services: Services) -> Finding:
    """Rows that break the rules: only a file that was copied over the catalogue can bring them."""
    try:
        with services.database.reading() as connection:
            problems = list(islice(row_problems(connection), _NAMED))
    except CatalogueError as error:
        return Finding(False, f"rows: {error}", "repair the catalogue first")
    if not problems:
        return Finding(True, "every row keeps the rules")
    what = f"rows break the rules: {'; '.join(map(str, problems))}"
    return Finding(False, what, "correct them, or put a backup back with `cocktailspace restore`")


def _unknown(services: Services) -> Finding:
    """What volumes and strengths rest on that nobody said; nothing is out of order with it."""
    try:
        with services.database.reading() as connection:
            found = missing_data(connection)
    except CatalogueError as error:
        return Finding(False, f"ingredients: {error}", "mend the catalogue first")
    said = [
        f"{what} of {len(names):,} is unknown: {_named(names)}"
        for what, names in (
            ("the volume of a piece", found.pieces),
            ("the strength", found.strengths),
        )
        if names
    ]
    said += [
        f"{name!r} counts 5 ml, of which most is poured away: try 0.5" for name in found.rinses
    ]
    return Finding(True, f"ingredients: {'; '.join(said) or 'all is known of those in use'}")


def _named(names: list[str]) -> str:
    return listed([repr(each) for each in names], _NAMED)


def _taxonomy(services: Services) -> Finding:
    """Cycles and too deep levels: only a file that was copied over the catalogue can bring them."""
    try:
        with services.database.reading() as connection:
            names = misplaced(connection)
    except CatalogueError as error:
        return Finding(False, f"taxonomy: {error}", "repair the catalogue first")
    if not names:
        return Finding(True, "the taxonomy has no cycles")
    what = f"ingredients are deeper than {MOST_LEVELS} levels or below themselves: {_named(names)}"
    return Finding(False, what, "give them a family higher up; until then they count as there")


def _artifacts(services: Services) -> Finding:
    folder = services.settings.artifacts_folder
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    what = f"artifacts folder {folder}"
    if not _writable(existing):
        return Finding(False, f"{what} cannot be written", f"give write access to {existing}")
    return Finding(True, f"{what} can be written")


def _server(services: Services) -> Finding:
    """The server that publishes to this folder, if one runs."""
    holder = services.lease.holder() if services.lease is not None else None
    if holder is None:
        return Finding(True, "no server runs here")
    try:
        with services.database.reading() as connection:
            ours = catalogue_state(connection).catalogue_id
    except CatalogueError as error:
        return Finding(False, f"server: {error}", "repair the catalogue first")
    if holder.catalogue_id != ours:
        what = f"a server of another catalogue ({holder.catalogue_id}) publishes to this folder"
        return Finding(False, what, "give each catalogue a folder of its own with ANALYTICS_PATH")
    if holder.silent_seconds > SILENT_SECONDS:
        what = f"the server's refresher has not worked for {holder.silent_seconds:.0f} s"
        return Finding(False, what, "its log says why; else start the server again")
    return Finding(True, "the server's refresher works")


def _schedule(services: Services) -> Finding:
    return Finding(True, f"edits move the schedule {services.settings.analytics_schedule_name}")


def _writable(folder: Path) -> bool:
    if not os.access(folder, os.W_OK):
        return False
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _published(services: Services) -> Finding:
    try:
        published = read_published(services.store)
    except StoreError as error:
        return Finding(False, f"published analytics: {error}", "repair the store")
    if published is None:
        return Finding(False, "nothing is published yet", "run `cocktailspace refresh`")
    if published.manifest is None:
        return Finding(False, "the manifest is damaged", "run `cocktailspace refresh`")
    try:
        names = damaged_artifacts(services.store, published.manifest)
    except StoreError as error:
        return Finding(False, f"published analytics: {error}", "repair the store")
    if names:
        what = f"published analytics are damaged: {', '.join(names)}"
        return Finding(False, what, "run `cocktailspace refresh`")
    return Finding(True, f"published version {published.manifest.source_version}")
