import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.auth.tokens import TokenError, TokenFile
from cocktailspace.catalogue.tokens import Role

API = "/api/v1"
BODY = {"name": "New"}


def _create(client: TestClient, authorization: str | None) -> int:
    headers = {} if authorization is None else {"Authorization": authorization}
    return client.post(f"{API}/recipes", json=BODY, headers=headers).status_code


def test_only_a_valid_token_writes(client: TestClient, tokens: TokenFile) -> None:
    token = tokens.create("eve", Role.EDITOR)
    for bad in (None, "", "Bearer", "Bearer ", f"Basic {token}", f"Bearer {token}x", "Bearer cs_"):
        assert _create(client, bad) == 401
    assert _create(client, f"Bearer {token}") == 201


def test_a_revoked_token_is_refused_at_once(client: TestClient, tokens: TokenFile) -> None:
    token = tokens.create("eve", Role.EDITOR)
    tokens.revoke("eve")
    assert _create(client, f"Bearer {token}") == 401


def test_a_refusal_says_nothing_of_the_token(client: TestClient) -> None:
    answer = client.post(f"{API}/recipes", json=BODY, headers={"Authorization": "Bearer s3cret"})
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "s3cret" not in answer.text


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("post", "/units"),
        ("put", "/units/1"),
        ("delete", "/units/1"),
        ("post", "/catalogue/import"),
    ],
)
def test_units_and_imports_are_the_admins(
    client: TestClient, editor: dict[str, str], method: str, address: str
) -> None:
    body = (
        {}
        if method == "delete"
        else {"json": {"name": "X", "millilitres": 1.0, "format": "catalogue/1"}}
    )
    if address == "/catalogue/import":
        body = {"json": {"format": "catalogue/1"}}
    elif body:
        body = {"json": {"name": "X", "millilitres": 1.0}}
    answer = client.request(method, API + address, headers=editor, **body)
    assert answer.status_code == 403
    assert "needs the role admin" in answer.json()["error"]["message"]


def test_the_file_holds_no_token_and_is_its_owners_alone(tokens: TokenFile) -> None:
    token = tokens.create("eve", Role.EDITOR)
    assert token not in tokens.path.read_text()
    assert stat.S_IMODE(tokens.path.stat().st_mode) == 0o600
    assert [(entry.name, entry.role) for entry in tokens.entries()] == [("eve", Role.EDITOR)]


def test_names_are_unique_and_must_exist_to_be_revoked(tokens: TokenFile) -> None:
    tokens.create("eve", Role.EDITOR)
    with pytest.raises(TokenError, match="already"):
        tokens.create("eve", Role.ADMIN)
    with pytest.raises(TokenError, match="no token named"):
        tokens.revoke("adam")
    with pytest.raises(TokenError, match="must not be empty"):
        tokens.create(" ", Role.ADMIN)


def test_a_damaged_file_lets_nobody_in_and_says_what_to_do(tokens: TokenFile) -> None:
    tokens.create("eve", Role.EDITOR)
    tokens.path.write_text("{")
    with pytest.raises(TokenError, match="is damaged; delete it"):
        tokens.entries()


@pytest.mark.parametrize("name", [" admin", "admin ", "ADMIN", "a\u0064min"])
def test_two_names_that_look_alike_are_one(tokens: TokenFile, name: str) -> None:
    tokens.create("admin", Role.ADMIN)
    with pytest.raises(TokenError, match="already"):
        tokens.create(name, Role.EDITOR)
    tokens.revoke(name)
    assert tokens.entries() == []


def _damaged(path: Path) -> None:
    path.write_text("{")


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "says"), [(_damaged, "is damaged"), (_a_folder, "cannot be read")]
)
def test_a_file_that_cannot_be_read_is_503_and_named(
    client: TestClient, tokens: TokenFile, spoil: Callable[[Path], None], says: str
) -> None:
    token = tokens.create("eve", Role.EDITOR)
    spoil(tokens.path)
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post(f"{API}/recipes", json=BODY, headers=headers)
    assert answer.status_code == 503
    assert says in answer.json()["error"]["message"]
    assert client.get(f"{API}/recipes").status_code == 200


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone takes files away from others")
def test_a_token_made_by_root_leaves_the_file_to_its_owner(tokens: TokenFile) -> None:
    os.chown(tokens.path.parent, 1234, 1234)
    tokens.create("eve", Role.EDITOR)
    os.chown(tokens.path, 4321, 4321)
    tokens.create("ann", Role.ADMIN)
    assert tokens.path.stat().st_uid == 4321
    assert {path.stat().st_uid for path in tokens.path.parent.glob("*.lock")} == {1234}
