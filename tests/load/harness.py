"""Writers and readers as processes against a real server, each of which remembers what it was told.

Every recipe has two lines whose amounts add up to 100, so that a half-written one would show.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from multiprocessing import Event, Process, Queue
from multiprocessing.synchronize import Event as EventType
from pathlib import Path
from typing import Any

from tests.ports import free_port
from tests.waiting import PATIENCE_SECONDS, eventually

TOTAL = 100.0
PREFIX = "Loadtest"


@dataclass
class Report:
    """What one writer was told: the recipes that must be there, and how it went."""

    recipes: dict[str, float] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    create_ms: list[float] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Server:
    """`cocktailspace serve` in a process that can be killed and started again."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.folder = folder
        self.environment = {
            **os.environ,
            "DB_PATH": str(folder / "catalogue.sqlite"),
            "ANALYTICS_PATH": str(folder / "artifacts"),
            "TOKENS_PATH": str(folder / "tokens.json"),
            "ANALYTICS_DEBOUNCE_MINUTES": "600",
            "MAX_WRITES_PER_MINUTE": "1000000",
            "SHUTDOWN_SECONDS": f"{PATIENCE_SECONDS:.0f}",
            **environment,
        }
        self.child: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> str:
        """Run another command on the same catalogue."""
        done = self.attempt(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that may fail."""
        command = [sys.executable, "-c", "from cocktailspace.cli import main; main()", *arguments]
        return subprocess.run(
            command, env=self.environment, check=False, capture_output=True, text=True
        )

    def start(self) -> None:
        code = "from cocktailspace.cli import main; main()"
        with (self.folder / "serve.log").open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-c", code, "serve", "--port", str(self.port)],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        eventually(
            lambda: request(self.port, "GET", "/healthz")[0] == 200,
            (self.folder / "serve.log").read_text,
        )

    def kill(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self) -> None:
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            self.child.wait(PATIENCE_SECONDS)

    def get(self, path: str) -> Any:
        """What it answers, however often it has to be asked."""
        answers: list[Any] = []

        def is_answered() -> bool:
            status, _, body = request(self.port, "GET", path)
            answers.append(body)
            return status == 200

        eventually(is_answered, lambda: str(answers[-1]))
        return answers[-1]

    @property
    def refresh_state(self) -> str:
        """How its refresh stands."""
        return str(self.get("/api/v1/refresh")["state"])


def request(
    port: int, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    """One request on a connection of its own; status 0 when there was no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    content = None if body is None else json.dumps(body)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, content, {"Content-Type": "application/json", **sent})
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, dict(answer.getheaders()), json.loads(text) if text else None
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}, None
    finally:
        connection.close()


def run_load(
    server: Server, *, writers: int, writes: int, readers: int, kills: int = 0
) -> list[Report]:
    """Let writers write and readers read; with `kills`, kill and restart the server meanwhile."""
    token = server.command("token", "new", "load", "--role", "editor").strip()
    server.start()
    done, results = Event(), Queue()
    children = [
        Process(target=_write, args=(server.port, token, number, writes, results))
        for number in range(writers)
    ]
    children += [Process(target=_read, args=(server.port, done, results)) for _ in range(readers)]
    for child in children:
        child.start()
    killer = threading.Thread(target=_kill_often, args=(server, kills))
    killer.start()
    reports = [results.get(timeout=3_000) for _ in range(writers)]
    killer.join()
    done.set()
    reports += [results.get(timeout=PATIENCE_SECONDS) for _ in range(readers)]
    for child in children:
        child.join(PATIENCE_SECONDS)
    return reports


def recipes_on(server: Server) -> dict[str, float]:
    """Every recipe of the writers, with the amount of its first line."""
    exported = json.loads(server.command("export"))
    found = {}
    for recipe in exported["recipes"]:
        if recipe["name"].startswith(PREFIX):
            first, second = (line["amount"] for line in recipe["ingredients"])
            assert first + second == TOTAL
            found[recipe["name"]] = first
    return found


def _kill_often(server: Server, kills: int) -> None:
    for _ in range(kills):
        time.sleep(random.uniform(0.05, 0.6))
        server.kill()
        server.start()


def _body(name: str, amount: float) -> dict[str, Any]:
    lines = [{"ingredient_id": 1, "amount": amount}, {"ingredient_id": 2, "amount": TOTAL - amount}]
    return {"name": name, "ingredients": lines}


def _write(port: int, token: str, number: int, writes: int, results: "Queue[Report]") -> None:
    rng = random.Random(number)
    writer = _Writer(port, token, number, Report())
    for step in range(writes):
        choice = rng.random()
        if choice < 0.6 or not writer.ids:
            writer.create(step, rng.randrange(100))
        elif choice < 0.85:
            writer.replace(rng.choice(sorted(writer.ids)), rng.randrange(100))
        else:
            writer.delete(rng.choice(sorted(writer.ids)))
    results.put(writer.report)


class _Writer:
    def __init__(self, port: int, token: str, number: int, report: Report) -> None:
        self.port, self.token, self.number, self.report = port, token, number, report
        self.ids: dict[str, int] = {}

    def create(self, step: int, amount: float) -> None:
        name = f"{PREFIX} {self.number}-{step}"
        started = time.monotonic()
        status, body = self._insist("POST", "/api/v1/recipes", _body(name, amount), key=name)
        self.report.create_ms.append(1000 * (time.monotonic() - started))
        if status == 201:
            self.ids[name] = body["id"]
            self.report.recipes[name] = float(amount)
        else:
            self.report.complaints.append(f"create {name}: {status} {body}")

    def replace(self, name: str, amount: float) -> None:
        address = f"/api/v1/recipes/{self.ids[name]}"
        status, body = self._insist("PUT", address, _body(name, amount))
        if status == 200:
            self.report.recipes[name] = float(amount)
        else:
            self.report.complaints.append(f"replace {name}: {status} {body}")

    def delete(self, name: str) -> None:
        status, body = self._insist("DELETE", f"/api/v1/recipes/{self.ids[name]}")
        if status in (204, 404):  # 404: an earlier try was carried out and its answer lost
            del self.ids[name], self.report.recipes[name]
        else:
            self.report.complaints.append(f"delete {name}: {status} {body}")

    def _insist(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """Repeat until there is an answer other than 'try again'."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if key:
            headers["Idempotency_Key"] = key
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            status, answered, content = request(self.port, method, path, body, **headers)
            counted = self.report.statuses
            counted[str(status)] = counted.get(str(status), 0) + 1
            if status == 503 and "retry-after" not in {name.lower() for name in answered}:
                self.report.complaints.append("a 503 without Retry-After")
            if status not in (0, 503):
                return status, content
            time.sleep(0.05)
        return 0, None


def _read(port: int, done: EventType, results: "Queue[Report]") -> None:
    report = Report()
    while not done.is_set():
        status, _, page = request(port, "GET", f"/api/v1/recipes?name={PREFIX}&limit=100")
        report.statuses[str(status)] = report.statuses.get(str(status), 0) + 1
        if status not in (200, 0, 503):
            report.complaints.append(f"read: {status}")
        for recipe in page["items"] if status == 200 else ():
            if sum(line["amount"] for line in recipe["ingredients"]) != TOTAL:
                report.complaints.append(f"half-written: {recipe}")
        time.sleep(0.02)
    results.put(report)
