"""ETags of entities, If-Match and idempotency keys: what the routes of all entities share."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.content import REVALIDATE, matches, not_modified
from cocktailspace.api.errors import StaleError
from cocktailspace.api.rendered import Rendered
from cocktailspace.catalogue.database import Database, Transaction
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.idempotency import earlier_response, store_response

IfMatch = Annotated[
    str | None,
    Header(max_length=1_000, description="The ETag that you have read; 412 when it changed since"),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        description="Any text of yours; a request repeated with it within 24 h is not done twice",
    ),
]


class Created(BaseModel):
    """The ids of what was created, in the order of the request."""

    ids: list[int]


def refuse_stale(if_match: str | None, current: BaseModel) -> None:
    """Raise StaleError when the client has read another version than the present one."""
    if if_match is not None and not matches(if_match, Rendered.of(current).etag):
        raise StaleError("it has changed since you read it; read it again and repeat your change")


def entity_response(
    entity: BaseModel, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> Response:
    """An entity with its ETag."""
    rendered = Rendered.of(entity)
    headers = {"ETag": rendered.etag, **(headers or {})}
    return Response(rendered.body, status, media_type="application/json", headers=headers)


def read_response(request: Request, rendered: Rendered) -> Response:
    """An entity with its ETag, or 304 when the client has it already."""
    headers = {"ETag": rendered.etag, "Cache-Control": REVALIDATE}
    if not_modified(request, rendered.etag):
        return Response(status_code=304, headers=headers)
    return Response(rendered.body, media_type="application/json", headers=headers)


def created_response(ids: list[int]) -> Response:
    """The ids of what was created."""
    return Response(Created(ids=ids).model_dump_json(), 201, media_type="application/json")


def write_once(
    database: Database,
    request: Request,
    identity: Identity,
    key: str | None,
    content: BaseModel,
    write: Callable[[Transaction], Response],
    claims: Collection[str] = (),
) -> Response:
    """Carry a request out in one transaction; for a key that was used before, replay its response.

    A key belongs to the identity and the address that used it. claims: see `Database.transaction`.
    """
    owned = _digest(identity.owner, request.method, request.url.path, key or "")
    if claims and key is not None:
        claims = {*claims, f"key {owned}"}
    with database.transaction(claims) as tx:
        if key is None:
            return write(tx)
        fingerprint = _digest(content.model_dump_json())
        earlier = earlier_response(tx, owned, fingerprint)
        if earlier is not None:
            return _deserialised(earlier)
        response = write(tx)
        store_response(tx, owned, fingerprint, _serialised(response))
        return response


def refuse_key(request: Request) -> None:
    """A dependency of routes that honour no idempotency key: InvalidError when there is one."""
    if "idempotency-key" in request.headers:
        message = "it is not honoured here: look at the present state before you repeat the request"
        raise InvalidError([Problem("Idempotency-Key", message)])


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _serialised(response: Response) -> str:
    headers = {
        name: response.headers[name] for name in ("etag", "location") if name in response.headers
    }
    body = bytes(response.body).decode()
    return json.dumps({"status": response.status_code, "headers": headers, "body": body})


def _deserialised(answer: str) -> Response:
    stored = json.loads(answer)
    headers = stored["headers"] | {"Idempotency-Replayed": "true"}
    return Response(stored["body"], stored["status"], headers, media_type="application/json")
