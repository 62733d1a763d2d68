"""What S3 alone can do, and what it says in words of its own."""

import hashlib
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.stub import Stubber

from cocktailspace.artifacts.s3 import S3Store
from cocktailspace.artifacts.store import MissingError


def test_a_link_leads_to_the_object_for_a_few_minutes(s3_store: S3Store) -> None:
    s3_store.write("a/b.json", b"hello")
    link = s3_store.link("a/b.json")
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"hello"
    assert link.startswith(f"{s3_store.origin}/")
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["300"]


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "bucket.s3.eu-central-1.amazonaws.com"),
        ("us-east-1", "bucket.s3.amazonaws.com"),
    ],
)
def test_links_lead_to_the_host_of_the_buckets_own_region(
    aws_environment: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
    region: str,
    host: str,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    store = S3Store("bucket")
    assert store.origin == f"https://{host}"
    assert urlsplit(store.link("a/b.json")).path == "/a/b.json"


def test_the_size_is_known_without_reading(s3_store: S3Store) -> None:
    s3_store.write("a", b"hello")
    assert s3_store.size("a") == 5
    with pytest.raises(MissingError):
        s3_store.size("nowhere")


def test_what_may_not_be_listed_is_missing_when_it_is_denied(s3_store: S3Store) -> None:
    """To a reader without s3:ListBucket, S3 says no more of an object that is not there."""
    with Stubber(s3_store._client) as stub:
        stub.add_client_error("get_object", "AccessDenied", http_status_code=403)
        with pytest.raises(MissingError, match="or we may not read it"):
            s3_store.read("manifest.json")


def test_the_digest_is_the_buckets_own_and_made_here_where_it_has_none(
    s3_store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_store._client.put_object(Bucket="artifacts", Key="older", Body=b"hello")
    assert s3_store.sha256("older") == hashlib.sha256(b"hello").hexdigest()
    s3_store.write("a", b"hello")
    monkeypatch.delattr(S3Store, "open")
    assert s3_store.sha256("a") == hashlib.sha256(b"hello").hexdigest()
