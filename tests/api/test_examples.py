"""Every operation of the description has an example, and the example works."""

import json
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.bootstrap import Services, build_services
from cocktailspace.catalogue.tokens import Role
from cocktailspace.settings import Settings
from tests.publishing import publish_analytics

SEED = ("create_unit", "create_ingredient", "create_ingredients", "create_recipe", "create_recipes")
"""What the examples of other operations name, in the order in which it is made."""
BEFORE = {"undo_import": "apply_import", "replace_collection": "collection"}
"""What comes first; the ETag of its answer goes into `If-Match`."""


@dataclass
class Example:
    """One operation, called as its description shows."""

    name: str
    method: str
    path: str
    operation: dict[str, Any]
    schemas: dict[str, Any]

    def call(self, client: TestClient, known: dict[str, str]) -> Any:
        """Send it. known: parameters that only an earlier answer can say. Returns the answer."""
        path, query, headers = self.path, {}, {}
        for each in self.operation.get("parameters", []):
            shown = known.get(each["name"]) or _first(each, each["schema"])
            assert shown is not None or not each.get("required"), f"no example of {each['name']}"
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", str(shown))
            elif each["in"] == "query" and shown is not None:
                query[each["name"]] = shown
            elif each["name"] in known:
                headers[each["name"]] = known[each["name"]]
        media_type, body = self._body()
        if media_type:
            headers["Content-Type"] = media_type
        answer = client.request(self.method, path, params=query, headers=headers, content=body)
        assert str(answer.status_code) in self.operation["responses"]
        assert answer.is_success, answer.text
        return answer

    def _body(self) -> tuple[str, bytes]:
        for media_type, content in self.operation.get("requestBody", {}).get("content", {}).items():
            schema = content["schema"]
            schema = self.schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
            shown = _first(content, schema)
            assert shown is not None, "no example of its body"
            text = json.dumps(shown) if media_type == "application/json" else shown
            return media_type, text.encode()
        return "", b""


def _first(*shown: dict[str, Any]) -> Any:
    return next((each["examples"][0] for each in shown if each.get("examples")), None)


@dataclass
class World:
    """A folder with what the examples made, its published run, and an import that is planned."""

    folder: Path
    headers: dict[str, str]
    examples: dict[str, Example]
    known: dict[str, str]

    def call(self, client: TestClient, name: str) -> Any:
        """Call one by its name, after what it needs."""
        client.headers.update(self.headers)
        known = dict(self.known)
        if name in BEFORE and (etag := self.call(client, BEFORE[name]).headers.get("ETag")):
            known["if-match"] = etag
        return self.examples[name].call(client, known)

    def failure(self, client: TestClient, name: str) -> str | None:
        """Why an example does not work, if so."""
        try:
            self.call(client, name)
        except AssertionError as error:
            return str(error)
        return None


def _services(folder: Path) -> Services:
    return build_services(
        Settings(
            db_path=folder / "catalogue.sqlite",
            analytics_path=folder / "artifacts",
            tokens_path=folder / "tokens.json",
        )
    )


def _examples(client: TestClient) -> dict[str, Example]:
    document = client.get("/api/v1/openapi.json").json()
    return {
        operation["operationId"]: Example(
            operation["operationId"], method, path, operation, document["components"]["schemas"]
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, empty_catalogue: Path) -> World:
    folder = tmp_path_factory.mktemp("examples")
    shutil.copy(empty_catalogue, folder / "catalogue.sqlite")
    with closing(_services(folder)) as services, TestClient(create_app(services)) as client:
        token = TokenFile(services.settings.tokens_file, services.clock).create("ann", Role.ADMIN)
        made = World(folder, {"Authorization": f"Bearer {token}"}, _examples(client), {})
        for name in SEED:
            made.call(client, name)
        # A method keeps its name, so that only the one of that example can be replaced by it.
        made.known["method_id"] = made.call(client, "create_method").json()["id"]
        publish_analytics(services)
        plan = made.call(client, "plan_import").json()
        run_id = made.call(client, "get_manifest").json()["run_id"]
        made.known |= {"import_id": plan["id"], "digest": plan["digest"], "run_id": run_id}
    return made


def test_every_model_has_a_name_of_its_own(world: World) -> None:
    """One that shares it is called by its module, and no client that is generated has it."""
    schemas = world.examples["list_recipes"].schemas
    assert [name for name in schemas if "__" in name or "-" in name] == []


def test_every_example_that_reads_works(world: World) -> None:
    names = [name for name, each in world.examples.items() if each.method == "get"]
    names.remove("get_answer")  # of what is left to a job, on AWS alone
    assert len(names) > 20
    with closing(_services(world.folder)) as services, TestClient(create_app(services)) as client:
        failures = {name: world.failure(client, name) for name in names}
    assert {name: why for name, why in failures.items() if why} == {}


def test_every_example_that_writes_works_by_itself(world: World, tmp_path: Path) -> None:
    """Those that make what the others name were called when the world was made."""
    names = {name for name, each in world.examples.items() if each.method != "get"}
    assert len(names) > 20
    failures = {}
    for name in sorted(names - {*SEED, "create_method"}):
        folder = tmp_path / name
        shutil.copytree(world.folder, folder)
        with closing(_services(folder)) as services, TestClient(create_app(services)) as client:
            failures[name] = world.failure(client, name)
    assert {name: why for name, why in failures.items() if why} == {}
