"""A Dask cluster in this process, with TLS as everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dask
from distributed import LocalCluster, Security

from cocktailspace.analytics.cluster import Certificates


@dataclass(frozen=True)
class DaskCluster:
    """A scheduler and its workers; certificates: with which they may be reached."""

    local: LocalCluster
    certificates: Certificates

    @property
    def address(self) -> str:
        return str(self.local.scheduler_address)

    def lose_workers(self, number: int) -> None:
        """End some workers at once, with what they compute and hold."""
        for worker in list(self.local.workers.values())[:number]:
            self.local.sync(worker.close, executor_wait=False, nanny=False)

    def lose_scheduler(self) -> None:
        self.local.sync(self.local.scheduler.close)


def new_certificates(folder: Path) -> Certificates:
    """A certificate that signs itself, and its key."""
    folder.mkdir(exist_ok=True)
    made = Security.temporary()
    files = Certificates(folder / "ca.pem", folder / "certificate.pem", folder / "key.pem")
    files.authority.write_text(made.tls_ca_file)
    files.certificate.write_text(made.tls_client_cert)
    files.key.write_text(made.tls_client_key)
    return files


@contextmanager
def dask_cluster(folder: Path, workers: int) -> Iterator[DaskCluster]:
    """So many workers of one thread each."""
    files = new_certificates(folder)
    roles = {
        f"tls_{role}_{part}": str(file)
        for role in ("scheduler", "worker", "client")
        for part, file in (("cert", files.certificate), ("key", files.key))
    }
    impatient = dask.config.set({"distributed.comm.timeouts.connect": "2s"})
    with (
        impatient,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=False,
            protocol="tls://",
            host="127.0.0.1",
            dashboard_address=":0",
            security=Security(require_encryption=True, tls_ca_file=str(files.authority), **roles),
        ) as local,
    ):
        yield DaskCluster(local, files)
