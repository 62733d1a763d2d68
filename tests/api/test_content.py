"""Large content is sent from files, a chunk at a time."""

import gzip
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from starlette.types import Message

from cocktailspace.api import content, exports
from cocktailspace.api.content import (
    CHUNK_BYTES,
    ContentResponses,
    FileContent,
    temporary_file_of,
)
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.transfer import OUTPUTS
from tests.conftest import run_alone

API = "/api/v1"
MEGABYTES = 5


def _request(encoding: str) -> Request:
    headers = [(b"accept-encoding", encoding.encode())]
    return Request({"type": "http", "method": "GET", "headers": headers})


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_answer_goes_out_in_chunks_of_one_size(encoding: str) -> None:
    text = b"".join(f"{i:>9}\n".encode() for i in range(MEGABYTES * 100_000))
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def answer() -> None:
        request = _request(encoding)
        response = ContentResponses().large(request, "text", temporary_file_of([text]), {})
        await response(request.scope, request.receive, send)

    run_alone(answer())
    bodies = [each["body"] for each in sent[1:]]
    assert max(map(len, bodies)) <= CHUNK_BYTES
    assert len(bodies) > 5
    whole = b"".join(bodies)
    assert (gzip.decompress(whole) if encoding == "gzip" else whole) == text


def test_files_are_closed_when_nobody_reads_them(tmp_path: Any) -> None:
    file = temporary_file_of([b"x"])
    handle = file._handle
    assert file.read(0) == b"x"
    del file
    with pytest.raises(OSError, match="Bad file descriptor"):
        import os  # noqa: PLC0415

        os.fstat(handle)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("published")
def test_an_answer_without_room_for_its_file_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Path("/dev/full")
    monkeypatch.setattr(content.tempfile, "TemporaryFile", lambda: full.open("wb"))
    for path in ("catalogue/export", "analytics/recipe-similar"):
        answer = client.get(f"{API}/{path}", headers={"Accept-Encoding": "gzip"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (507, "temporary_full")


@pytest.mark.usefixtures("published")
def test_no_artifact_is_read_whole_to_be_sent(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = client.get(f"{API}/analytics/manifest").json()
    expected = {
        name: services.store.read(manifest["artifacts"][name]["key"]).body for name in ArtifactName
    }

    def whole(_self: object, _key: str) -> None:
        raise AssertionError("it was read whole")

    read = type(services.store).read

    def unless_artifact(self: Any, key: str) -> Any:
        return whole(self, key) if "/runs/" in key else read(self, key)

    monkeypatch.setattr(type(services.store), "read", unless_artifact)
    for name, body in expected.items():
        for path in (f"analytics/{name}", f"analytics/runs/{manifest['run_id']}/{name}"):
            for encoding in ("gzip", "identity"):
                answer = client.get(f"{API}/{path}", headers={"Accept-Encoding": encoding})
                assert answer.content == body
                assert answer.headers.get("content-encoding", "identity") == encoding


@pytest.fixture
def written_exports(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many exports were written."""
    made: list[int] = []
    write: Callable[..., FileContent] = exports.temporary_file_of

    def counting(chunks: Any) -> FileContent:
        made.append(1)
        return write(chunks)

    monkeypatch.setattr(exports, "temporary_file_of", counting)
    return made


def test_an_export_is_written_once_for_all_who_ask(
    client: TestClient, editor: dict[str, str], written_exports: list[int]
) -> None:
    answers: list[str] = []

    def ask() -> None:
        answers.append(client.get(f"{API}/catalogue/export").text)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), len(set(answers)), written_exports) == (8, 1, [1])
    client.post(f"{API}/recipes", json={"name": "Ice"}, headers=editor)
    assert '"Ice"' in client.get(f"{API}/catalogue/export").text
    assert written_exports == [1, 1]


def test_who_asks_for_all_formats_in_turn_has_none_made_twice(
    client: TestClient, editor: dict[str, str], written_exports: list[int]
) -> None:
    first = {
        each: client.get(f"{API}/catalogue/export", params={"format": each}).content
        for each in OUTPUTS
    }
    for each, body in reversed(first.items()):
        again = client.get(f"{API}/catalogue/export", params={"format": each})
        assert again.content == body
    assert len(written_exports) == len(set(first.values())) == len(OUTPUTS) > 1
    client.post(f"{API}/recipes", json={"name": "Ice"}, headers=editor)
    for each, body in first.items():
        again = client.get(f"{API}/catalogue/export", params={"format": each})
        assert again.content != body, each


def test_an_export_that_the_client_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get(f"{API}/catalogue/export")
    again = client.get(f"{API}/catalogue/export", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_compressed_forms_that_are_cached_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "CACHED_FILES", 3)
    responses = ContentResponses()

    async def ask() -> None:
        async def send(_message: Message) -> None: ...

        for number in range(10):
            request = _request("gzip")
            response = responses.large(request, str(number), temporary_file_of([b"x"]), {})
            await response(request.scope, request.receive, send)

    run_alone(ask())
    assert len(responses._compressed_files) == 3
