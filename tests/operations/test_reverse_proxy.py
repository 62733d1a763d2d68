"""The documented nginx before a real server."""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.identity import Role
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.api.server import ServerLimits, make_server
from cocktailspace.bootstrap import Services
from tests.conftest import BAR, ROOT, import_document, need

PAGE = ROOT / "docs" / "reverse-proxies.md"
LIMIT = 5


def _snippet(port: int, upstream: int) -> str:
    """The documentation's server, without TLS and on other ports."""
    [found] = re.findall(r"```nginx\n(.*?)```", PAGE.read_text(), re.DOTALL)
    found = re.sub(r"\n\s*ssl_certificate.*", "", found)
    assert "listen 443 ssl;" in found
    assert "http://127.0.0.1:8000" in found
    below = f"location /bar/ {{ proxy_pass http://127.0.0.1:{upstream}/; }}\n}}"
    found = found.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    return (
        found.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}").rstrip().removesuffix("}") + below
    )


@pytest.fixture
def service(services: Services) -> Iterator[int]:
    """The server's port."""
    import_document(services.database, BAR)
    settings = services.settings.model_copy(update={"max_writes_per_minute": LIMIT})
    limited = Services(
        **{name: getattr(services, name) for name in Services.__slots__} | {"settings": settings}
    )
    server = make_server(create_app(limited), "127.0.0.1", 0, ServerLimits(shutdown_seconds=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def proxy(service: int, tmp_path: Path) -> Iterator[int]:
    """The port of nginx before it."""
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    need(nginx, "nginx")
    assert nginx is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    folders = " ".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"{'user root; ' * (os.geteuid() == 0)}daemon off; worker_processes 1;\n"
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {folders}\n{_snippet(port, service)}\n}}\n"
    )
    child = subprocess.Popen(
        [nginx, "-c", str(configuration), "-p", str(tmp_path)], stderr=subprocess.DEVNULL
    )
    try:
        while True:
            assert child.poll() is None, (tmp_path / "error.log").read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
    finally:
        child.terminate()
        child.wait()


def _ask(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    address: str = "127.0.0.1",
    **headers: str,
) -> http.client.HTTPResponse:
    made = http.client.HTTPConnection("127.0.0.1", port, 60, source_address=(address, 0))
    with contextlib.closing(made):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        made.request(method, path, body, {"Host": "bar.example.org", **sent})
        answer = made.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        return answer


def test_clients_behind_the_proxy_are_told_apart(proxy: int) -> None:
    def tries(address: str, claimed: str) -> list[int]:
        return [
            _ask(
                proxy, "DELETE", "/api/v1/recipes/1", None, address, X_Forwarded_For=claimed
            ).status
            for _ in range(LIMIT + 1)
        ]

    refused = [401] * LIMIT + [429]
    assert tries("127.0.0.2", "192.0.2.1") == refused
    assert tries("127.0.0.2", "192.0.2.99") == [429] * (LIMIT + 1)  # what it claims is no matter
    assert tries("127.0.0.3", "192.0.2.1") == refused


def test_a_large_import_passes_the_proxy(proxy: int, services: Services) -> None:
    token = TokenFile(services.settings.tokens_file, services.clock).create("ann", Role.ADMIN)
    recipes = [{"name": f"R{i}", "instructions": "x" * 2_000} for i in range(2_000)]
    body = json.dumps({"format": "catalogue/1", "recipes": recipes}).encode()
    answer = _ask(
        proxy,
        "POST",
        "/api/v1/catalogue/import",
        body,
        Authorization=f"Bearer {token}",
        Content_Type="application/json",
    )
    assert answer.status == 200
    assert json.loads(answer.content)["created"] == 2_000  # type: ignore[attr-defined]


def test_pages_name_the_proxys_host(proxy: int) -> None:
    page = _ask(proxy, "GET", "/recipe/1").content.decode()  # type: ignore[attr-defined]
    assert "http://bar.example.org/recipe/1" in page


def test_the_api_can_lie_below_a_path(proxy: int) -> None:
    assert _ask(proxy, "GET", "/bar/api/v1/recipes/1").status == 200
