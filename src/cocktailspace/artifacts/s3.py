"""Artifacts in an S3 bucket: atomic by nature, compare-and-swap by conditional writes."""

import base64
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import IO, Any, BinaryIO
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cocktailspace.artifacts.store import (
    Entry,
    MissingError,
    Stored,
    StoreError,
    SwapConflictError,
    UploadForm,
)
from cocktailspace.files import sha256_of

_CONFLICTS = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_MISSING = {"NoSuchKey", "NotFound", "404"}
_DENIED = {"AccessDenied", "Forbidden", "403"}

LINK_SECONDS, UPLOAD_SECONDS = 300, 900
_FOR_EVER = "public, max-age=31536000, immutable"


class S3Store:
    """An ArtifactStore in one bucket."""

    def __init__(self, bucket: str, *, endpoint_url: str | None = None) -> None:
        self._bucket = bucket
        self._endpoint_url = endpoint_url
        config = Config(connect_timeout=3, read_timeout=30, retries={"mode": "standard"})
        self._client: Any = boto3.client("s3", endpoint_url=endpoint_url, config=config)

    def read(self, key: str) -> Stored:
        """The object under `key`; MissingError when there is none."""
        with self._translated(key):
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            return Stored(answer["Body"].read(), answer["ETag"])

    def open(self, key: str) -> BinaryIO:
        """The object, fetched into a file that has no name; MissingError when there is none."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        try:
            with self._translated(key):
                self._client.download_fileobj(self._bucket, key, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`; MissingError when there is no such object."""
        with self._translated(key):
            answer = self._client.get_object(
                Bucket=self._bucket, Key=key, Range=f"bytes={start}-{start + length - 1}"
            )
            return bytes(answer["Body"].read())

    def size(self, key: str) -> int:
        """Bytes of the object under `key`; MissingError when there is none."""
        with self._translated(key):
            return int(self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"])

    def sha256(self, key: str) -> str:
        """The digest in hex that S3 made when the object was put, and keeps to; else ours."""
        with self._translated(key):
            answer = self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
        if (checksum := answer.get("ChecksumSHA256")) is not None:
            return base64.b64decode(checksum).hex()
        with self.open(key) as file:
            return sha256_of(file)

    def link(self, key: str, *, file_name: str = "", media_type: str = "") -> str:
        """An address at which anybody can read the object for five minutes; signed here."""
        wanted = {"Bucket": self._bucket, "Key": key}
        if file_name:
            wanted["ResponseContentDisposition"] = f'attachment; filename="{file_name}"'
        if media_type:
            wanted["ResponseContentType"] = media_type
        with self._translated(key):
            return str(
                self._signer.generate_presigned_url(
                    "get_object", Params=wanted, ExpiresIn=LINK_SECONDS
                )
            )

    def upload(self, key: str, most_bytes: int) -> UploadForm:
        """A form that puts this object, of 1 to `most_bytes` bytes; signed here."""
        with self._translated(key):
            form = self._signer.generate_presigned_post(
                self._bucket,
                key,
                Conditions=[["content-length-range", 1, most_bytes]],
                ExpiresIn=UPLOAD_SECONDS,
            )
        return UploadForm(form["url"], form["fields"])

    @cached_property
    def origin(self) -> str:
        """Scheme and host of all links."""
        parts = urlsplit(self.link("any"))
        return f"{parts.scheme}://{parts.netloc}"

    @cached_property
    def _signer(self) -> Any:
        """Left to itself, boto3 signs for a host that is another than the bucket's region's: S3
        would send readers on from there, to a host that the page's policy does not name.
        """
        host = urlsplit(self._client.meta.endpoint_url).hostname or ""
        style = "virtual" if ".amazonaws." in host else "path"
        config = Config(signature_version="s3v4", s3={"addressing_style": style})
        return boto3.client("s3", endpoint_url=self._endpoint_url, config=config)

    def write(self, key: str, body: bytes | IO[bytes]) -> None:
        """Put an object, whatever was there."""
        with self._translated(key):
            self._put(key, body)

    def swap(self, key: str, body: bytes, expected: str | None) -> None:
        """Put an object only if the present one is still the expected one."""
        condition = {"IfNoneMatch": "*"} if expected is None else {"IfMatch": expected}
        try:
            with self._translated(key):
                self._put(key, body, **condition)
        except MissingError as error:  # what was expected has been deleted
            raise SwapConflictError(f"{key} was deleted by somebody else") from error

    def list(self, prefix: str) -> Iterator[Entry]:
        """All objects whose key begins with `prefix`."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._translated(prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                for found in page.get("Contents", ()):
                    yield Entry(found["Key"], found["LastModified"])

    def delete(self, key: str) -> None:
        """Remove an object; no error when it is gone already."""
        with self._translated(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def _put(self, key: str, body: bytes | IO[bytes], **condition: str) -> None:
        self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType="application/json",
            CacheControl=_FOR_EVER
            if "/runs/" in key
            else "no-cache",  # for caches before the bucket
            ChecksumAlgorithm="SHA256",
            **condition,
        )

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _MISSING:
                raise MissingError(f"there is no {key}") from error
            if code in _DENIED and error.operation_name in ("GetObject", "HeadObject"):
                # What S3 says of a missing object to a reader who may not list the bucket.
                raise MissingError(f"there is no {key}, or we may not read it") from error
            if code in _CONFLICTS:
                raise SwapConflictError(f"{key} was replaced by somebody else") from error
            raise StoreError(f"{key}: S3 answered {code}") from error
        except BotoCoreError as error:
            raise StoreError(f"{key}: S3 cannot be reached ({type(error).__name__})") from error
