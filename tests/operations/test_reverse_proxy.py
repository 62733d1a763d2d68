"""The documented nginx, and Caddy with TLS as `deploy/` has it, before a real server."""

import contextlib
import http.client
import json
import os
import re
import ssl
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.tokens import Role
from tests.conftest import BAR, ROOT, import_document, need
from tests.nginx import nginx_command, nginx_program
from tests.ports import free_port
from tests.serving import serving
from tests.waiting import PATIENCE_SECONDS, eventually

PAGE = ROOT / "docs" / "reverse-proxies.md"
SITE = "bar.example.org"
LIMIT = 5


@dataclass(frozen=True)
class Proxy:
    """Where a proxy listens, and whether with TLS."""

    port: int
    tls: ssl.SSLContext | None

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        address: str = "127.0.0.1",
        **headers: str,
    ) -> tuple[int, str]:
        """One request from that address: the answer's status and text."""
        where = {"host": "127.0.0.1", "port": self.port, "source_address": (address, 0)}
        made = (
            http.client.HTTPSConnection(**where, context=self.tls, timeout=PATIENCE_SECONDS)
            if self.tls
            else http.client.HTTPConnection(**where, timeout=PATIENCE_SECONDS)
        )
        with contextlib.closing(made):
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            made.request(method, path, body, {"Host": SITE, **sent})
            answer = made.getresponse()
            return answer.status, answer.read().decode()


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
    limited = replace(services, settings=settings)
    with serving(create_app(limited)) as port:
        yield port


def _nginx(folder: Path, upstream: int, port: int) -> list[str]:
    """The command that runs it."""
    program = nginx_program()
    need(program, "nginx")
    assert program is not None
    return nginx_command(program, folder, _snippet(port, upstream))


def _caddy(folder: Path, _upstream: int, port: int) -> list[str]:
    """The command that runs it, with a certificate of its own making."""
    caddy = Path(sysconfig.get_path("scripts")) / "caddy"
    need(caddy.exists(), "caddy")
    configuration = folder / "Caddyfile"
    configuration.write_text(
        f"{{\nadmin off\nauto_https disable_redirects\ndefault_sni {SITE}\n"
        f"local_certs\nskip_install_trust\nhttps_port {port}\n"
        f"storage file_system {folder}\n}}\n"
        f"import {ROOT / 'deploy' / 'Caddyfile'}\n"
    )
    return [str(caddy), "run", "--config", str(configuration), "--adapter", "caddyfile"]


@pytest.fixture(params=[_nginx, _caddy], ids=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest, service: int, tmp_path: Path) -> Iterator[Proxy]:
    """A proxy before the server."""
    port = free_port()
    command = request.param(tmp_path, service, port)
    tls = None
    if request.param is _caddy:
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    found = Proxy(port, tls)
    log = tmp_path / "proxy.log"
    with log.open("w") as written:
        child = subprocess.Popen(
            command,
            env=os.environ | {"SITE": SITE, "UPSTREAM": f"127.0.0.1:{service}"},
            stdout=written,
            stderr=written,
        )
    try:
        eventually(lambda: _is_up(found, child, log))
        yield found
    finally:
        child.terminate()
        child.wait()


def _is_up(proxy: Proxy, child: subprocess.Popen[bytes], log: Path) -> bool:
    assert child.poll() is None, log.read_text()
    with contextlib.suppress(OSError):
        return proxy.ask("GET", "/healthz")[0] == 200
    return False


@pytest.mark.usefixtures("one_minute")
def test_clients_behind_the_proxy_are_told_apart(proxy: Proxy) -> None:
    def tries(address: str, claimed: str) -> list[int]:
        return [
            proxy.ask("DELETE", "/api/v1/recipes/1", None, address, X_Forwarded_For=claimed)[0]
            for _ in range(LIMIT + 1)
        ]

    refused = [401] * LIMIT + [429]
    assert tries("127.0.0.2", "192.0.2.1") == refused
    assert tries("127.0.0.2", "192.0.2.99") == [429] * (LIMIT + 1)  # what it claims is no matter
    assert tries("127.0.0.3", "192.0.2.1") == refused


def test_as_large_an_import_as_the_server_takes_passes_the_proxy(
    proxy: Proxy, services: Services
) -> None:
    token = TokenFile(services.settings.tokens_file, services.clock).create("ann", Role.ADMIN)
    recipes = [{"name": f"R{i}", "instructions": "x" * 2_000} for i in range(100)]
    body = json.dumps({"format": "catalogue/1", "recipes": recipes}).encode()
    status, text = proxy.ask(
        "POST",
        "/api/v1/catalogue/import",
        body.ljust(services.settings.max_import_bytes),
        Authorization=f"Bearer {token}",
        Content_Type="application/json",
    )
    assert (status, json.loads(text)["created"]) == (200, 100)


def test_pages_name_the_proxys_host(proxy: Proxy) -> None:
    scheme = "https" if proxy.tls else "http"
    assert f"{scheme}://{SITE}/recipe/1" in proxy.ask("GET", "/recipe/1")[1]


@pytest.mark.parametrize("proxy", [_nginx], indirect=True)
def test_the_api_can_lie_below_a_path(proxy: Proxy) -> None:
    assert proxy.ask("GET", "/bar/api/v1/recipes/1")[0] == 200
