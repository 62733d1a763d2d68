"""Requests that take longer, or are larger, than Lambda allows the API: a job answers them.

The API keeps such a request in the bucket and responds with 202 and an address. What is put there
wakes the job, which sends the request to this same application without that limit and keeps its
response: what the client finds at the address is what it would have got at once.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, Base64Bytes, BaseModel, Field
from starlette.concurrency import run_in_threadpool

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.errors import NoAnswerError
from cocktailspace.api.guarded_route import GuardedRoute
from cocktailspace.api.writing import refuse_key
from cocktailspace.artifacts.store import ArtifactLinks, ArtifactStore, MissingError
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.times import Clock

REQUESTS = "imports/requests/"
UPLOADS = "imports/uploads/"
"""Objects below these wake the job: whole requests, and files that came by a form."""
_EXPECTED = "imports/expected/"
"""Requests whose file has yet to be uploaded."""
_ANSWERS = "imports/answers/"

PATIENCE = timedelta(minutes=20)
"""After which a job that has not answered never will: it is ended after 15 minutes."""
_POLL_SECONDS = 1
_NOTHING_ASKED = "nothing was asked of a job under this address, or its day is over"


class StoredRequest(BaseModel):
    """A request as it is kept until the job sends it."""

    token: str
    method: str
    path: str
    query: str
    content_type: str
    body: Base64Bytes
    identity: Identity
    """Who sent it, as the API has made sure of."""
    asked_at: AwareDatetime


class StoredAnswer(BaseModel):
    """The response to such a request."""

    owner: str
    status: int
    content_type: str
    body: str


class Accepted(BaseModel):
    """A job works on it."""

    state: Literal["working"] = "working"
    answer: str = Field(description="Address of the answer: 202 until it is there")


class Upload(BaseModel):
    """Where a file goes."""

    url: str
    fields: dict[str, str] = Field(
        description="Of the form to be sent there by POST, before its last field, `file`; where "
        "there are none, the file itself is the body"
    )
    most_bytes: int = Field(description="Size of the file")
    answer: str | None = Field(
        description="Address of the answer once it is sent: 202 until it is there; null where "
        "sending it is answered"
    )


@dataclass(frozen=True, slots=True)
class DeferredRequests:
    """The requests and answers in the bucket."""

    store: ArtifactStore
    links: ArtifactLinks
    clock: Clock

    def accept(self, request: Request, body: bytes) -> Response:
        """Have the job answer a request, whose sender is known; 202."""
        stored = self._stored(request, request.url.path, body)
        self.store.write(f"{REQUESTS}{stored.token}", stored.model_dump_json().encode())
        return _working(_address(request, stored.token))

    def expect(self, request: Request, path: str, most_bytes: int) -> Upload:
        """Where the file goes that is to be the body of this request at another path."""
        stored = self._stored(request, path, b"")
        self.store.write(f"{_EXPECTED}{stored.token}", stored.model_dump_json().encode())
        form = self.links.upload(f"{UPLOADS}{stored.token}", most_bytes)
        return Upload(
            url=form.url,
            fields=form.fields,
            most_bytes=most_bytes,
            answer=_address(request, stored.token),
        )

    def answer(self, request: Request, token: str) -> Response:
        """The answer, or 202 while there is none; NotFoundError for what is somebody else's."""
        identity: Identity = request.state.identity
        if (found := self._answer(token)) is not None:
            _check_owner(found.owner, identity)
            return Response(found.body, found.status, media_type=found.content_type)
        asked = self._find(token)
        _check_owner(asked.identity.owner, identity)
        if asked.asked_at + PATIENCE < self.clock():
            raise NoAnswerError("the job ended without an answer: look at the import and ask again")
        return _working(request.url.path)

    def take(self, key: str) -> StoredRequest | None:
        """The request that an object completes; None where it is answered or forgotten."""
        try:
            if key.startswith(UPLOADS):
                token = key.removeprefix(UPLOADS)
                found = self._read(f"{_EXPECTED}{token}")
                found = found.model_copy(update={"body": self.store.read(key).body})
            else:
                found = self._read(key)
        except MissingError:
            return None
        return found if self._answer(found.token) is None else None

    def store_answer(self, to: StoredRequest, status: int, content_type: str, body: str) -> None:
        """Keep the answer; SwapConflictError where another delivery of the event was first."""
        owner = to.identity.owner
        stored = StoredAnswer(owner=owner, status=status, content_type=content_type, body=body)
        self.store.swap(f"{_ANSWERS}{to.token}", stored.model_dump_json().encode(), expected=None)

    def _stored(self, request: Request, path: str, body: bytes) -> StoredRequest:
        return StoredRequest.model_construct(
            token=secrets.token_hex(16),
            method=request.method,
            path=path,
            query=request.url.query,
            content_type=request.headers.get("content-type", ""),
            body=body,
            identity=request.state.identity,
            asked_at=self.clock(),
        )

    def _answer(self, token: str) -> StoredAnswer | None:
        try:
            return StoredAnswer.model_validate_json(self.store.read(f"{_ANSWERS}{token}").body)
        except MissingError:
            return None

    def _find(self, token: str) -> StoredRequest:
        for prefix in (REQUESTS, _EXPECTED):
            try:
                return self._read(f"{prefix}{token}")
            except MissingError:
                continue
        raise NotFoundError(_NOTHING_ASKED)

    def _read(self, key: str) -> StoredRequest:
        return StoredRequest.model_validate_json(self.store.read(key).body)


def deferring(base: type[GuardedRoute], deferred: DeferredRequests) -> type[GuardedRoute]:
    """Routes of which every POST is left to the job, once its sender is known."""

    class Route(base):  # type: ignore[valid-type,misc]
        """A route that a job carries out."""

        def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:
            at_once: Callable[[Request], Awaitable[Response]] = super().get_route_handler()
            if "POST" not in self.methods:
                return at_once

            async def handle(request: Request) -> Response:
                await self.identify(request)
                refuse_key(request)
                body = await self.body_limits.read(request, bytes)
                return await run_in_threadpool(deferred.accept, request, body)

            return handle

    return Route


def _working(address: str) -> Response:
    headers = {"Location": address, "Retry-After": str(_POLL_SECONDS)}
    return JSONResponse(Accepted(answer=address).model_dump(), 202, headers)


def _address(request: Request, token: str) -> str:
    return str(request.app.url_path_for("get_answer", token=token))


def _check_owner(owner: str, identity: Identity) -> None:
    if owner != identity.owner:
        raise NotFoundError(_NOTHING_ASKED)
