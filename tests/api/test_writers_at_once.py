"""Two servers on one PostgreSQL write at once: one is held at its commit while the other begins.

What the second is told must be what it would be told after the first.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx2 import Response

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.identity import Role
from cocktailspace.api.auth.tokens import choose_tokens
from cocktailspace.bootstrap import Services
from cocktailspace.settings import Settings
from tests.catalogue.writers import gate_at_commit
from tests.conftest import BAR, import_document

API = "/api/v1"
BOURBON, RYE, GIN, BITTERS, SAFFRON = 3, 4, 5, 9, 10
NEGRONI, NEW = 1, 4


@dataclass(frozen=True)
class Request:
    """A write; `read`: the address whose ETag it sends."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    read: str | None = None


def recipe(name: str, *ingredients: int, **more: Any) -> dict[str, Any]:
    lines = [{"ingredient_id": each, "amount": 1.0} for each in ingredients]
    return {"name": name, "ingredients": lines, **more}


def create(name: str, *ingredients: int, **headers: str) -> Request:
    return Request("POST", f"{API}/recipes", recipe(name, *ingredients), headers)


def change(recipe_id: int, name: str, *, read: bool = False) -> Request:
    path = f"{API}/recipes/{recipe_id}"
    return Request("PUT", path, recipe(name, GIN), read=path if read else None)


def place(ingredient_id: int, name: str, parent_id: int | None) -> Request:
    body = {"name": name, "parent_id": parent_id, "allow_substitution": False}
    return Request("PUT", f"{API}/ingredients/{ingredient_id}", body)


def delete(path: str) -> Request:
    return Request("DELETE", f"{API}/{path}")


class Servers:
    """Two servers, and a writer on each."""

    def __init__(self, services: list[Services], headers: dict[str, str]) -> None:
        self.services = services
        self._clients = [
            TestClient(create_app(each), raise_server_exceptions=False) for each in services
        ]
        self._headers = headers

    def ask(self, server: int, wanted: Request) -> Response:
        client, headers = self._clients[server], self._headers | wanted.headers
        if wanted.read:
            headers["If-Match"] = client.get(wanted.read, headers=headers).headers["etag"]
        return client.request(wanted.method, wanted.path, json=wanted.body, headers=headers)

    def at_once(
        self, first: Request, second: Request, *, touched: int, waits: bool = True
    ) -> tuple[Response, Response]:
        """The first is held at its commit until the second waits for it, or has ended."""
        reader = self.services[0].database
        with (
            ThreadPoolExecutor() as writers,
            gate_at_commit(reader, entity_id=touched) as gate,
        ):
            held = writers.submit(self.ask, 0, first)
            gate.wait_for(1, unless=held.done)
            other = writers.submit(self.ask, 1, second)
            gate.wait_for(2, unless=other.done)
            assert other.done() != waits
            gate.open()
            return held.result(), other.result()


@pytest.fixture
def servers(
    new_postgres_url: Callable[[], sa.URL],
    new_services: Callable[..., Services],
    tmp_path: Path,
    patient_writers: None,  # noqa: ARG001
) -> Servers:
    settings = Settings(
        database_url=new_postgres_url().render_as_string(hide_password=False),
        analytics_path=tmp_path / "artifacts",
    )
    services = [new_services(settings) for _ in range(2)]
    saffron = {"name": "Saffron", "parent": None, "allow_substitution": False}
    document = BAR | {"ingredients": [*BAR["ingredients"], saffron]}
    import_document(services[0].database, document)
    token = choose_tokens(settings, services[0].database).create("eve", Role.EDITOR)
    return Servers(services, {"Authorization": f"Bearer {token}"})


NEGRONI_ETAG = change(NEGRONI, "Negroni", read=True)


@pytest.mark.parametrize(
    ("first", "touched", "second", "status", "words"),
    [
        pytest.param(
            create("Rickey"), NEW, create("RICKEY"), 422, "is taken by recipes 4", id="one name"
        ),
        pytest.param(
            create("Rickey"), NEW, create("Rickeys"), 422, "did you mean 'Rickey'", id="alike names"
        ),
        pytest.param(
            create("Rickey"), NEW, change(NEGRONI, "Rickey"), 422, "is taken", id="a new name"
        ),
        pytest.param(
            create("Rickey", **{"Idempotency-Key": "one"}),
            NEW,
            create("Sour", **{"Idempotency-Key": "one"}),
            422,
            "used for another request",
            id="one key",
        ),
        pytest.param(NEGRONI_ETAG, NEGRONI, NEGRONI_ETAG, 412, "it has changed", id="one ETag"),
        pytest.param(
            delete(f"recipes/{NEGRONI}"),
            NEGRONI,
            change(NEGRONI, "Negroni"),
            404,
            "there is no recipe 1",
            id="changed as it is deleted",
        ),
        pytest.param(
            create("Pink", SAFFRON),
            NEW,
            delete(f"ingredients/{SAFFRON}"),
            409,
            "used by 'Pink'",
            id="used",
        ),
        pytest.param(
            delete(f"ingredients/{SAFFRON}"),
            SAFFRON,
            create("Pink", SAFFRON),
            422,
            "there is no ingredient 10",
            id="deleted",
        ),
        pytest.param(
            Request("POST", f"{API}/ingredients/{RYE}/merge", {"into": BOURBON}),
            RYE,
            create("Sazerac", RYE),
            422,
            "there is no ingredient 4",
            id="merged",
        ),
        pytest.param(
            place(BITTERS, "Bitters", GIN),
            BITTERS,
            place(GIN, "Gin", BITTERS),
            422,
            "under itself or under one of its own kinds",
            id="a cycle",
        ),
    ],
)
def test_the_second_is_told_what_it_would_be_told_after_the_first(
    servers: Servers, first: Request, touched: int, second: Request, status: int, words: str
) -> None:
    made, refused = servers.at_once(first, second, touched=touched)
    assert made.is_success, made.text
    assert refused.status_code == status, refused.text
    assert words in refused.text


def test_a_request_that_is_sent_twice_at_once_is_carried_out_once(servers: Servers) -> None:
    request = create("Rickey", GIN, **{"Idempotency-Key": "once"})
    first, second = servers.at_once(request, request, touched=NEW)
    assert [first.status_code, second.status_code] == [201, 201]
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"


def test_who_changes_what_is_their_own_waits_for_no_recipe(servers: Servers) -> None:
    own = Request("DELETE", f"{API}/me")
    first, second = servers.at_once(create("Rickey"), own, touched=NEW, waits=False)
    assert [first.status_code, second.status_code] == [201, 204]
