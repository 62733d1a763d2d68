"""Sees to the catalogue's file while a server runs."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import SchemaError
from cocktailspace.catalogue.migrate import require_catalogue
from cocktailspace.times import Clock

logger = logging.getLogger(__name__)

EXCHANGE_PATIENCE = timedelta(seconds=10)
"""How long whoever moves files about by hand may leave us without a catalogue."""


class Caretaker:
    """Keeps a catalogue usable that somebody deleted, or put an older one in the place of.

    prepare: makes or upgrades it, as at the server's start; None where that is others' business.
    """

    def __init__(
        self, database: Database, clock: Clock, prepare: Callable[[], None] | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._prepare = prepare
        self._unusable_since: datetime | None = None

    def sees_to_it(self) -> bool:
        """Whether there is a catalogue of our schema; before long there will be.

        Raises CatalogueError where nothing can be done about it here.
        """
        try:
            require_catalogue(self._database)
        except SchemaError as error:
            if self._prepare is None:
                raise
            if self._waits_for_others():
                return False
            logger.warning("%s; doing what a start of the server does", error)
            self._prepare()
        self._unusable_since = None
        self._database.empty_wal()
        return True

    def _waits_for_others(self) -> bool:
        now = self._clock()
        if self._unusable_since is None or self._unusable_since > now:  # or the clock went back
            self._unusable_since = now
        return now - self._unusable_since < EXCHANGE_PATIENCE
