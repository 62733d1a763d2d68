"""Requests made up from the OpenAPI document, good ones and bad ones, sent to a running server."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.tokens import Role
from tests.conftest import BAR, RANDOM, import_document
from tests.publishing import publish_analytics

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "3"))
CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture
def address(services: Services, new_services: Callable[..., Services]) -> Iterator[str]:
    """A real server over the small bar and its analytics."""
    import_document(services.database, BAR)
    publish_analytics(services)
    unhurried = services.settings.model_copy(update={"max_writes_per_minute": 1_000_000})
    application = create_app(new_services(unhurried))
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("authorised", [True, False])
@pytest.mark.timeout(3_000)
def test_every_request_gets_a_documented_answer(
    services: Services, address: str, authorised: bool
) -> None:
    token = TokenFile(services.settings.tokens_file, services.clock).create("fuzz", Role.ADMIN)
    # Whoever has no token reads as those do who have one, and no write of theirs is looked into.
    as_whom = (
        ["-H", f"Authorization: Bearer {token}"]
        if authorised
        else ["--exclude-method", "GET", "--phases", "examples,fuzzing"]
    )
    as_whom += ["--exclude-path", "/api/v1/events"]  # it has no end
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
    limits = ["--checks", "all", "--max-examples", str(EXAMPLES), "--no-color"]
    limits += ["--request-timeout", "600"]  # a busy machine is no fault
    limits += [] if RANDOM else ["--seed", "1", "--generation-deterministic"]
    done = subprocess.run(
        [*command, f"{address}/api/v1/openapi.json", *limits, *as_whom],
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[done.stdout.find("SUMMARY") :])
    assert done.returncode == 0, done.stdout
    cases = re.search(r"(\d+) generated", done.stdout)
    assert cases is not None
    assert int(cases[1]) > (300 if authorised else 20) * EXAMPLES
