from __future__ import annotations

import socket

import pytest

from tests.ports import free_port


def test_a_port_is_kept_for_the_server_that_names_it() -> None:
    port = free_port()
    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind(("127.0.0.1", port))
    for _ in range(2):  # as it starts, and starts again
        with socket.create_server(("127.0.0.1", port)) as server:
            socket.create_connection(("127.0.0.1", port)).close()
            server.accept()[0].close()
