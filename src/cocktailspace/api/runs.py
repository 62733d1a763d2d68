"""A cache of the published runs that were asked for last."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from cocktailspace.analytics.published import is_readable
from cocktailspace.api.errors import NotPublishedError
from cocktailspace.api.fair_queue import without_slot
from cocktailspace.api.recently_used import RecentlyUsed
from cocktailspace.artifacts.integrity import IntegrityChecker
from cocktailspace.artifacts.manifest import ArtifactName, Manifest, current_manifest
from cocktailspace.artifacts.store import ArtifactStore, MissingError, StoreError

CACHED_RUNS = 2

Content = TypeVar("Content")


def published_manifest(store: ArtifactStore) -> Manifest:
    """The manifest of what is published; NotPublishedError before the first run."""
    if (manifest := current_manifest(store)) is None:
        raise NotPublishedError(
            "the analytics have not been computed yet; they follow within moments"
        )
    return manifest


class PublishedRuns(Generic[Content]):
    """Reads the contents of published runs by run id, and caches the last ones."""

    def __init__(
        self,
        store: ArtifactStore,
        integrity: IntegrityChecker,
        artifacts: Sequence[ArtifactName],
        read: Callable[[ArtifactStore, str], Content],
    ) -> None:
        """artifacts: what `read` needs of a run."""
        self._store, self._integrity = store, integrity
        self._artifacts, self._read_content = artifacts, read
        self._cached: RecentlyUsed[str, Content] = RecentlyUsed(CACHED_RUNS)
        self._lock = threading.Lock()
        self._reader = ThreadPoolExecutor(1, "published-runs")

    async def load(self, request: Request) -> None:
        """A dependency of routes that ask for `current`: has the run read before their functions
        run. That takes seconds at 100,000 recipes, in which requests that wait for it hold no slot.
        """
        manifest = await run_in_threadpool(current_manifest, self._store)
        if manifest is not None and self._cached.get(manifest.run_id) is None:
            async with without_slot(request):
                with suppress(NotPublishedError, StoreError):  # `current` raises it again
                    loop = asyncio.get_running_loop()
                    await loop.run_in_executor(self._reader, self.of, manifest.run_id)

    def current(self) -> tuple[Manifest, Content]:
        """The current manifest and its run's content, which one request reads while others wait.

        NotPublishedError before the first run, and until one of another form is replaced.
        """
        manifest = published_manifest(self._store)
        if not is_readable(manifest):
            raise NotPublishedError(
                "the analytics are being computed anew by a newer version; they follow within "
                "moments"
            )
        return manifest, self.of(manifest.run_id)

    def of(self, run_id: str) -> Content:
        """The content of one run; NotPublishedError if it is gone, or of another form."""
        with self._lock:
            if (found := self._cached.get(run_id)) is None:
                found = self._read(run_id)
                self._cached.add(run_id, found)
            return found

    def _read(self, run_id: str) -> Content:
        try:
            for name in self._artifacts:
                self._integrity.verify_artifact(run_id, name)
            return self._read_content(self._store, run_id)
        except MissingError:  # deleted by hand, or replaced just now
            raise NotPublishedError(
                f"some of the run {run_id} is gone; it is computed anew within moments"
            ) from None
        except (KeyError, TypeError, ValueError):  # a newer program's: this one was rolled back
            raise NotPublishedError(
                f"the run {run_id} is of a form that this version of the program cannot read; "
                "`cocktailspace refresh --force` computes it anew"
            ) from None
