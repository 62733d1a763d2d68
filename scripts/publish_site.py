"""Put the page's files, where the site is and how people sign in into the bucket of a stack.

    python scripts/publish_site.py cocktailspace-dev

Before each deployment of a stack that is there: a page that is served must find its files. Those
of earlier versions stay, for pages that are open. And after it: addresses may be new. Until the
first time the API serves the files.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

import boto3

from cocktailspace.api.auth.issuer import fetch_json
from cocktailspace.api.auth.sign_in import sign_in_config
from cocktailspace.api.cloudfront import SITE
from cocktailspace.api.content import FOREVER
from cocktailspace.api.site import Site


def publish_files(bucket: str) -> int:
    """Upload what is not there yet; returns how many files that were."""
    site, s3 = Site(), boto3.client("s3")
    prefix = f"static/{site.digest}/"
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    there = {found["Key"] for page in pages for found in page.get("Contents", ())}
    missing = [name for name in site.names if prefix + name not in there]
    for name in missing:
        file = site.file(name)
        s3.put_object(
            Bucket=bucket,
            Key=prefix + name,
            Body=file.path.read_bytes(),
            ContentType=file.media_type,
            CacheControl=FOREVER,
        )
    return len(missing)


def sign_in_at(outputs: Mapping[str, str]) -> dict[str, Any] | None:
    """How the page signs people in at the stack's user pool, by what that says of itself; None for
    a stack of before, which has no address for it yet.
    """
    if "Issuer" not in outputs:
        return None
    client = outputs["UserPoolClient"]
    metadata = fetch_json(f"{outputs['Issuer']}/.well-known/openid-configuration")
    ours = {"client_id": client, "scopes": "openid email", "audience": client}
    return sign_in_config(metadata, **ours).model_dump()


def publish_site(bucket: str, address: str, sign_in: dict[str, Any] | None) -> None:
    """Say where the site is, for whoever asks the API at its own address, and how to sign in, which
    the API cannot find out: it reaches the bucket, and not the user pool.
    """
    body = json.dumps({"address": address, "sign_in": sign_in}).encode()
    boto3.client("s3").put_object(
        Bucket=bucket, Key=SITE, Body=body, ContentType="application/json", CacheControl="no-cache"
    )


def main() -> None:
    """Publish both for the stack that is named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stack")
    stack = parser.parse_args().stack
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
    count = publish_files(outputs["Bucket"])
    sign_in = sign_in_at(outputs)
    publish_site(outputs["Bucket"], outputs["ApiUrl"], sign_in)
    print(f"{count} files are new in {outputs['Bucket']}; the site is at {outputs['ApiUrl']}")
    if sign_in is None:
        print("nobody can sign in there: deploy this version, and run this again")


if __name__ == "__main__":
    sys.exit(main())
