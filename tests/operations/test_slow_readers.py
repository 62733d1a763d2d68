"""Readers that take their time while refreshes pass."""

import hashlib
import http.client
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import uvicorn

from cocktailspace.api.app import create_app
from cocktailspace.artifacts.manifest import ArtifactName, Manifest, read_published
from cocktailspace.artifacts.publish import Result, new_run_id, publish
from cocktailspace.artifacts.store import MissingError
from cocktailspace.bootstrap import Services
from tests.conftest import ManualClock
from tests.waiting import PATIENCE_SECONDS

REFRESHES, PATIENCE = 50, timedelta(minutes=5)
LARGE = ArtifactName.RECIPE_SIMILAR


def _publish(services: Services, clock: ManualClock, version: int, size: int = 200) -> Manifest:
    run_id = new_run_id(clock())
    body = hashlib.sha256(run_id.encode()).hexdigest().encode() * (size // 64)
    artifacts = {name: f'{{"run": "{run_id}"}}'.encode() for name in ArtifactName} | {LARGE: body}
    with services.database.reading() as connection:
        catalogue_id = connection.exec_driver_sql("SELECT catalogue_id FROM catalogue").scalar_one()
    manifest = publish(
        services.store,
        Result(run_id, catalogue_id, version, artifacts.items()),
        base=read_published(services.store),
        clock=clock,
    )
    assert manifest is not None
    return manifest


def _read(services: Services, manifest: Manifest, name: str) -> None:
    entry = manifest.artifacts[name]
    assert hashlib.sha256(services.store.read(entry.key).body).hexdigest() == entry.sha256


def test_a_reader_who_takes_5_minutes_over_a_run_finds_all_of_it(
    services: Services, clock: ManualClock
) -> None:
    """One artifact after another, while 50 runs are published and cleared up behind them."""
    followed = _publish(services, clock, 1)
    waiting = list(followed.artifacts)
    for number in range(REFRESHES):
        clock.now += PATIENCE / REFRESHES
        _publish(services, clock, 2 + number)
        if number % (REFRESHES // len(ArtifactName)) == 0 and waiting:
            _read(services, followed, waiting.pop())
    for name in followed.artifacts:
        _read(services, followed, name)
    clock.advance(minutes=11)
    _publish(services, clock, 2 + REFRESHES)
    clock.advance(minutes=11)
    newest = _publish(services, clock, 3 + REFRESHES)
    with pytest.raises(MissingError):
        _read(services, followed, LARGE)
    kept = {
        path.name for path in (services.settings.artifacts_folder / "analytics/v1/runs").iterdir()
    }
    assert kept == {newest.run_id, *newest.superseded}
    assert len(kept) == 2


@contextmanager
def _served(services: Services) -> Iterator[int]:
    """A real HTTP server in a thread; gives its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # from here on a client waits until the server is up
        config = uvicorn.Config(create_app(services), lifespan="off", ws="none", log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def test_a_client_slow_over_one_artifact_gets_all_of_it_though_its_run_is_gone(
    services: Services, clock: ManualClock
) -> None:
    followed = _publish(services, clock, 1, size=8_000_000)
    entry = followed.artifacts[LARGE]
    with _served(services) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        connection.connect()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        connection.request("GET", f"/api/v1/analytics/runs/{followed.run_id}/{LARGE}")
        answer = connection.getresponse()
        received = [answer.read(100_000)]
        for number in range(REFRESHES):
            clock.now += PATIENCE / REFRESHES
            _publish(services, clock, 2 + number)
            received.append(answer.read(1_000))
        clock.advance(minutes=30)
        _publish(services, clock, 2 + REFRESHES)
        with pytest.raises(MissingError):
            services.store.read(entry.key)
        received.append(answer.read())
        connection.close()
    body = b"".join(received)
    assert (len(body), hashlib.sha256(body).hexdigest()) == (entry.bytes, entry.sha256)


def test_a_file_that_is_being_read_survives_the_end_of_its_run(
    services: Services, clock: ManualClock
) -> None:
    """Scripts may read the folder itself: what is open can be read to its end."""
    followed = _publish(services, clock, 1)
    entry = followed.artifacts[LARGE]
    path = services.settings.artifacts_folder / entry.key
    with path.open("rb") as file:
        start = file.read(10)
        for version in range(2, 5):
            clock.advance(minutes=11)
            _publish(services, clock, version)
        assert not os.path.exists(path)
        assert hashlib.sha256(start + file.read()).hexdigest() == entry.sha256
