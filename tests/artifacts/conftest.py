"""Every kind of store, for the tests that all of them must pass."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.s3 import S3Store
from cocktailspace.artifacts.store import ArtifactStore

BUCKET = "artifacts"


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """An emulated S3 on the loopback interface."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_store(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """An empty bucket."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    store = S3Store(BUCKET, endpoint_url=s3_address)
    client = store._client
    client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    yield store
    for entry in list(store.list("")):
        store.delete(entry.key)
    client.delete_bucket(Bucket=BUCKET)
    client.close()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    """Each kind of store, empty."""
    if request.param == "folder":
        return FolderStore(tmp_path / "artifacts")
    found: ArtifactStore = request.getfixturevalue("s3_store")
    return found
