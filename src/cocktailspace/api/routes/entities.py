"""The routes that recipes, ingredients and units share: read, create, replace, delete."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Table

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.errors import READ, WRITE, WRITE_ONE
from cocktailspace.api.rendered import Rendered
from cocktailspace.api.writing import (
    Created,
    IdempotencyKey,
    IfMatch,
    created_response,
    entity_response,
    read_response,
    refuse_key,
    refuse_stale,
    write_once,
)
from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.lookup import refuse_alike
from cocktailspace.catalogue.values import Draft, Id

D = TypeVar("D", bound=Draft)


Confirm = Annotated[
    bool, Query(description="Make it although its name looks like another's; else 422 `alike`")
]


class Merge(Draft):
    """A merge: which of the two entities stays."""

    into: Id = Field(description="The id of the one that stays", examples=[2])


@dataclass(frozen=True, slots=True)
class Entity(Generic[D]):
    """One kind of entity, and the catalogue's functions that read and change it.

    draft, answer: models of the request's body and of the response's.
    cached: what `get` finds, as a response, from a cache.
    merge: makes one of two, given the old one's id and the other's.
    alike: the table in which a new name may look like another.
    bulk: model of a request that creates many, in a field named as `plural` says.
    claims: what a write of one of them claims, given its draft, if any, and its id; without it,
    whoever writes is alone.
    on_replace, on_delete: sentences for the documentation.
    """

    name: str
    plural: str
    draft: type[D]
    answer: type[BaseModel]
    get: Callable[[Connection, int], BaseModel]
    create: Callable[[Transaction, Sequence[D], Sequence[str]], list[int]]
    replace: Callable[[Transaction, Mapping[int, D], Sequence[str]], None]
    cached: Callable[[Connection, int], Rendered] | None = None
    delete: Callable[[Transaction, int], None] | None = None
    merge: Callable[[Transaction, int, int], None] | None = None
    bulk: type[Draft] | None = None
    alike: Table | None = None
    claims: Callable[[D | None, int | None], set[str]] = lambda _draft, _id: set()
    on_replace: str = ""
    on_delete: str = ""

    def rendered(self, connection: Connection, entity_id: int) -> Rendered:
        """One entity as a response, from what a reader sees."""
        if self.cached is not None:
            return self.cached(connection, entity_id)
        return Rendered.of(self.get(connection, entity_id))

    @property
    def path(self) -> str:
        """Of one entity, below the router's prefix."""
        return f"/{{{self.name}_id:id}}"

    @property
    def path_id(self) -> Any:
        """FastAPI's parameter for the id in that path."""
        return Path(alias=f"{self.name}_id", ge=1, description="Id, as lists give it", examples=[1])


def add_entity_routes(
    router: APIRouter, context: Context, entity: Entity[D], may_write: Callable[..., Identity]
) -> None:
    """Add all routes of an entity but its lists. may_write: dependency that finds the writer."""
    _add_get(router, context, entity)
    _add_create(router, context, entity, may_write)
    if entity.bulk is not None:
        _add_bulk(router, context, entity, may_write)
    _add_replace(router, context, entity, may_write)
    if entity.delete is not None:
        _add_delete(router, context, entity, entity.delete, may_write)
    if entity.merge is not None:
        _add_merge(router, context, entity, entity.merge, may_write)


def _add_get(router: APIRouter, context: Context, entity: Entity[D]) -> None:
    @router.get(
        entity.path,
        name=f"get_{entity.name}",
        description=f"One {entity.name}. Its ETag goes into `If-Match` of a change.",
        response_model=entity.answer,
        responses=READ,
    )
    def get_one(request: Request, entity_id: Annotated[int, entity.path_id]) -> Response:
        with context.services.database.reading() as connection:
            return read_response(request, entity.rendered(connection, entity_id))


def _add_create(
    router: APIRouter, context: Context, entity: Entity[D], may_write: Callable[..., Identity]
) -> None:
    @router.post(
        "",
        name=f"create_{entity.name}",
        description=f"Create one {entity.name}.",
        status_code=201,
        response_model=entity.answer,
        responses=WRITE,
    )
    def create_one(
        request: Request,
        draft: entity.draft,  # type: ignore[name-defined] # FastAPI reads the model from here
        identity: Annotated[Identity, Depends(may_write)],
        confirm: Confirm = False,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        def write(tx: Transaction) -> Response:
            _refuse_alike(tx, entity, [draft], [""], [None], confirm=confirm)
            [entity_id] = entity.create(tx, [draft], [""])
            location = {"Location": f"{request.url.path}/{entity_id}"}
            return entity_response(entity.get(tx.connection, entity_id), 201, headers=location)

        database = context.services.database
        claims = entity.claims(draft, None)
        return write_once(database, request, identity, idempotency_key, draft, write, claims)


def _add_bulk(
    router: APIRouter, context: Context, entity: Entity[D], may_write: Callable[..., Identity]
) -> None:
    @router.post(
        "/bulk",
        name=f"create_{entity.plural}",
        description=f"Create many {entity.plural}, all or none; every bad one is reported with "
        "its place.",
        status_code=201,
        response_model=Created,
        responses=WRITE,
    )
    def create_many(
        request: Request,
        bulk: entity.bulk,  # type: ignore[name-defined] # FastAPI reads the model from here
        identity: Annotated[Identity, Depends(may_write)],
        confirm: Confirm = False,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        drafts = getattr(bulk, entity.plural)
        places = context.services.database.limits.bulk_places(entity.plural, len(drafts))

        def write(tx: Transaction) -> Response:
            owners = [None] * len(drafts)
            _refuse_alike(tx, entity, drafts, places, owners, confirm=confirm)
            return created_response(entity.create(tx, drafts, places))

        database = context.services.database
        return write_once(database, request, identity, idempotency_key, bulk, write)


def _add_replace(
    router: APIRouter, context: Context, entity: Entity[D], may_write: Callable[..., Identity]
) -> None:
    @router.put(
        entity.path,
        name=f"replace_{entity.name}",
        description=f"Replace all fields of one {entity.name}. {entity.on_replace}".strip(),
        response_model=entity.answer,
        responses=WRITE_ONE,
    )
    def replace_one(
        entity_id: Annotated[int, entity.path_id],
        draft: entity.draft,  # type: ignore[name-defined] # FastAPI reads the model from here
        _identity: Annotated[Identity, Depends(may_write)],
        confirm: Confirm = False,
        if_match: IfMatch = None,
    ) -> Response:
        claims = entity.claims(draft, entity_id)
        with context.services.database.transaction(claims) as tx:
            refuse_stale(if_match, entity.get(tx.connection, entity_id))
            _refuse_alike(tx, entity, [draft], [""], [entity_id], confirm=confirm)
            entity.replace(tx, {entity_id: draft}, [""])
            return entity_response(entity.get(tx.connection, entity_id))


def _add_delete(
    router: APIRouter,
    context: Context,
    entity: Entity[D],
    delete: Callable[[Transaction, int], None],
    may_write: Callable[..., Identity],
) -> None:
    @router.delete(
        entity.path,
        name=f"delete_{entity.name}",
        description=f"Delete one {entity.name}. {entity.on_delete}".strip(),
        status_code=204,
        responses=WRITE_ONE,
    )
    def delete_one(
        entity_id: Annotated[int, entity.path_id],
        _identity: Annotated[Identity, Depends(may_write)],
        if_match: IfMatch = None,
    ) -> None:
        claims = entity.claims(None, entity_id)
        with context.services.database.transaction(claims) as tx:
            refuse_stale(if_match, entity.get(tx.connection, entity_id))
            delete(tx, entity_id)


def _add_merge(
    router: APIRouter,
    context: Context,
    entity: Entity[D],
    merge: Callable[[Transaction, int, int], None],
    may_write: Callable[..., Identity],
) -> None:
    @router.post(
        f"{entity.path}/merge",
        name=f"merge_{entity.name}",
        description=f"Make one of two: all that names this {entity.name} names the other, and its "
        "address answers 308 with that of the other. Answers with the other.",
        response_model=entity.answer,
        responses=WRITE_ONE,
        dependencies=[Depends(refuse_key)],
    )
    def merge_one(
        entity_id: Annotated[int, entity.path_id],
        wanted: Merge,
        _identity: Annotated[Identity, Depends(may_write)],
        if_match: IfMatch = None,
    ) -> Response:
        with context.services.database.transaction() as tx:
            refuse_stale(if_match, entity.get(tx.connection, entity_id))
            merge(tx, entity_id, wanted.into)
            return entity_response(entity.get(tx.connection, wanted.into))


def _refuse_alike(
    tx: Transaction,
    entity: Entity[D],
    drafts: Sequence[Any],
    places: Sequence[str],
    owners: Sequence[int | None],
    *,
    confirm: bool,
) -> None:
    if entity.alike is not None and not confirm:
        names = [draft.name for draft in drafts]
        refuse_alike(tx.connection, entity.alike, names, places, owners)
