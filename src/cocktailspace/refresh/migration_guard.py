"""Makes or upgrades the catalogue when its file was deleted or replaced while a server runs."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import SchemaError
from cocktailspace.catalogue.migrate import require_catalogue
from cocktailspace.times import Clock

logger = logging.getLogger(__name__)

REPLACEMENT_GRACE = timedelta(seconds=10)
"""How long the catalogue may be missing or old before the guard makes or upgrades it: somebody may
be replacing the file by hand."""


class MigrationGuard:
    """Makes a catalogue that somebody deleted, and upgrades an older one that was put in its place.

    prepare: makes or upgrades it, as at the server's start; None where another process does.
    """

    def __init__(
        self, database: Database, clock: Clock, prepare: Callable[[], None] | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._prepare = prepare
        self._unusable_since: datetime | None = None

    def ensure_usable(self) -> bool:
        """Whether there is a catalogue of our schema; if not, makes one after the grace period.

        Raises CatalogueError if this process can or may not do so.
        """
        try:
            require_catalogue(self._database)
        except SchemaError as error:
            if self._prepare is None:
                raise
            if self._within_grace():
                return False
            logger.warning("%s; making or upgrading it, as at the start of the server", error)
            self._prepare()
        self._unusable_since = None
        self._database.empty_wal()
        return True

    def _within_grace(self) -> bool:
        now = self._clock()
        if self._unusable_since is None or self._unusable_since > now:  # or the clock went back
            self._unusable_since = now
        return now - self._unusable_since < REPLACEMENT_GRACE
