"""CloudFront in front of the API on AWS: requests that did not come through it are refused."""

import hmac
import json
from collections.abc import Callable
from typing import Any

from cocktailspace.api.errors import error_response
from cocktailspace.artifacts.store import ArtifactStore, StoreError

Event = dict[str, Any]
Handler = Callable[[Event, object], dict[str, Any]]

SECRET_HEADER = "x-origin-secret"  # noqa: S105 - its name
SITE = "site.json"
"""Object that says `{"address": ..., "sign_in": ...}`: where the distribution is, and how its page
signs people in. The template cannot tell the function itself: the user pool's client and the
distribution point to the API, and the API to the function.
"""


def behind_cloudfront(handler: Handler, secret: str, store: ArtifactStore) -> Handler:
    """A handler that refuses requests without the secret, and restores the viewer's address."""

    def answer(event: Event, context: object) -> dict[str, Any]:
        headers = dict(event["headers"])
        if not hmac.compare_digest(headers.pop(SECRET_HEADER, "").encode(), secret.encode()):
            return _refusal(store)
        return handler(_with_viewer_address(event, headers), context)

    return answer


def _with_viewer_address(event: Event, headers: dict[str, str]) -> Event:
    """The event with the viewer's address in the place of CloudFront's.

    CloudFront appends the viewer's address to X-Forwarded-For, and the gateway CloudFront's.
    """
    addresses = [each.strip() for each in headers.get("x-forwarded-for", "").split(",")]
    if len(addresses) < 2:
        return event | {"headers": headers}
    context = event["requestContext"]
    http = context["http"] | {"sourceIp": addresses[-2]}
    return event | {"headers": headers, "requestContext": context | {"http": http}}


def _refusal(store: ArtifactStore) -> dict[str, Any]:
    try:
        address = json.loads(store.read(SITE).body)["address"]
    except StoreError:
        address = "the stack's output ApiUrl"
    message = f"this address answers CloudFront alone; the API and the page are at {address}"
    return lambda_error(403, "use_cloudfront", message)


def lambda_error(status: int, code: str, message: str) -> dict[str, Any]:
    """An error of the API as a Lambda function answers."""
    body = bytes(error_response(status, code, message).body).decode()
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": body}
