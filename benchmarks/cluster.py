"""The job on a Dask cluster: `python -m benchmarks.cluster [--recipes N]`; needs root and iproute2.

A real scheduler, workers and the job are processes, each in a network namespace of its own on one
bridge, so that what each sends is counted by its interface, TLS and all. The job runs alone, with
1, 2 and 4 workers of one thread, and with 4 of which one is killed in the middle of the search;
what each run publishes is compared with what was published alone.
"""

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.hosts import Host, connected_hosts

from benchmarks.whole_job import _apart, fill
from cocktailspace.artifacts.attempt import read_attempt
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import read_published

_BIN = Path(sys.executable).parent
_PORT = 8786
_KILL_AT = 0.05  # of the search for neighbours


@dataclass
class Process:
    """A process on a host, and what it has used once it has ended."""

    host: Host
    child: subprocess.Popen[bytes]
    seconds: float = 0.0
    peak_mb: float = 0.0

    @classmethod
    def start(cls, host: Host, *command: str, **environment: str) -> "Process":
        """Start it; standard output is kept."""
        child = subprocess.Popen(
            host.command(*command),
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return cls(host, child)

    def end(self, number: int | None = None) -> int:
        """Wait for its end, after a signal; its exit code."""
        self._look()
        if number is not None:
            self.child.send_signal(number)
        while not (ended := os.wait4(self.child.pid, os.WNOHANG))[0]:
            self._look()
            time.sleep(0.1)
        _, status, usage = ended
        self.child.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = usage.ru_utime + usage.ru_stime
        return self.child.returncode

    def _look(self) -> None:
        """Note its peak memory. What wait4 has of that begins with what its parent had."""
        lines = Path(f"/proc/{self.child.pid}/status").read_text().splitlines()
        peaks = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
        self.peak_mb = max([self.peak_mb, *(peak / 1024 for peak in peaks)])


@dataclass(frozen=True)
class Run:
    """What one job took."""

    name: str
    seconds: float
    job: Process
    scheduler: Process | None
    workers: list[Process]
    sent: dict[str, int]
    steps: dict[str, float]
    digests: dict[str, str]


def new_certificate(folder: Path) -> Path:
    """The file that docs/scaling.md makes."""
    key, certificate, both = (folder / name for name in ("key.pem", "crt.pem", "cluster.pem"))
    made = ["req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", "2", "-subj", "/CN=cluster"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    openssl = shutil.which("openssl") or "openssl"
    subprocess.run([openssl, *made, *files], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both


def run(place: Path, hosts: list[Host], workers: int, *, kill: bool = False) -> Run:
    """Run the job into a folder of its own, with so many workers."""
    pem, artifacts = str(place / "cluster.pem"), place / f"artifacts-{workers}-{kill}"
    common = {"NUMBA_CACHE_DIR": str(place / "cache")}
    tls = ["--protocol", "tls", "--no-dashboard"]
    for option in ("ca-file", "cert", "key"):
        tls += [f"--tls-{option}", pem]
    at, scheduler, started = hosts[0], None, []
    environment = {
        **common,
        "DB_PATH": str(place / "catalogue.sqlite"),
        "ANALYTICS_PATH": str(artifacts),
    }
    if workers:
        encrypted = {**common, "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}
        dask, address = str(_BIN / "dask"), f"tls://{hosts[1].address}:{_PORT}"
        scheduler = Process.start(
            hosts[1], dask, "scheduler", "--port", str(_PORT), *tls, **encrypted
        )
        options = ("worker", address, "--nthreads", "1", "--no-nanny", *tls)
        started = [Process.start(host, dask, *options, **encrypted) for host in hosts[2:][:workers]]
        environment |= {
            "ANALYTICS_CLUSTER": address,
            "ANALYTICS_CLUSTER_CERTIFICATE": pem,
            "ANALYTICS_WITHOUT_CLUSTER": "fail",
        }
        time.sleep(8)  # so that all workers are there, whatever the machine does besides
    before = {host.name: host.sent() for host in hosts}
    began = time.perf_counter()
    job = Process.start(at, sys.executable, "-m", "cocktailspace.analytics", **environment)
    if kill:
        _wait_for_the_middle(artifacts, job)
        started[0].end(signal.SIGKILL)
    if code := job.end():
        raise SystemExit(f"the job ended with {code}: {job.child.stdout.read().decode()}")
    seconds = time.perf_counter() - began
    sent = {host.name: host.sent() - before[host.name] for host in hosts}
    for process in [*started[1 if kill else 0 :], *([scheduler] if scheduler else [])]:
        process.end(signal.SIGTERM)
    name = f"{workers}, one killed" if kill else f"{workers}" if workers else "alone"
    return Run(name, seconds, job, scheduler, started, sent, *_published(artifacts))


def _wait_for_the_middle(artifacts: Path, job: Process) -> None:
    """Wait for the search to be under way. Progress is written once a second at most."""
    while job.child.poll() is None:
        attempt = read_attempt(FolderStore(artifacts))
        if attempt and attempt.step == "neighbours" and attempt.fraction >= _KILL_AT:
            return
        time.sleep(0.01)
    raise SystemExit("the job ended before a worker could be killed: take more recipes")


def _published(artifacts: Path) -> tuple[dict[str, float], dict[str, str]]:
    """Seconds of each step, and a digest of each artifact without its metadata."""
    published = read_published(FolderStore(artifacts))
    assert published is not None
    assert published.manifest is not None
    digests = {}
    for name, entry in published.manifest.artifacts.items():
        body = (artifacts / entry.key).read_bytes()
        digests[name] = hashlib.sha256(body[: body.rindex(b'"metadata"')]).hexdigest()
    return published.manifest.seconds, digests


def _print_head() -> None:
    print(
        "| workers | job | workers | scheduler | sent by the job | by workers | by the scheduler |"
    )
    print("|---|---|---|---|---|---|---|")


def _print(each: Run, hosts: list[Host]) -> None:
    sent = [each.sent[host.name] / 1e6 for host in hosts]
    cells = [each.name, f"{each.job.seconds:.1f} s, {each.job.peak_mb:.0f} MB"]
    if scheduler := each.scheduler:
        peak = max(worker.peak_mb for worker in each.workers)
        cells += [
            f"{sum(worker.seconds for worker in each.workers):.1f} s, {peak:.0f} MB",
            f"{scheduler.seconds:.1f} s, {scheduler.peak_mb:.0f} MB",
            f"{sent[0]:.1f} MB",
            f"{sum(sent[2:]):.1f} MB",
            f"{sent[1]:.2f} MB",
        ]
    print("| " + " | ".join(cells + ["–"] * (7 - len(cells))) + " |", flush=True)
    print(f"{each.name}: {each.seconds:.1f} s, {each.steps}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", type=int, default=100_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    arguments = parser.parse_args()
    most = max(arguments.workers)
    with tempfile.TemporaryDirectory() as folder, connected_hosts(2 + most) as hosts:
        place = Path(folder)
        (place / "cache").mkdir()
        new_certificate(place)
        _apart(fill, place, arguments.recipes)
        _print_head()
        plans = [(workers, False) for workers in (0, *arguments.workers)] + [(most, True)]
        alone: Run | None = None
        for workers, kill in plans:
            each = run(place, hosts, workers, kill=kill)
            alone = alone or each
            _print(each, hosts)
            if each.digests != alone.digests:
                raise SystemExit("the results differ")
        print(f"All published the same, in {len(alone.digests if alone else ())} artifacts.")


if __name__ == "__main__":
    main()
