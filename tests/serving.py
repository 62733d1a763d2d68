"""The server as it is, in a thread of the tests' process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cocktailspace.api.server import ServerLimits, make_server


@contextmanager
def serving(app: Any, **limits: Any) -> Iterator[int]:
    """Serve an application with these limits; yields the port."""
    bounds = ServerLimits(**{"shutdown_seconds": 2.0} | limits)
    server = make_server(app, "127.0.0.1", 0, bounds)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        port: int = server.servers[0].sockets[0].getsockname()[1]
        yield port
    finally:
        server.should_exit = True
        thread.join()
