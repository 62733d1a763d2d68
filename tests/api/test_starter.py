"""The starter catalogue's recipes, taken away by whoever starts with their own."""

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.transfer import load_file, starter_file

API = "/api/v1"
Headers = dict[str, str]


@pytest.fixture
def client(services: Services) -> TestClient:
    """The API over the starter catalogue."""
    load_file(services.database, starter_file())
    return TestClient(create_app(services), raise_server_exceptions=False)


def test_they_are_counted_taken_away_and_brought_again_from_a_file(
    client: TestClient, admin: Headers
) -> None:
    before = client.get(f"{API}/catalogue/export?format=catalogue/2").json()
    assert client.get(f"{API}/catalogue/starter").json() == {"recipes": 126}
    uids = client.delete(f"{API}/catalogue/starter", headers=admin).json()["uids"]
    assert sorted(uids) == sorted(each["uid"] for each in before["recipes"])
    assert client.get(f"{API}/catalogue/starter").json() == {"recipes": 0}
    assert client.get(f"{API}/recipes").json()["total"] == 0
    assert len(client.get(f"{API}/ingredients").json()["items"]) == len(before["ingredients"])
    file = before | {"units": [], "ingredients": []}
    assert client.post(f"{API}/catalogue/import", json=file, headers=admin).status_code == 200
    assert client.get(f"{API}/catalogue/export?format=catalogue/2").json() == before


def test_an_admin_alone_may_take_them_away(client: TestClient, editor: Headers) -> None:
    assert client.delete(f"{API}/catalogue/starter").status_code == 401
    assert client.delete(f"{API}/catalogue/starter", headers=editor).status_code == 403
    assert client.get(f"{API}/catalogue/starter").json() == {"recipes": 126}
