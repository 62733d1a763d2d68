"""A catalogue restored from a backup is another one than what is published."""

import logging

from cocktailspace.catalogue.changes import renew_identity
from cocktailspace.catalogue.database import Database
from cocktailspace.refresh.status import RefreshStatus

logger = logging.getLogger(__name__)


def renew_restored(database: Database, status: RefreshStatus) -> bool:
    """Give a restored catalogue a new identity: its versions mean other contents than before."""
    if not status.restored:
        return False
    with database.transaction() as tx:
        catalogue_id = renew_identity(tx.connection, known=status.catalogue.catalogue_id)
    if catalogue_id is None:  # another process was first
        return True
    logger.warning(
        "the catalogue %s is at version %d, but version %s of it is published with other contents: "
        "it was restored from a backup; from now on it is %s",
        status.catalogue.catalogue_id,
        status.catalogue.version,
        status.manifest and status.manifest.source_version,
        catalogue_id,
    )
    return True
