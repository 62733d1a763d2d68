import hashlib
import json

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.content import ContentResponses, FileContent
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.bootstrap import Services

API = "/api/v1/analytics"

pytestmark = pytest.mark.usefixtures("published")


def _manifest(client: TestClient) -> dict[str, object]:
    return client.get(f"{API}/manifest").json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ArtifactName)
def test_an_artifact_is_served_byte_for_byte(
    client: TestClient, services: Services, name: ArtifactName
) -> None:
    manifest = _manifest(client)
    entry = manifest["artifacts"][name]  # type: ignore[index]
    stored = services.store.read(entry["key"]).body
    for address in (f"{API}/{name}", f"{API}/runs/{manifest['run_id']}/{name}"):
        for encoding in ("identity", "gzip"):
            answer = client.get(address, headers={"Accept-Encoding": encoding})
            assert answer.content == stored
            assert answer.headers.get("content-encoding", "identity") == encoding
            assert answer.headers["vary"] == "Accept-Encoding"
            assert hashlib.sha256(stored).hexdigest() in answer.headers["etag"]


def test_the_two_codings_have_etags_of_their_own(client: TestClient) -> None:
    etags = {
        client.get(f"{API}/manifest", headers={"Accept-Encoding": coding}).headers["etag"]
        for coding in ("identity", "gzip", "gzip;q=0")
    }
    assert len(etags) == 2
    assert all(etag.startswith('"') for etag in etags)


@pytest.mark.parametrize("address", ["manifest", "cocktail-space"])
def test_an_unchanged_artifact_is_not_sent_again(client: TestClient, address: str) -> None:
    first = client.get(f"{API}/{address}")
    again = client.get(f"{API}/{address}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = client.get(f"{API}/{address}", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_a_runs_artifacts_may_be_kept_for_ever_and_the_current_ones_not(client: TestClient) -> None:
    run = client.get(f"{API}/runs/{_manifest(client)['run_id']}/cocktail-space")
    assert "immutable" in run.headers["cache-control"]
    assert client.get(f"{API}/cocktail-space").headers["cache-control"] == "no-cache"


def test_one_recipes_similar_ones_can_be_asked_for(client: TestClient) -> None:
    row = client.get(f"{API}/recipe-similar", params={"recipe_id": 1}).json()
    assert row["name"] == "Negroni"
    swap = {"from": "Gin", "ml": 30.0, "to": "Bourbon", "to_ml": 30.0}
    assert row["similar"][0]["name"] == "Boulevardier"
    assert row["similar"][0]["changes"] == {"swap": [swap]}
    missing = client.get(f"{API}/recipe-similar", params={"recipe_id": 99})
    assert missing.status_code == 404
    assert "not in the published analytics" in missing.json()["error"]["message"]


def test_of_one_recipe_only_those_that_are_near_are_told(client: TestClient) -> None:
    rows = {row["recipe_id"]: row for row in client.get(f"{API}/recipe-similar").json()["data"]}
    run = f"{API}/runs/{_manifest(client)['run_id']}"
    for recipe_id, row in rows.items():
        assert len(row["similar"]) == len(rows) - 1
        near = [each for each in row["similar"] if each["near"]]
        for address in (API, run):
            asked = client.get(f"{address}/recipe-similar", params={"recipe_id": recipe_id})
            assert asked.json() == row | {"similar": near}


def test_what_is_retired_names_what_takes_its_place(client: TestClient) -> None:
    run_id = _manifest(client)["run_id"]
    for address in (f"{API}/ingredient-costs", f"{API}/runs/{run_id}/ingredient-costs"):
        answer = client.get(address, params={"retired": "x", "successor": "y"})
        assert answer.status_code == 410
        error = answer.json()["error"]
        said = "there is no ingredient-costs any more; ingredient-substitutes takes its place"
        assert (error["code"], error["message"]) == ("gone", said)
        successor = client.get(address.replace("ingredient-costs", "ingredient-substitutes"))
        assert successor.status_code == 200


def test_compressed_bytes_are_made_once(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    compress = ContentResponses._gzip_file

    def counting(self: ContentResponses, etag: str, content: FileContent) -> FileContent:
        made.append(1)
        return compress(self, etag, content)

    monkeypatch.setattr(ContentResponses, "_gzip_file", counting)
    for _ in range(3):
        client.get(f"{API}/ingredient-tree", headers={"Accept-Encoding": "gzip"})
    assert made == [1]


def test_the_data_of_every_artifact_is_json_with_metadata(client: TestClient) -> None:
    for name in ArtifactName:
        artifact = json.loads(client.get(f"{API}/{name}").content)
        assert set(artifact) == {"data", "metadata"}
        assert artifact["metadata"]["analytics_type"] == name


def test_an_artifact_of_a_run_is_read_only_to_be_sent(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = _manifest(client)
    address = f"{API}/runs/{manifest['run_id']}/cocktail-space"
    first = client.get(address, headers={"Accept-Encoding": "identity"})
    monkeypatch.setattr(FileContent, "read", None)  # reading would fail
    again = {"If-None-Match": first.headers["etag"], "Accept-Encoding": "identity"}
    assert client.get(address, headers=again).status_code == 304
