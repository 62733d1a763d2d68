"""The endpoint of agents over HTTP: POST alone, stateless, at the hosts that the settings name."""

from contextlib import AbstractAsyncContextManager

from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cocktailspace.api.agents.operations import Operations
from cocktailspace.api.agents.tools import make_agent_server
from cocktailspace.api.guarded_route import BodyLimits

AGENT_BYTES = 256 * 1024
"""Size of a message: many times that of a recipe with a hundred lines."""


class AgentEndpoint:
    """An ASGI application that reads a message within limits and hands it to the server."""

    def __init__(self, app: ASGIApp, path: str, hosts: list[str], request_seconds: float) -> None:
        """app: the API. hosts: the names by which agents reach it, with or without a port."""
        self._limits = BodyLimits(AGENT_BYTES, {}, request_seconds)
        self._server = make_agent_server(Operations(app))
        self._inner = self._server.streamable_http_app(
            streamable_http_path=path,
            stateless_http=True,
            json_response=True,  # a stream would be held open
            transport_security=TransportSecuritySettings(
                allowed_hosts=_with_ports(hosts),
                allowed_origins=[
                    f"{scheme}://{each}" for each in _with_ports(hosts) for scheme in _SCHEMES
                ],
            ),
        )

    def running(self) -> AbstractAsyncContextManager[None]:
        """What has to be entered for as long as it serves."""
        return self._server.session_manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one message; raises TooLargeError or TooSlowError."""
        body = await self._limits.read(Request(scope, receive), bytes)
        unread = [body]

        async def read_already() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            return await receive()

        await self._inner(dict(scope), read_already, send)


_SCHEMES = ("https", "http")


def _with_ports(hosts: list[str]) -> list[str]:
    """Each as it is, and on any port where it names none."""
    return [*hosts, *(f"{each}:*" for each in hosts if not each.rpartition(":")[2].isdigit())]
