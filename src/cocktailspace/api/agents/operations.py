"""Calls of the API's operations, within this process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from httpx2 import ASGITransport, AsyncClient, Response
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel
from starlette.requests import Request
from starlette.types import ASGIApp

from cocktailspace.api.fair_queue import without_slot

M = TypeVar("M", bound=BaseModel)

_API = "http://cocktailspace/api/v1"
"""An address that no request leaves for."""


class Operations:
    """Sends requests to the application as the agent's client would have.

    token: whose calls they are where there is no HTTP; over HTTP it is the request's.
    """

    def __init__(self, app: ASGIApp, token: str | None = None) -> None:
        self._app, self._token = app, token

    async def get(self, context: Context[Any, Any], path: str, kind: type[M], **query: Any) -> M:
        """What an operation answers; its parameters are those that are not None."""
        wanted = {name: value for name, value in query.items() if value is not None}
        answer = await self.send(context, "GET", path, params=wanted)
        return kind.model_validate_json(answer.content)

    async def send(
        self,
        context: Context[Any, Any],
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: object = None,
        if_match: str | None = None,
    ) -> Response:
        """The answer; ToolError says what the API says where it refuses."""
        request: Request | None = context.request_context.request
        headers = {"If-Match": if_match} if if_match else {}
        if authorization := self._authorization(request):
            headers["Authorization"] = authorization
        async with self._client(request) as client:
            answer = await client.request(
                method, path, params=params, json=body, headers=headers, follow_redirects=True
            )
        if answer.is_error:
            raise ToolError(_said(answer))
        return answer

    def _authorization(self, request: Request | None) -> str | None:
        if request is not None:
            return request.headers.get("authorization")
        return f"Bearer {self._token}" if self._token else None

    @asynccontextmanager
    async def _client(self, request: Request | None) -> AsyncIterator[AsyncClient]:
        """It has the address of the agent, and waits in the queue in the agent's place."""
        if request is None:
            async with AsyncClient(transport=ASGITransport(self._app), base_url=_API) as client:
                yield client
            return
        host = request.client.host if request.client else "unknown"
        transport = ASGITransport(self._app, client=(host, 0))
        async with without_slot(request), AsyncClient(transport=transport, base_url=_API) as client:
            yield client


def _said(answer: Response) -> str:
    """The error in one text: an agent reads it and tries again."""
    error = answer.json()["error"]
    problems = [f"{each['place']}: {each['message']}" for each in error["problems"]]
    return "\n".join(dict.fromkeys([error["message"], *problems]))  # one alone is the message
