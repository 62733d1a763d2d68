"""The schedule as an alarm clock, on an emulated scheduler."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from cocktailspace.refresh.eventbridge import RETRY_POLICY, EventBridgeScheduler
from cocktailspace.refresh.ports import ScheduleNames, Scheduler, SchedulerError
from tests.conftest import ManualClock
from tests.fixtures.aws import reset_aws
from tests.refresh.world import Alarm

MINUTE = timedelta(minutes=1)
NAMES = ScheduleNames(
    schedule="debounce",
    function="arn:aws:lambda:us-east-1:123456789012:function:trigger",
    role="arn:aws:iam::123456789012:role/scheduler",
    dead_letters="arn:aws:sqs:us-east-1:123456789012:dead",
)


@pytest.fixture
def client(
    aws_server: str,
    aws_environment: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_server)
    reset_aws(aws_server)
    made = boto3.client("scheduler")
    yield made
    made.close()


@pytest.fixture
def scheduler(
    client: Any,  # noqa: ARG001
    patient_scheduler: None,  # noqa: ARG001
    clock: ManualClock,
) -> EventBridgeScheduler:
    return EventBridgeScheduler(NAMES, clock)


def _expression(client: Any) -> str:
    [found] = client.list_schedules()["Schedules"]
    return str(client.get_schedule(Name=found["Name"])["ScheduleExpression"])


def _at(clock: ManualClock, minutes: float, seconds: float = 0) -> str:
    moment = clock.now + timedelta(minutes=minutes, seconds=seconds)
    return f"at({moment:%Y-%m-%dT%H:%M:%S})"


# What every Scheduler does; `rings_at` says when it will ring.


@pytest.fixture(params=["eventbridge", "model"])
def kind(
    request: pytest.FixtureRequest, clock: ManualClock
) -> tuple[Scheduler, Callable[[], str | None]]:
    """The real one, and the one that the model check runs on: the same must hold of both."""
    if request.param == "model":
        alarm = Alarm(clock)
        return alarm, lambda: alarm.set_to and f"at({alarm.set_to:%Y-%m-%dT%H:%M:%S})"
    client = request.getfixturevalue("client")
    scheduler: EventBridgeScheduler = request.getfixturevalue("scheduler")
    return scheduler, lambda: _expression(client)


@pytest.mark.parametrize("armed", [False, True])
def test_the_first_move_creates_and_later_ones_move(
    kind: tuple[Scheduler, Callable[[], str | None]], clock: ManualClock, armed: bool
) -> None:
    scheduler, rings_at = kind
    for minutes in (5, 20, 7):
        due = clock.now + minutes * MINUTE
        assert scheduler.move_to(due, armed=armed) == due
        assert rings_at() == _at(clock, minutes)


def test_nothing_rings_sooner_than_a_minute_from_now(
    kind: tuple[Scheduler, Callable[[], str | None]], clock: ManualClock
) -> None:
    scheduler, rings_at = kind
    for seconds in (-3600, 0, 59):
        at = scheduler.move_to(clock.now + timedelta(seconds=seconds), armed=False)
        assert at == clock.now + MINUTE
        assert rings_at() == _at(clock, 1)


def test_too_soon_leaves_an_alarm_that_is_armed_alone_and_makes_a_missing_one(
    kind: tuple[Scheduler, Callable[[], str | None]], clock: ManualClock
) -> None:
    scheduler, rings_at = kind
    assert scheduler.move_to(clock.now, armed=True) == clock.now + MINUTE
    first = rings_at()
    for _ in range(3):
        clock.advance(seconds=25)
        assert scheduler.move_to(clock.now, armed=True) is None
        assert rings_at() == first


def test_one_that_rang_is_set_again_for_the_first_edit_after_it(
    kind: tuple[Scheduler, Callable[[], str | None]], clock: ManualClock
) -> None:
    scheduler, rings_at = kind
    scheduler.move_to(clock.now + 5 * MINUTE, armed=False)
    clock.advance(minutes=30)
    scheduler.move_to(clock.now, armed=False)
    assert rings_at() == _at(clock, 1)


# What is EventBridge's own.


def test_every_field_is_sent_each_time(
    scheduler: EventBridgeScheduler, client: Any, clock: ManualClock
) -> None:
    sent: list[dict[str, Any]] = []
    scheduler._client.meta.events.register(
        "provide-client-params.scheduler", lambda params, **_: sent.append(params)
    )
    scheduler.move_to(clock.now + 5 * MINUTE, armed=False)
    scheduler.move_to(clock.now + 6 * MINUTE, armed=False)
    assert len(sent) == 3  # an update of nothing, a creation, an update
    for fields in sent:
        assert fields["ActionAfterCompletion"] == "NONE"
        assert fields["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert fields["GroupName"] == "default"
        assert fields["ScheduleExpressionTimezone"] == "UTC"
        assert fields["State"] == "ENABLED"
    target = client.get_schedule(Name="debounce")["Target"]
    assert target["Arn"] == NAMES.function
    assert target["RoleArn"] == NAMES.role
    assert target["RetryPolicy"] == RETRY_POLICY
    assert target["DeadLetterConfig"] == {"Arn": NAMES.dead_letters}


def test_fractions_of_a_second_are_rounded_up(
    scheduler: EventBridgeScheduler, client: Any, clock: ManualClock
) -> None:
    clock.advance(microseconds=1)
    at = scheduler.move_to(clock.now, armed=False)
    assert at is not None
    assert at >= clock.now + MINUTE
    assert _expression(client) == _at(clock, 1, seconds=1)


@pytest.mark.parametrize(
    ("refusals", "calls"),
    [
        (["ResourceNotFoundException"], ["update", "create"]),
        (["ResourceNotFoundException", "ConflictException"], ["update", "create", "update"]),
        (["ConflictException"], ["update", "update"]),
    ],
)
def test_races_with_others_are_settled(
    scheduler: EventBridgeScheduler, clock: ManualClock, refusals: list[str], calls: list[str]
) -> None:
    arn = {"ScheduleArn": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/debounce"}
    with Stubber(scheduler._client) as stub:
        for call, refusal in zip(calls, [*refusals, ""], strict=True):
            if refusal:
                stub.add_client_error(f"{call}_schedule", refusal)
            else:
                stub.add_response(f"{call}_schedule", arn)
        scheduler.move_to(clock.now + 5 * MINUTE, armed=False)
        stub.assert_no_pending_responses()


@pytest.mark.parametrize("armed", [False, True])
def test_a_refusal_is_a_scheduler_error(
    scheduler: EventBridgeScheduler, clock: ManualClock, armed: bool
) -> None:
    with Stubber(scheduler._client) as stub:
        stub.add_client_error("create_schedule" if armed else "update_schedule", "AccessDenied")
        with pytest.raises(SchedulerError, match="AccessDenied") as raised:
            scheduler.move_to(clock.now, armed=armed)
    assert isinstance(raised.value.__cause__, ClientError)


def test_a_scheduler_that_never_answers_is_given_up_after_one_try(
    aws_environment: None,  # noqa: ARG001
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connections = []
        thread = threading.Thread(
            target=lambda: connections.append(silent.accept()[0]), daemon=True
        )
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(SchedulerError, match="ReadTimeoutError"):
            EventBridgeScheduler(NAMES, clock).move_to(clock.now, armed=False)
        thread.join()
        silent.settimeout(0)
        with pytest.raises(BlockingIOError):
            silent.accept()  # nobody tried again
        connections[0].close()
