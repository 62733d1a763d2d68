"""Hosts on one machine: network namespaces on a bridge. As root on Linux, with iproute2."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_IP = shutil.which("ip") or "/usr/sbin/ip"
_BRIDGE, _PREFIX = "cocktails0", "10.77.24"
NETWORK = f"{_PREFIX}.0/24"
MACHINE = f"{_PREFIX}.254"
"""The address at which hosts reach the machine itself."""


def _ip(*arguments: str) -> None:
    subprocess.run([_IP, *arguments], check=True)


@dataclass(frozen=True)
class Host:
    """A network namespace with an address of its own."""

    number: int

    @property
    def name(self) -> str:
        """Of the namespace and, on the bridge's side, of the interface."""
        return f"cocktails{self.number}x"

    @property
    def address(self) -> str:
        """On the bridge."""
        return f"{_PREFIX}.{self.number}"

    def command(self, *words: str) -> list[str]:
        """A command, as it is run on this host."""
        return [_IP, "netns", "exec", self.name, *words]

    def connect(self, *, up: bool) -> None:
        """Connect it to the others, or cut it off."""
        _ip("link", "set", self.name, "up" if up else "down")

    def sent(self) -> int:
        """Bytes that went out of it so far."""
        return int(Path(f"/sys/class/net/{self.name}/statistics/rx_bytes").read_text())


@contextmanager
def connected_hosts(count: int) -> Iterator[list[Host]]:
    """So many hosts on one bridge."""
    with ExitStack() as undo:
        _ip("link", "add", _BRIDGE, "type", "bridge")
        undo.callback(_ip, "link", "delete", _BRIDGE)
        _ip("address", "add", f"{MACHINE}/24", "dev", _BRIDGE)
        _ip("link", "set", _BRIDGE, "up")
        hosts = [Host(number) for number in range(1, count + 1)]
        for host in hosts:
            inside = ("-n", host.name)
            _ip("netns", "add", host.name)
            undo.callback(_ip, "netns", "delete", host.name)
            _ip("link", "add", host.name, "type", "veth", "peer", "eth0", "netns", host.name)
            _ip("link", "set", host.name, "master", _BRIDGE, "up")
            _ip(*inside, "address", "add", f"{host.address}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                _ip(*inside, "link", "set", device, "up")
        yield hosts
