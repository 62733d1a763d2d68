"""The command, whose server keeps browsers waiting: up to LATE_ANSWERS milliseconds, in any order.

Half of it passes before a request is answered, half before its answer is sent: what comes late may
be out of date as well.
"""

import asyncio
import os
import random

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cocktailspace.api import server
from cocktailspace.cli import main

HALF_SECONDS = int(os.environ["LATE_ANSWERS"]) / 2_000
make_server = server.make_server


class Late:
    """An application whose answers to browsers come late."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        if b"Mozilla" not in headers.get(b"user-agent", b""):
            return await self._app(scope, receive, send)

        async def send_late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await _wait()
            await send(message)

        await _wait()
        return await self._app(scope, receive, send_late)


async def _wait() -> None:
    await asyncio.sleep(random.uniform(0, HALF_SECONDS))


server.make_server = lambda app, *given: make_server(Late(app), *given)

if __name__ == "__main__":
    main()
