"""Workers of a Dask cluster: each block of the work is a task, what they share is broadcast once.

Whoever reaches a Dask scheduler or worker can have it run any code, so the job speaks TLS alone,
with certificates on both sides.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask

# Before distributed is loaded, which would write its own form of log beside the job's.
_LOGGERS = {"distributed": {"level": "WARNING"}}
dask.config.set({"logging": {"version": 1, "incremental": True, "loggers": _LOGGERS}})

from distributed import (  # noqa: E402
    CancelledError,
    Client,
    Future,
    KilledWorker,
    Security,
    get_worker,
    wait,
)

from cocktailspace import __version__  # noqa: E402
from cocktailspace.analytics.transport.neighbours import (  # noqa: E402
    MissingNumbaError,
    load_search,
)
from cocktailspace.analytics.transport.workers import (  # noqa: E402
    Block,
    LostWorkersError,
    Result,
    Shared,
    Workers,
)
from cocktailspace.wording import counted  # noqa: E402

logger = logging.getLogger(__name__)

_AT_ONCE = 4
"""Blocks for each thread of the cluster that are begun and not taken yet."""


@dataclass(frozen=True)
class Certificates:
    """PEM files: whose signature is trusted, and as whom the job shows itself."""

    authority: Path
    certificate: Path
    key: Path


class Cluster:
    """The workers of the Dask scheduler at an address, tls://host:port.

    instead: who computes the rest when the cluster cannot be used; without, LostWorkersError is
    raised.
    patience: seconds to wait for the scheduler, and for a worker while there is none.
    """

    def __init__(
        self,
        address: str,
        certificates: Certificates,
        *,
        instead: Workers | None,
        patience: float = 60.0,
    ) -> None:
        self._address = address
        self._certificates = certificates
        self._instead = instead
        self._patience = patience
        self._client: Client | None = None
        self._lost = False

    def map_blocks(
        self, work: Callable[[Shared, int, int], Result], shared: Shared, blocks: Sequence[Block]
    ) -> Iterator[tuple[Block, Result]]:
        """Yield each block and its result; connects when it is first called."""
        left = dict.fromkeys(blocks)
        if not self._lost:
            try:
                for block, result in self._results(work, shared, blocks):
                    del left[block]
                    yield block, result
            except LostWorkersError as error:
                if self._instead is None:
                    raise
                self._lost = True
                rest = f"{len(left):,} of {counted(len(blocks), 'block')}"
                logger.warning("%s; this machine computes %s and what follows", error, rest)
        if left and self._instead is not None:
            yield from self._instead.map_blocks(work, shared, list(left))

    def close(self) -> None:
        """Leave the cluster."""
        if self._client is not None:
            self._client.close(timeout=5)
            self._client = None

    def _results(
        self, work: Callable[[Shared, int, int], Result], shared: Shared, blocks: Sequence[Block]
    ) -> Iterator[tuple[Block, Result]]:
        with self._losses():
            client = self._connected()
            [everywhere] = client.scatter([shared], broadcast=True, hash=False)
            begun: dict[Future, Block] = {}
            at_once = _at_once(client)
            for block in blocks:
                if len(begun) >= at_once:
                    yield from self._finished(client, begun)
                    at_once = _at_once(client)  # workers come and go
                future = client.submit(_compute, __version__, work, everywhere, block, pure=False)
                begun[future] = block
            while begun:
                yield from self._finished(client, begun)

    def _finished(self, client: Client, begun: dict[Future, Block]) -> Iterator[tuple[Block, Any]]:
        """Wait for some blocks, and take them out of those that were begun."""
        while True:
            try:
                with client.as_current():
                    done = list(wait(list(begun), self._patience, "FIRST_COMPLETED").done)
                break
            except TimeoutError:
                self._wait_for_a_worker(client)
        for future, result in zip(done, client.gather(done), strict=True):
            yield begun.pop(future), result

    @contextmanager
    def _losses(self) -> Iterator[None]:
        """Whatever tells that the cluster is lost becomes a LostWorkersError."""
        try:
            yield
        except KilledWorker as error:
            raise LostWorkersError(f"the workers of {self._address} die: {error}") from error
        except (CancelledError, OSError) as error:
            if self._client is None:
                message = f"no cluster answers at {self._address}: {error}"
                raise LostWorkersError(message) from error
            raise self._lost_cluster() from error

    def _lost_cluster(self) -> LostWorkersError:
        return LostWorkersError(f"the cluster at {self._address} is lost")

    def _connected(self) -> Client:
        if self._client is None:
            files = self._certificates
            security = Security(
                require_encryption=True,
                tls_ca_file=str(files.authority),
                tls_client_cert=str(files.certificate),
                tls_client_key=str(files.key),
            )
            self._client = Client(
                self._address,
                security=security,
                timeout=self._patience,
                direct_to_workers=True,
                set_as_default=False,
            )
            self._wait_for_a_worker(self._client)
            _require_fit_workers(self._client)
            workers = self._client.nthreads()
            threads = counted(sum(workers.values()), "thread")
            logger.info("%s: %s, %s", self._address, counted(len(workers), "worker"), threads)
        return self._client

    def _wait_for_a_worker(self, client: Client) -> None:
        if client.status != "running":
            raise self._lost_cluster()
        try:
            client.wait_for_workers(1, timeout=self._patience)
        except TimeoutError:
            raise LostWorkersError(f"the scheduler at {self._address} has no worker") from None


def _at_once(client: Client) -> int:
    """How many blocks keep all threads busy; one where no worker is left for now."""
    threads: int = sum(client.nthreads().values())
    return max(1, _AT_ONCE * threads)


def _require_fit_workers(client: Client) -> None:
    """Check that all workers have this version of the program, and what it needs."""
    for worker, version in client.run(_version, on_error="return").items():
        if isinstance(version, MissingNumbaError):
            raise LostWorkersError(f"the worker {worker} has no numba; {_remedy(__version__)}")
        _require_version(worker, version if isinstance(version, str) else None, __version__)


def _version() -> str:
    """This version, of a worker that can search."""
    load_search()
    return __version__


def _require_version(worker: str, found: str | None, wanted: str) -> None:
    if found != wanted:
        has = f"cocktailspace {found}" if found else "no cocktailspace of this version"
        raise LostWorkersError(f"the worker {worker} has {has}; {_remedy(wanted)}")


def _remedy(version: str) -> str:
    return f"it needs pip install 'cocktailspace[analytics,cluster]=={version}'"


def _compute(
    version: str, work: Callable[[Shared, int, int], Result], shared: Shared, block: Block
) -> Result:
    """What a worker does. One that came later may be of another version than the job."""
    _require_version(get_worker().address, __version__, version)
    return work(shared, *block)
