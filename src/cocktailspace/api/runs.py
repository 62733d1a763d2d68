"""The last published runs that were asked for, read once and kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from cocktailspace.analytics.published import is_readable
from cocktailspace.api.errors import NotYetError
from cocktailspace.artifacts.integrity import IntegrityChecker
from cocktailspace.artifacts.manifest import ArtifactName, Manifest, read_published
from cocktailspace.artifacts.store import ArtifactStore, MissingError

RUNS_KEPT = 2

Content = TypeVar("Content")


class PublishedRuns(Generic[Content]):
    """What is read of runs, by their ids."""

    def __init__(
        self,
        store: ArtifactStore,
        integrity: IntegrityChecker,
        artifacts: Sequence[ArtifactName],
        read: Callable[[ArtifactStore, str], Content],
    ) -> None:
        """artifacts: what `read` needs of a run."""
        self._store, self._integrity = store, integrity
        self._artifacts, self._make = artifacts, read
        self._kept: OrderedDict[str, Content] = OrderedDict()
        self._lock = threading.Lock()

    def current(self) -> tuple[Manifest, Content]:
        """What is published now; NotYetError before the first, and until a run of another form is
        replaced. Waits while another request reads the run.
        """
        published = read_published(self._store)
        manifest = published.manifest if published else None
        if manifest is None:
            raise NotYetError("no analytics have been computed yet; they follow within moments")
        if not is_readable(manifest):
            raise NotYetError(
                "the analytics are being computed anew by a newer version; they follow within "
                "moments"
            )
        return manifest, self.of(manifest.run_id)

    def of(self, run_id: str) -> Content:
        """Of one run; NotYetError if it is gone, or of another form."""
        with self._lock:
            if run_id not in self._kept:
                self._kept[run_id] = self._read(run_id)
                if len(self._kept) > RUNS_KEPT:
                    self._kept.popitem(last=False)
            return self._kept[run_id]

    def _read(self, run_id: str) -> Content:
        try:
            for name in self._artifacts:
                self._integrity.verify(self._integrity.entry(run_id, name))
            return self._make(self._store, run_id)
        except MissingError:  # deleted by hand, or replaced just now
            raise NotYetError(
                f"some of the run {run_id} is gone; it is computed anew within moments"
            ) from None
        except (KeyError, TypeError, ValueError):  # a newer program's: this one was rolled back
            raise NotYetError(
                f"the run {run_id} is of a form that this version of the program cannot read; "
                "`cocktailspace refresh --force` computes it anew"
            ) from None
