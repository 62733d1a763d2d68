"""The deployed system without AWS: every piece of ours is the real one, on a virtual clock.

The template's resolved environment, the FastAPI app through its Lambda handler, the signal, the
reconcile, the trigger's handler and the job are what is deployed. Schedule, Batch and S3 are
moto's; what moto never does, is done here: a schedule rings when its time has come, invocations are
delivered at least once and retried, jobs run.
"""

import base64
import contextlib
import gzip
import io
import json
import os
import re
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
from botocore.exceptions import EndpointConnectionError
from fastapi.testclient import TestClient
from moto.batch.models import Job as BookedJob
from moto.scheduler.models import scheduler_backends

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.api.cloudfront import SECRET_HEADER
from cocktailspace.api.deferred_job import make_runner
from cocktailspace.api.lambda_handler import Handler, make_handler, prepare, run_reconcile
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.tokens import Role
from cocktailspace.refresh import trigger
from cocktailspace.refresh.ports import Job
from cocktailspace.settings import Settings, read_settings
from tests.aws.batch import MOUNT, Batch, Run, standing_clock
from tests.aws.resolve import ACCOUNT, REGION, ResolvedTemplate
from tests.conftest import ManualClock
from tests.fixtures.aws import reset_aws

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
NEVER = datetime.max.replace(tzinfo=UTC)
RECONCILE = 10 * MINUTE
INVOCATIONS = 3
"""Lambda tries an asynchronous invocation that raises twice more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the API."""

    status: int
    body: Any
    headers: Mapping[str, str]
    content: bytes = b""


class Function:
    """One instance of the API's Lambda function."""

    def __init__(self, services: Services) -> None:
        self.services = services
        secret = services.settings.origin_secret
        self._through_cloudfront = {SECRET_HEADER: secret.get_secret_value()} if secret else {}
        self._handler = make_handler(prepare(services))

    def request(
        self,
        method: str,
        path: str,
        json_body: Any = None,
        *,
        groups: str | None = "[editor admin]",
        content: bytes | None = None,
        sub: str = "eve",
        **headers: str,
    ) -> Answer:
        """Send a request as CloudFront and the HTTP API do. content: a body that is not JSON."""
        headers |= self._through_cloudfront
        event = http_event(method, path, json_body, groups, headers, sub)
        if content is not None:
            event |= {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}
        return answer_of(invoke(self._handler, event))


def answer_of(said: Mapping[str, Any]) -> Answer:
    """What a client of the HTTP API gets."""
    content = (said.get("body") or "").encode()
    if said.get("isBase64Encoded"):
        content = base64.b64decode(content)
    headers = said.get("headers") or {}
    if headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    kind = headers.get("content-type", "")
    body = json.loads(content) if content and "json" in kind else content.decode(errors="replace")
    return Answer(said["statusCode"], body, headers, content)


def invoke(handler: Handler, event: dict[str, Any]) -> dict[str, Any]:
    """Call a handler as Lambda does, with no event loop about.

    In the main thread of a process that has run browser tests, Playwright's loop is still running.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(handler, event, None).result()


def token_of(claims: Mapping[str, Any]) -> str:
    """A token whose signature somebody else has verified."""
    parts = ({"alg": "RS256"}, claims, "signature")
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
    return ".".join(part.decode().rstrip("=") for part in encoded)


def claims_of(authorization: str) -> dict[str, Any] | None:
    """The claims of a bearer token, if it is one of `token_of`."""
    parts = authorization.removeprefix("Bearer ").split(".")
    if len(parts) != 3:
        return None
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    return claims


def verified(claims: Mapping[str, Any]) -> dict[str, Any]:
    """What the gateway's authorizer says of a token's claims: all of them as text."""
    listed = claims["cognito:groups"]
    written = {**claims, "cognito:groups": f"[{' '.join(listed)}]", "exp": str(claims["exp"])}
    return {"jwt": {"claims": written, "scopes": None}}


def http_event(
    method: str,
    path: str,
    json_body: Any,
    groups: str | list[str] | None,
    headers: Mapping[str, str],
    sub: str = "eve",
) -> dict[str, Any]:
    """A request in payload format 2.0; `groups` are of a token that the gateway has verified, as a
    list, or as the text that it makes of one, and `sub` is whose it is.
    """
    path, _, query = path.partition("?")
    context: dict[str, Any] = {
        "stage": "$default",
        "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
    }
    if groups is not None:
        listed = groups.strip("[]").split() if isinstance(groups, str) else groups
        claims = {
            "iss": "https://issuer.example.org",
            "sub": sub,
            "cognito:groups": listed,
            "token_use": "access",
            "exp": 2_000_000_000,
        }
        headers = {"Authorization": f"Bearer {token_of(claims)}", **headers}
        context["authorizer"] = verified(claims)
    named = {name.replace("_", "-").lower(): text for name, text in headers.items()}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "api.example.org", "content-type": "application/json", **named},
        "requestContext": context,
        "body": None if json_body is None else json.dumps(json_body),
        "isBase64Encoded": False,
    }


class World(ABC):
    """What the embedded mode and AWS have in common, for a test that holds in both.

    start_time: how long after it is due a run has surely ended.
    """

    clock: ManualClock
    debounce: timedelta
    max_wait: timedelta
    start_time: timedelta

    @abstractmethod
    def request(
        self, method: str, path: str, json_body: Any = None, *, content: bytes | None = None
    ) -> Answer:
        """Ask the API, as somebody who may do everything. content: a body that is not JSON."""

    def settled(
        self, method: str, path: str, json_body: Any = None, *, content: bytes | None = None
    ) -> Answer:
        """The answer, waited for where a job gives it."""
        return self.waited(self.request(method, path, json_body, content=content))

    def waited(self, answer: Answer) -> Answer:
        """What follows on an answer that says where the real one will be."""
        for _ in range(60):
            if answer.status != 202:
                return answer
            self.advance(SECOND)
            answer = self.request("GET", answer.headers["location"])
        raise AssertionError("a job does not answer")

    @abstractmethod
    def advance(self, duration: timedelta) -> None:
        """Let time pass; whatever comes due happens at its time."""

    @abstractmethod
    def lose_signals(self, lost: bool) -> None:
        """From now on no edit can set the alarm, or every edit can again."""

    @abstractmethod
    def kill_next_job(self) -> None:
        """The next job is killed as it starts; nobody can say a word about it."""

    @property
    @abstractmethod
    def jobs_run(self) -> int:
        """How many jobs have started."""

    @property
    @abstractmethod
    def catalogue(self) -> Path:
        """The database's file."""

    @property
    def refresh(self) -> dict[str, Any]:
        """What the API says of the refresh."""
        answer = self.request("GET", "/api/v1/refresh")
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.body
        return found

    @property
    def is_fresh(self) -> bool:
        """Whether what is published is the catalogue as it is."""
        found = self.refresh
        return bool(found["published_version"] == found["catalogue_version"])

    def edit(self, name: str) -> None:
        """Make an ingredient."""
        answer = self.request("POST", "/api/v1/ingredients", {"name": name})
        assert answer.status == 201, answer.body

    def edit_steadily(self, duration: timedelta, every: timedelta) -> None:
        """Edit again and again, for so long."""
        until = self.clock() + duration
        while self.clock() < until:
            self.edit(f"at {self.clock()}")
            self.advance(every)

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Every job fails: it has no room for a copy of the catalogue."""
        with mock.patch.dict(os.environ, {"JOB_DISK_FULL": "1"}):
            yield


class EmbeddedWorld(World):
    """One machine: the refresher looks each second, and jobs are child processes."""

    debounce, max_wait, start_time = 2 * SECOND, 10 * SECOND, 2 * SECOND

    def __init__(self, services: Services, clock: ManualClock) -> None:
        self.clock = clock
        self._services = services
        self._kill_next = False
        self._jobs_run = 0
        assert services.jobs is not None
        self._jobs = services.jobs
        self._submit = services.jobs.submit
        services.jobs.submit = self._counted  # type: ignore[method-assign]
        client = TestClient(create_app(services), raise_server_exceptions=False)
        token = TokenFile(services.settings.tokens_file, clock).create("ann", Role.ADMIN)
        client.headers["Authorization"] = f"Bearer {token}"
        self._client = client

    def request(
        self, method: str, path: str, json_body: Any = None, *, content: bytes | None = None
    ) -> Answer:
        answer = self._client.request(method, path, json=json_body, content=content)
        body = answer.json() if answer.content else ""
        return Answer(answer.status_code, body, answer.headers, answer.content)

    def advance(self, duration: timedelta) -> None:
        until = self.clock() + duration
        self._wait()
        while self.clock() < until:
            due = self._services.refresher.status().due_at or NEVER
            self.clock.now = min(until, max(due, self.clock() + SECOND))
            self._services.refresher.step()  # type: ignore[attr-defined]
            self._wait()

    def lose_signals(self, lost: bool) -> None:
        """The wake-up event only shortens a second's sleep; here nobody sleeps."""

    def kill_next_job(self) -> None:
        self._kill_next = True

    @property
    def jobs_run(self) -> int:
        return self._jobs_run

    @property
    def catalogue(self) -> Path:
        assert self._services.database.path is not None
        return self._services.database.path

    def _counted(self, **options: bool) -> Job:
        with mock.patch.dict(os.environ, standing_clock(self.clock())):
            job = self._submit(**options)
        self._jobs_run += 1
        if self._kill_next:
            self._kill_next = False
            os.kill(int(job.id), signal.SIGKILL)
        return job

    def _wait(self) -> None:
        assert self._jobs.wait(240)


class AwsWorld(World):
    """One stack, dev's by default."""

    debounce, max_wait, start_time = 5 * MINUTE, 20 * MINUTE, 5 * MINUTE

    def __init__(
        self,
        template: ResolvedTemplate,
        efs: Path,
        address: str,
        clock: ManualClock,
        new_services: Callable[..., Services],
    ) -> None:
        self.template, self.clock, self.efs = template, clock, efs
        self._new_services = new_services
        self.batch = Batch(template, self.efs, address)
        self.boot_time = 3 * MINUTE
        self.scheduler_down = False
        self.trigger_fails = 0
        self.deliveries = 1
        self.undelivered: list[Any] = []
        self.metrics: list[dict[str, Any]] = []
        self.reconciling = True
        self._rung: set[datetime] = set()
        self._next_reconcile = clock() + RECONCILE
        _make_resources(template)
        self.function = self.new_function()
        self._reconcile = prepare(self._services("AnalyticsReconcileFunction"))
        self._told: set[str] = set()

    def answer_deferred(self, key: str) -> None:
        """Have the import function answer a request that lies in the bucket; see `invoke`."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(self._import_function, key).result()

    @cached_property
    def _import_function(self) -> Callable[[str], object]:
        """Started by the first request that is put off, as Lambda does."""
        return make_runner(prepare(self._services("ImportFunction")))

    def new_function(self) -> Function:
        """A cold start of the API."""
        return Function(self._services("CocktailLambda"))

    def _services(self, name: str) -> Services:
        """The parts that the environment asks for which the template gives the function."""
        given = self.template.functions[name].environment
        environment = {key: text.replace(MOUNT, str(self.efs)) for key, text in given.items()}
        settings = dict.fromkeys((field.upper() for field in Settings.model_fields), "")
        with mock.patch.dict(os.environ, settings | environment):
            services = self._new_services(read_settings(), clock=self.clock)
        scheduler: Any = services.refresher
        events = scheduler._scheduler._client.meta.events
        events.register("before-send.scheduler", self._reach_the_scheduler)
        return services

    def request(
        self,
        method: str,
        path: str,
        json_body: Any = None,
        *,
        content: bytes | None = None,
        groups: str | None = "[editor admin]",
        sub: str = "eve",
        **headers: str,
    ) -> Answer:
        """A request to an instance that is warm."""
        return self.function.request(
            method, path, json_body, groups=groups, content=content, sub=sub, **headers
        )

    def lose_signals(self, lost: bool) -> None:
        self.scheduler_down = lost

    def kill_next_job(self) -> None:
        self.batch.spot.append(lambda instance: instance.process.kill())

    @property
    def jobs_run(self) -> int:
        return sum(len(run.attempts) for run in self.runs)

    @property
    def catalogue(self) -> Path:
        return self.efs / "catalogue.sqlite"

    def schedules(self) -> dict[str, datetime]:
        """When each schedule rings."""
        client = boto3.client("scheduler")
        found = {}
        for each in client.list_schedules()["Schedules"]:
            made = client.get_schedule(Name=each["Name"])
            found[each["Name"]] = _moment(made["ScheduleExpression"])
        return found

    @property
    def rings_at(self) -> datetime | None:
        """When the one schedule rings, if it has not yet."""
        booked = scheduler_backends[ACCOUNT][REGION].schedule_groups["default"].schedules
        assert len(booked) <= 1
        pending = [
            at
            for each in booked.values()
            if (at := _moment(each.schedule_expression)) not in self._rung
        ]
        return pending[0] if pending else None

    def invoke_trigger(self, event: Any) -> list[dict[str, Any]]:
        """Deliver an event to the trigger: at least once, and again where it raises."""
        return [answer for _ in range(self.deliveries) if (answer := self._deliver(event))]

    def reconcile(self) -> dict[str, Any]:
        """Invoke the reconcile, and read its metrics from its log."""
        log = io.StringIO()
        try:
            with contextlib.redirect_stdout(log):
                return run_reconcile(self._reconcile)
        finally:
            self.metrics += [json.loads(line) for line in log.getvalue().splitlines()]

    def advance(self, duration: timedelta) -> None:
        """Let time pass; whatever comes due happens at its time."""
        until = self.clock() + duration
        while self.clock() < until:
            starts = [run.submitted_at + self.boot_time for run in self.batch.waiting(self.clock())]
            moments = [*starts, self.rings_at or NEVER, self._next_reconcile]
            self.clock.now = max(min(until, *moments), self.clock())
            self._happen()

    @property
    def runs(self) -> list[Run]:
        """All jobs ever submitted."""
        self.batch.waiting(self.clock())
        return list(self.batch.runs.values())

    def created_objects(self) -> list[str]:
        """Keys of new objects that the rule for imports tells of."""
        detail = self.template.resource("ImportRule")["EventPattern"]["detail"]
        [bucket] = detail["bucket"]["name"]
        found: list[str] = []
        for pattern in detail["object"]["key"]:
            listed = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=pattern["prefix"])
            found += [each["Key"] for each in listed.get("Contents", ())]
        new = [key for key in found if key not in self._told]
        self._told.update(new)
        return new

    def _happen(self) -> None:
        now = self.clock()
        for key in self.created_objects():
            for _ in range(self.deliveries):
                self.answer_deferred(key)
        for run in self.batch.waiting(now):
            if run.submitted_at + self.boot_time <= now:
                self.batch.run(run, now)
        if (at := self.rings_at) is not None and at <= now:
            self._rung.add(at)
            target = boto3.client("scheduler").get_schedule(Name=next(iter(self.schedules())))
            self.invoke_trigger(json.loads(target["Target"]["Input"]))
        if now >= self._next_reconcile:
            self._next_reconcile = now + RECONCILE
            if self.reconciling:
                with contextlib.suppress(Exception):  # Lambda's alarm sees it, nobody else
                    self.reconcile()

    def _deliver(self, event: Any) -> dict[str, Any] | None:
        environment = self.template.functions["AnalyticsTriggerFunction"].environment
        for _ in range(INVOCATIONS):
            with mock.patch.dict(os.environ, environment):
                if self.trigger_fails:
                    self.trigger_fails -= 1
                    os.environ["BATCH_JOB_QUEUE"] = (
                        "arn:aws:batch:us-east-1:123456789012:job-queue/x"
                    )
                with contextlib.suppress(Exception):  # as Lambda does
                    return trigger.handler(event, None)
        self.undelivered.append(event)
        return None

    def _reach_the_scheduler(self, **_request: Any) -> None:
        if self.scheduler_down:
            raise EndpointConnectionError(endpoint_url="https://scheduler.example.org")


def _moment(expression: str) -> datetime:
    found = re.fullmatch(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", expression)
    assert found, expression
    return datetime.fromisoformat(found[1]).replace(tzinfo=UTC)


def _make_resources(template: ResolvedTemplate) -> None:
    """What CloudFormation would have made of those parts that moto plays."""
    bucket = template.functions["CocktailLambda"].environment["ANALYTICS_BUCKET"]
    boto3.client("s3").create_bucket(Bucket=bucket)
    role = boto3.client("iam").create_role(RoleName="batch", AssumeRolePolicyDocument="{}")
    batch = boto3.client("batch")
    environment = batch.create_compute_environment(
        computeEnvironmentName="spot",
        type="UNMANAGED",
        state="ENABLED",
        serviceRole=role["Role"]["Arn"],
    )
    given = template.functions["AnalyticsTriggerFunction"].environment
    queue = given["BATCH_JOB_QUEUE"].rpartition("/")[2]
    arn = environment["computeEnvironmentArn"]
    batch.create_job_queue(
        jobQueueName=queue,
        state="ENABLED",
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": arn}],
    )
    batch.register_job_definition(
        jobDefinitionName=given["BATCH_JOB_DEFINITION"].rpartition("/")[2].partition(":")[0],
        type="container",
        containerProperties={
            "image": template.job.image,
            "vcpus": template.job.vcpus,
            "memory": template.job.memory_mib,
        },
    )


@contextmanager
def emulated_aws(address: str, patch: Any) -> Iterator[None]:
    """An empty AWS in moto, at the address for everything that boto3 does."""
    patch.setenv("AWS_ENDPOINT_URL", address)
    patch.setenv("AWS_DEFAULT_REGION", REGION)
    patch.setattr(BookedJob, "start", lambda _job: None)  # jobs are run by us, not by Docker
    trigger._batch.cache_clear()
    reset_aws(address)
    yield
    trigger._batch.cache_clear()
