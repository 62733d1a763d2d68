"""Every kind of store, for the tests that all of them must pass."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.s3 import S3Store
from cocktailspace.artifacts.store import ArtifactStore

BUCKET = "artifacts"


@pytest.fixture
def s3_store(aws_server: str, aws_environment: None) -> Iterator[S3Store]:  # noqa: ARG001
    """An empty bucket."""
    store = S3Store(BUCKET, endpoint_url=aws_server)
    client = store._client
    client.create_bucket(Bucket=BUCKET)
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
