"""One node of a Batch job on several instances: `python -m cocktailspace.analytics.batch_node`.

The main node schedules and runs the job, the others compute for it. Whoever has CLUSTER_PEM, a
certificate that signs itself and its key, belongs to the cluster.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

SCHEDULER_PORT, WORKER_PORT = 8786, 8787


def main() -> NoReturn:
    """Become what this node is to be."""
    environment = dict(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))  # which nobody else may read
    pem = folder / "cluster.pem"
    pem.write_text(environment.pop("CLUSTER_PEM"))
    environment["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] = "True"
    main_node = environment.get("AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS")
    if main_node is None:
        subprocess.Popen(scheduler_command(pem), env=environment)  # noqa: S603 - ends with this container
        command = [sys.executable, "-m", "cocktailspace.analytics"]
        environment |= job_environment(pem)
    else:
        command = worker_command(pem, main_node)
    os.execve(command[0], command, environment)  # noqa: S606 - signals reach the job itself


def scheduler_command(pem: Path) -> list[str]:
    """Start the scheduler of the cluster."""
    return [*_DASK, "scheduler", "--port", str(SCHEDULER_PORT), *_tls(pem)]


def worker_command(pem: Path, main_node: str) -> list[str]:
    """Start a worker with a thread for each processor."""
    scheduler = f"tls://{main_node}:{SCHEDULER_PORT}"
    options = ["--worker-port", str(WORKER_PORT), "--no-nanny", f"--local-directory={pem.parent}"]
    return [*_DASK, "worker", scheduler, *options, *_tls(pem)]


def job_environment(pem: Path) -> Mapping[str, str]:
    """Settings by which the job finds the cluster."""
    return {
        "ANALYTICS_CLUSTER": f"tls://127.0.0.1:{SCHEDULER_PORT}",
        "ANALYTICS_CLUSTER_CERTIFICATE": str(pem),
    }


_DASK = [sys.executable, "-m", "dask"]


def _tls(pem: Path) -> list[str]:
    files = [f"--tls-{each}={pem}" for each in ("ca-file", "cert", "key")]
    return ["--protocol", "tls", "--no-dashboard", *files]


if __name__ == "__main__":
    main()
