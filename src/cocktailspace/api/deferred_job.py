"""The Lambda function that answers deferred requests; EventBridge invokes it for each object that
completes one, at least once.
"""

import base64
import functools
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import Request

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.cloudfront import Event
from cocktailspace.api.deferred import DeferredRequests, StoredRequest
from cocktailspace.api.lambda_handler import answering, lambda_services
from cocktailspace.artifacts.store import SwapConflictError
from cocktailspace.bootstrap import Services
from cocktailspace.settings import SettingsError

logger = logging.getLogger(__name__)

_IDENTITY = "cocktailspace.identity"


def handler(event: Event, _context: object) -> None:
    """Answer the request that the event's object completes."""
    _runner()(event["detail"]["object"]["key"])


def make_runner(services: Services) -> Callable[[str], None]:
    """The function that answers the request which the object under a key completes."""
    if services.links is None:
        raise SettingsError("deferred requests lie in a bucket: ANALYTICS_BUCKET is not set")
    deferred = DeferredRequests(services.store, services.links, services.clock)
    app = create_app(replace(services, links=None), _KnownSenders(), lasting=False)
    ask = answering(app)

    def run(key: str) -> None:
        stored = deferred.take(key)
        if stored is None:
            logger.info("%s completes no request that waits", key)
            return
        said = ask(_event(stored), None)
        kind = said.get("headers", {}).get("content-type", "")
        logger.info("%s %s: %s", stored.method, stored.path, said["statusCode"])
        try:
            deferred.store_answer(stored, said["statusCode"], kind, said["body"])
        except SwapConflictError:
            logger.info("%s was answered meanwhile", stored.token)

    return run


class _KnownSenders:
    """An Authenticator: the API has made sure of each sender before it kept the request."""

    def identify(self, request: Request) -> Identity:
        identity: Identity = request.scope["aws.event"][_IDENTITY]
        return identity


def _event(stored: StoredRequest) -> dict[str, Any]:
    """The request in payload format 2.0."""
    headers = {"host": "job", "content-length": str(len(stored.body))}
    if stored.content_type:
        headers["content-type"] = stored.content_type
    return {
        "version": "2.0",
        "rawPath": stored.path,
        "rawQueryString": stored.query,
        "headers": headers,
        "requestContext": {
            "stage": "$default",
            "http": {
                "method": stored.method,
                "path": stored.path,
                "sourceIp": "127.0.0.1",
                "protocol": "HTTP/1.1",
            },
        },
        "body": base64.b64encode(stored.body).decode(),
        "isBase64Encoded": True,
        _IDENTITY: stored.identity,
    }


@functools.cache
def _runner() -> Callable[[str], None]:
    return make_runner(lambda_services())
