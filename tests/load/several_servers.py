"""Three servers on one PostgreSQL behind nginx, in network namespaces, with faults: who runs a job,
what is published, what was acknowledged.

`python -m tests.load.several_servers [--seconds 60]`, as root on Linux. One server is cut off from
the network, one is killed, one has a clock that is an hour late (libfaketime).
"""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg

from tests.hosts import MACHINE, NETWORK, Host, connected_hosts
from tests.nginx import nginx_command, nginx_program
from tests.postgres import PostgresServer, postgres_programs, server_folder
from tests.waiting import PATIENCE_SECONDS, eventually

PORT = 8000
DATABASE_PORT = 54329
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
COMMAND = [sys.executable, "-c", "from cocktailspace.cli import main; main()"]


def ask(
    address: str, port: int, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any]:
    """One request; status 0 when there was no answer."""
    connection = HTTPConnection(address, port, timeout=20)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json", **sent})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content[:1] in (b"{", b"[") else None
    except (OSError, HTTPException, ValueError):
        return 0, None
    finally:
        connection.close()


@dataclass
class Node:
    """A server in a network namespace of its own."""

    host: Host
    environment: dict[str, str]
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        named = ("unshare", "--uts", "sh", "-c", f'hostname {self.host.name}; exec "$@"', "sh")
        command = self.host.command(*named, *COMMAND, "serve", "--host", self.host.address)
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def wait(self) -> None:
        eventually(
            lambda: ask(self.host.address, PORT, "GET", "/healthz")[0] == 200,
            lambda: self.log.read_text()[-2_000:],
        )

    def kill(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()


@contextmanager
def proxy(folder: Path, nodes: list[Node]) -> Iterator[None]:
    """An nginx that spreads requests over the servers, and goes on to the next where one fails."""
    servers = "".join(
        f"server {node.host.address}:{PORT} max_fails=1 fail_timeout=2s;" for node in nodes
    )
    program = nginx_program()
    assert program is not None, "Debian: nginx"
    command = nginx_command(
        program,
        folder,
        f"upstream bar {{ {servers} }} server {{ listen {MACHINE}:{PORT}; location / {{ "
        "proxy_pass http://bar; proxy_connect_timeout 1s; proxy_read_timeout 15s; "
        "proxy_set_header X-Forwarded-For $remote_addr; } }",
    )
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        child.terminate()
        child.wait()


@dataclass
class Seen:
    """What was observed."""

    acknowledged: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    published: list[int] = field(default_factory=list)
    holders: Counter[str] = field(default_factory=Counter)
    most_jobs: int = 0
    mixed: list[str] = field(default_factory=list)


def write_often(token: str, stop: threading.Event, seen: Seen) -> None:
    """Make ingredients through the proxy; what gets no answer is repeated under its key."""
    while not stop.is_set():
        name = f"Thing {secrets.token_hex(6)}"
        headers = {"Authorization": f"Bearer {token}", "Idempotency_Key": name}
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            status, _ = ask(MACHINE, PORT, "POST", "/api/v1/ingredients", {"name": name}, **headers)
            seen.statuses[status] += 1
            if status == 201:
                seen.acknowledged.add(name)
                break
            assert status in (0, 502, 503, 504), status
            time.sleep(0.2)
        time.sleep(0.1)


def watch(url: str, artifacts: Path, stop: threading.Event, seen: Seen) -> None:
    """What is published and who has the job's lock, ten times a second, and once in the end."""
    holders = (
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE "
        "locktype = 'advisory' AND granted AND application_name <> 'cocktailspace'"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        stopped = False
        while not stopped:
            stopped = stop.wait(0.1)
            found = [name for (name,) in connection.execute(holders)]
            seen.most_jobs = max(seen.most_jobs, len(found))
            seen.holders.update(found)
            with suppress(FileNotFoundError):
                manifest = json.loads((artifacts / "analytics/v1/manifest.json").read_text())
                version = manifest["source_version"]
                if not seen.published or seen.published[-1] != version:
                    seen.published.append(version)
                    check_run(artifacts, manifest, seen)


def check_run(artifacts: Path, manifest: Any, seen: Seen) -> None:
    """All artifacts of a manifest are of one run."""
    for name, entry in manifest["artifacts"].items():
        found = json.loads((artifacts / entry["key"]).read_text())["metadata"]["source_version"]
        if found != manifest["source_version"]:
            seen.mixed.append(f"{name}: {found}, not {manifest['source_version']}")


def faults(nodes: list[Node], seconds: float) -> Iterator[str]:
    """What goes wrong, one after another."""
    step = seconds / 5
    time.sleep(step)
    nodes[0].host.connect(up=False)
    yield "server 1 is cut off"
    time.sleep(step)
    nodes[1].kill()
    yield "server 2 is killed; only server 3, whose clock is an hour late, is left"
    time.sleep(step)
    nodes[1].start()
    yield "server 2 is started again"
    time.sleep(step)
    nodes[0].host.connect(up=True)
    yield "server 1 is back"
    time.sleep(step)


def main() -> None:
    """Set up, let things go wrong, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    programs = postgres_programs()
    assert programs is not None
    assert FAKETIME.exists(), "Debian: faketime"
    with tempfile.TemporaryDirectory(prefix="several-") as made, ExitStack() as stack:
        first, second, late = stack.enter_context(connected_hosts(3))
        folder = Path(made)
        place = stack.enter_context(server_folder())
        server = PostgresServer(programs, place, durable=True, address=MACHINE, port=DATABASE_PORT)
        server.initialise()
        with (server.data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {NETWORK} trust\n")
        server.start()
        stack.callback(server.stop)
        url = f"postgresql://cocktailspace@{MACHINE}:{DATABASE_PORT}/postgres"
        environment = {
            **os.environ,
            "DATABASE_URL": url.replace("postgresql:", "postgresql+psycopg:"),
            "ANALYTICS_PATH": str(folder / "artifacts"),
            "TOKENS_PATH": str(folder / "tokens.json"),
            "FORWARDED_ALLOW_IPS": MACHINE,
            "MAX_WRITES_PER_MINUTE": "1000000",
        }
        an_hour_late = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": "-1h"}
        nodes = [Node(host, environment, folder / f"{host.name}.log") for host in (first, second)]
        nodes.append(Node(late, environment | an_hour_late, folder / f"{late.name}.log"))
        for node in nodes:
            node.start()
            stack.callback(lambda node=node: node.child and node.child.kill())
        for node in nodes:
            node.wait()
        stack.enter_context(proxy(folder, nodes))
        token = subprocess.check_output(
            [*COMMAND, "token", "new", "load"], env=environment, text=True
        ).strip()
        report(nodes, token, url, folder / "artifacts", arguments.seconds)


def report(nodes: list[Node], token: str, url: str, artifacts: Path, seconds: float) -> None:
    """Write and watch while faults come and go; then what must hold is looked at."""
    seen, stop, end = Seen(), threading.Event(), threading.Event()
    writers = [threading.Thread(target=write_often, args=(token, stop, seen)) for _ in range(3)]
    watcher = threading.Thread(target=watch, args=(url, artifacts, end, seen))
    for thread in (*writers, watcher):
        thread.start()
    began = time.monotonic()
    for what in faults(nodes, seconds):
        print(f"{time.monotonic() - began:5.1f} s: {what}; {len(seen.published)} published")
    stop.set()
    for thread in writers:
        thread.join()
    ended = time.monotonic()
    for node in nodes:
        node.wait()
    states: list[Any] = []

    def all_fresh() -> bool:
        states[:] = [ask(node.host.address, PORT, "GET", "/api/v1/refresh")[1] for node in nodes]
        return all(each and each["state"] == "fresh" for each in states)

    eventually(all_fresh, lambda: str(states))
    took = time.monotonic() - ended
    end.set()
    watcher.join()
    with psycopg.connect(url) as connection:
        kept = {name for (name,) in connection.execute("SELECT name FROM ingredients")}
        (newest,) = connection.execute("SELECT max(version) FROM changes").fetchone() or (0,)
    same = len({(each["catalogue_version"], each["published_version"]) for each in states}) == 1
    rows = {
        "acknowledged writes": f"{len(seen.acknowledged)}, lost: {len(seen.acknowledged - kept)}",
        "answers": dict(seen.statuses),
        "published versions": f"{len(seen.published)}, in order: "
        f"{seen.published == sorted(seen.published)}, the last of all: "
        f"{seen.published[-1] == newest}",
        "runs of mixed artifacts": len(seen.mixed),
        "jobs": f"{len(seen.holders)}, at once at most: {seen.most_jobs}",
        "by server": dict(Counter(name.rpartition("-")[0] for name in seen.holders)),
        "all show the same": same,
        "fresh after the last write": f"{took:.1f} s",
    }
    for what, found in rows.items():
        print(f"{what:28} {found}")


if __name__ == "__main__":
    main()
