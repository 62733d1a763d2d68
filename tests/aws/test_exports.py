"""Exports that Lambda cannot send come from the bucket."""

import urllib.error
import urllib.request
from email.message import Message

import boto3
import pytest

from cocktailspace.api import exports
from cocktailspace.artifacts.s3 import S3Store
from cocktailspace.catalogue.transfer import OUTPUTS
from tests.aws.world import AwsWorld

EXPORT = "/api/v1/catalogue/export"


@pytest.fixture
def small_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda can send next to nothing."""
    monkeypatch.setattr(exports, "LAMBDA_BYTES", 100)


def _fetched(address: str) -> tuple[bytes, Message]:
    with urllib.request.urlopen(address) as answer:
        return answer.read(), answer.headers


def _kept(aws: AwsWorld) -> list[str]:
    bucket = aws.template.ref("AnalyticsBucket")
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix="exports/")
    return [each["Key"] for each in listed.get("Contents", ())]


@pytest.mark.parametrize("version", OUTPUTS)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_large_export_is_fetched_from_the_bucket_and_is_the_same(
    aws: AwsWorld, monkeypatch: pytest.MonkeyPatch, version: str, encoding: str
) -> None:
    address = f"{EXPORT}?format={version}"
    sent = aws.request("GET", address, Accept_Encoding="identity")
    assert sent.status == 200
    monkeypatch.setattr(exports, "LAMBDA_BYTES", 100)
    answer = aws.request("GET", address, Accept_Encoding=encoding)
    assert (answer.status, answer.headers["cache-control"]) == (307, "no-store")
    body, headers = _fetched(answer.headers["location"])
    assert body == sent.content
    assert headers["content-disposition"] == sent.headers["content-disposition"]
    assert headers["content-type"] == sent.headers["content-type"]
    assert answer.headers.get("x-left-out") == sent.headers.get("x-left-out")


@pytest.mark.usefixtures("small_lambda")
def test_a_large_export_is_made_once_for_each_version_whichever_instance_is_asked(
    aws: AwsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    put: list[str] = []
    write, store_write = exports.temporary_file_of, S3Store.write
    monkeypatch.setattr(
        S3Store, "write", lambda store, key, body: put.append(key) or store_write(store, key, body)
    )
    monkeypatch.setattr(
        exports, "temporary_file_of", lambda chunks: made.append("one") or write(chunks)
    )
    instances = (aws.function, aws.new_function())
    for instance in (*instances, *instances):
        answer = instance.request("GET", EXPORT, groups=None)
        assert b'"Negroni"' in _fetched(answer.headers["location"])[0]
    assert len(made) == len(put) == len(_kept(aws)) == 1
    aws.edit("Absinthe")
    for instance in instances:
        answer = instance.request("GET", EXPORT, groups=None)
        assert b'"Absinthe"' in _fetched(answer.headers["location"])[0]
    assert len(made) == len(put) == len(_kept(aws)) == 2


@pytest.mark.usefixtures("small_lambda")
def test_an_export_whose_day_in_the_bucket_is_over_is_put_there_again(aws: AwsWorld) -> None:
    instances = (aws.function, aws.new_function())
    for instance in instances:  # the second has found it in the bucket
        instance.request("GET", EXPORT, groups=None)
    for instance in instances:
        [key] = _kept(aws)
        boto3.client("s3").delete_object(Bucket=aws.template.ref("AnalyticsBucket"), Key=key)
        answer = instance.request("GET", EXPORT, groups=None)
        assert b'"Negroni"' in _fetched(answer.headers["location"])[0]


def test_exports_expire_by_themselves_and_nothing_that_is_published_does(aws: AwsWorld) -> None:
    rules = aws.template.resource("AnalyticsBucket")["LifecycleConfiguration"]["Rules"]
    days = {rule.get("Prefix"): rule["ExpirationInDays"] for rule in rules if "Prefix" in rule}
    assert days == {"exports/": 1, "imports/": 1}
