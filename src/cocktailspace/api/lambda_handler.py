"""Two Lambda functions: the API behind an HTTP API, and the reconcile, which runs on a timer.

They share a package, a role and the mounted file system with the one that answers deferred requests
(deferred_job.py). Importing this builds nothing; the first invocation builds the services and
upgrades the schema.
"""

import asyncio
import functools
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from mangum import Mangum

from cocktailspace.api.app import create_app
from cocktailspace.api.artifact_responses import LAMBDA_BYTES
from cocktailspace.api.auth.choose import group_roles
from cocktailspace.api.auth.gateway import GatewayAuthenticator
from cocktailspace.api.auth.sign_in import StoredSignIn
from cocktailspace.api.cloudfront import Event, Handler, behind_cloudfront, lambda_error
from cocktailspace.artifacts.store import ArtifactLinks
from cocktailspace.bootstrap import Services, build_services, prepare_catalogue
from cocktailspace.refresh.scheduled import ScheduledRefresher
from cocktailspace.refresh.status import RefreshStatus
from cocktailspace.settings import SettingsError, read_settings

logger = logging.getLogger(__name__)

METRIC_NAMESPACE = "Cocktailspace"


def handler(event: Event, context: object) -> dict[str, Any]:
    """Answer a request (payload format 2.0)."""
    return _api()(event, context)


def reconcile(_event: object, _context: object) -> dict[str, Any]:
    """Start a run whose signal was lost, and report how far the published result lags behind."""
    return run_reconcile(lambda_services())


def make_handler(services: Services) -> Handler:
    """The function that answers events with the API over these services."""
    authenticator = GatewayAuthenticator(group_roles(services.settings))
    sign_in = StoredSignIn(services.store)
    app = create_app(services, authenticator, sign_in=sign_in, lasting=False)
    ask = answering(app)

    def answer(event: Event, context: object) -> dict[str, Any]:
        answered = ask(event, context)
        return answered if _fits(answered) else _too_large()

    secret = services.settings.origin_secret
    if secret is None:
        return answer
    return behind_cloudfront(answer, secret.get_secret_value(), services.store)


def answering(app: FastAPI) -> Handler:
    """The function that answers events with an application."""

    def answer(event: Event, context: object) -> dict[str, Any]:
        with _event_loop():
            return Mangum(app, lifespan="off")(event, context)  # type: ignore[arg-type]

    return answer


def run_reconcile(services: Services) -> dict[str, Any]:
    """Log the metrics that alarms watch, then set the timer for a run that is overdue."""
    refresher = services.refresher
    if not isinstance(refresher, ScheduledRefresher):
        raise SettingsError(
            "there is no schedule to reconcile with: ANALYTICS_SCHEDULE_NAME is not set"
        )
    status, now = refresher.look(), services.clock()
    found = _summary(status, now)
    schedule = services.settings.analytics_schedule_name or "none"
    sys.stdout.write(f"{_metrics(found, schedule, now)}\n")
    sys.stdout.flush()  # before the repair, which may fail: then the metrics matter most
    return found | {"armed": refresher.arm_overdue(status)}


def prepare(services: Services) -> Services:
    """Upgrade the schema, which several functions may do at once, and add links to the store, where
    it makes them, for artifacts that are too large for Lambda.
    """
    prepare_catalogue(services.settings, services.database, starter=False)
    if not isinstance(services.refresher, ScheduledRefresher):
        logger.warning("ANALYTICS_SCHEDULE_NAME is not set: nothing starts a refresh after an edit")
    store = services.store
    return replace(services, links=store if isinstance(store, ArtifactLinks) else None)


@functools.cache
def lambda_services() -> Services:
    """The services of this process, ready for use."""
    logging.getLogger().setLevel(logging.INFO)
    return prepare(build_services(read_settings()))


@functools.cache
def _api() -> Handler:
    return make_handler(lambda_services())


@contextmanager
def _event_loop() -> Iterator[None]:
    """A current event loop for mangum, which takes for granted that each thread has one.

    Python makes none by itself any more: deprecated in 3.12, an error from 3.14 on.
    """
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())
        try:
            yield
        finally:
            asyncio.set_event_loop(None)


def _summary(status: RefreshStatus, now: datetime) -> dict[str, Any]:
    since, attempt = status.unpublished_since, status.attempt
    return {
        "state": status.state,
        "unpublished_seconds": round(max(0.0, (now - since).total_seconds())) if since else 0,
        "failures": attempt.failures if attempt else 0,
    }


def _metrics(found: dict[str, Any], schedule: str, now: datetime) -> str:
    """CloudWatch's embedded metric format."""
    metrics = [
        {"Name": "UnpublishedSeconds", "Unit": "Seconds"},
        {"Name": "FailuresInARow", "Unit": "Count"},
    ]
    declared = {"Namespace": METRIC_NAMESPACE, "Dimensions": [["Schedule"]], "Metrics": metrics}
    return json.dumps(
        {
            "_aws": {
                "Timestamp": round(now.timestamp() * 1000),
                "CloudWatchMetrics": [declared],
            },
            "Schedule": schedule,
            "State": found["state"],
            "UnpublishedSeconds": found["unpublished_seconds"],
            "FailuresInARow": found["failures"],
        }
    )


def _fits(answer: dict[str, Any]) -> bool:
    body = answer.get("body", "")
    return 6 * len(body) <= LAMBDA_BYTES or len(json.dumps(body)) <= LAMBDA_BYTES


def _too_large() -> dict[str, Any]:
    """A response in the place of Lambda's own, which would not name the cause."""
    message = "the answer is larger than the 6 MB that Lambda can send; ask for less at once"
    return lambda_error(500, "answer_too_large", message)
