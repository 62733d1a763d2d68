"""The timer on AWS: one named, one-time EventBridge schedule that invokes the trigger."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cocktailspace.refresh.ports import ScheduleNames, SchedulerError
from cocktailspace.times import Clock

EARLIEST = timedelta(seconds=60)
"""How far ahead a schedule must be: what becomes of one in the past is not documented."""

GROUP = "default"
RETRY_POLICY = {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10}

_CONFIG = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
"""The defaults would let an edit wait for three minutes."""

_NO_SCHEDULE = "ResourceNotFoundException"
_CONFLICT = "ConflictException"


class EventBridgeScheduler:
    """A Scheduler over one EventBridge schedule."""

    def __init__(self, names: ScheduleNames, clock: Clock) -> None:
        self._names = names
        self._clock = clock
        # Now, and not when the first edit waits for it: it takes as long as a few calls do.
        self._client: Any = boto3.client("scheduler", config=_CONFIG)

    def move_to(self, due: datetime, *, armed: bool) -> datetime | None:
        """Fire at `due`, never below a minute from now; see the port for `armed`.

        Whether an existing schedule has fired already cannot be told: our role may not read it,
        and one that has fired is kept. So the caller says whether it must be pending.
        """
        earliest = self._clock() + EARLIEST
        try:
            if due < earliest and armed:
                return self._create_missing(_whole_second(earliest))
            return self._put(_whole_second(max(due, earliest)))
        except ClientError as error:
            raise SchedulerError(f"the scheduler answered {_code(error)}") from error
        except BotoCoreError as error:
            raise SchedulerError(
                f"the scheduler cannot be reached ({type(error).__name__})"
            ) from error

    def _put(self, at: datetime) -> datetime:
        fields = _fields(self._names, at)
        try:
            self._client.update_schedule(**fields)
        except ClientError as error:
            if _code(error) == _NO_SCHEDULE:
                self._create(fields)
            elif _code(error) == _CONFLICT:  # somebody else changes it at this moment
                self._client.update_schedule(**fields)
            else:
                raise
        return at

    def _create(self, fields: dict[str, Any]) -> None:
        try:
            self._client.create_schedule(**fields)
        except ClientError as error:
            if _code(error) != _CONFLICT:
                raise
            self._client.update_schedule(**fields)  # somebody else was first to create it

    def _create_missing(self, at: datetime) -> datetime | None:
        try:
            self._client.create_schedule(**_fields(self._names, at))
        except ClientError as error:
            if _code(error) != _CONFLICT:
                raise
            return None  # it exists, and stays as it is
        return at


def _fields(names: ScheduleNames, at: datetime) -> dict[str, Any]:
    """All of them, each time: an update sets a field that is left out back to its default."""
    target: dict[str, Any] = {
        "Arn": names.function,
        "RoleArn": names.role,
        "Input": json.dumps({"source": "schedule", "schedule": names.schedule}),
        "RetryPolicy": RETRY_POLICY,
    }
    if names.dead_letters is not None:
        target["DeadLetterConfig"] = {"Arn": names.dead_letters}
    return {
        "Name": names.schedule,
        "GroupName": GROUP,
        "Description": "Starts the cocktail analytics once edits have ended",
        "ScheduleExpression": f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": "ENABLED",
        "ActionAfterCompletion": "NONE",
        "Target": target,
    }


def _whole_second(moment: datetime) -> datetime:
    """The expression has no fractions: the next whole second, so that it is never below."""
    return moment.replace(microsecond=0) + timedelta(seconds=moment.microsecond > 0)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "an error"))
