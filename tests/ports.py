"""Ports for servers that run as processes of their own."""

from __future__ import annotations

import socket

_kept: list[socket.socket] = []


def free_port() -> int:
    """A port of 127.0.0.1 that no other process is given while this one runs.

    A socket that is bound and does not listen keeps it: the system gives such a port to nobody who
    asks for any, listening or connecting, and whoever names it and sets SO_REUSEADDR, as servers
    do, may listen there, again and again.
    """
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", 0))
    _kept.append(keeper)
    return int(keeper.getsockname()[1])
