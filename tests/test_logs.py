"""The log: one line for each refresh, for people and for machines."""

import io
import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cocktailspace.artifacts.attempt import Attempt, read_attempt
from cocktailspace.artifacts.manifest import Manifest
from cocktailspace.artifacts.report import RunReport, read_report
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.changes import CatalogueState
from cocktailspace.logs import Throttle, configure_logging
from cocktailspace.refresh.ports import Cause
from cocktailspace.refresh.status import RefreshState, RefreshStatus, cause_of
from tests.conftest import BAR, ManualClock, import_document, nothing_published
from tests.waiting import eventually

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[str]]]:
    """The lines that were logged; the loggers are as before afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("cocktailspace")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield lambda: list(capsys.readouterr().err.splitlines())
    root.handlers[:] = handlers
    root.level, ours.level = levels


Logged = Callable[[], list[str]]


def _objects(logged: Logged) -> list[dict[str, object]]:
    return [json.loads(line) for line in logged()]


def test_json_lines_hold_the_message_its_fields_and_the_exception(logged: Logged) -> None:
    configure_logging("json", "info")
    logger = logging.getLogger("cocktailspace.test")
    logger.debug("not this")
    logger.info("a %s\nline", "broken", extra={"data": {"event": "test", "count": 3}})
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        logger.exception("oh")
    first, second = _objects(logged)
    assert (first["message"], first["level"], first["count"]) == ("a broken\nline", "info", 3)
    assert str(first["time"]).endswith("Z")
    assert "ZeroDivisionError" in str(second["exception"])


def test_what_libraries_say_of_each_request_is_left_out(logged: Logged) -> None:
    configure_logging("json", "info")
    logging.getLogger("httpx").info("HTTP Request: GET /")
    logging.getLogger("httpx").warning("odd")
    logging.getLogger("cocktailspace.test").info("ours")
    assert [line["message"] for line in _objects(logged)] == ["odd", "ours"]


def test_people_get_sentences(logged: Logged) -> None:
    configure_logging("text", "info")
    report = RunReport(
        outcome="published",
        cause="edit",
        seconds=4.21,
        previous_version=12,
        source_version=15,
        counts={"recipes": 1356},
        steps={"map": 1.0, "learning costs": 2.5},
    )
    report.log_to(logging.getLogger("cocktailspace.test"))
    [line] = logged()
    assert line.endswith(
        "INFO refresh published (edit): version 12 → 15 (3 changes), 1,356 recipes, "
        "4.2 s (learning costs 2.5 s)"
    )


@pytest.mark.parametrize("output", [b"", b"\xff\n", b"no json\n", b"[]\n", b'{"seconds":1}\n'])
def test_a_job_that_says_nothing_of_use_has_no_report(output: bytes) -> None:
    assert read_report(output) is None


def test_each_refresh_is_one_line_that_says_why_what_how_long_and_how_many(
    services: Services, logged: Logged
) -> None:
    configure_logging("json", "info")
    import_document(services.database, BAR)
    services.jobs.submit(cause=Cause.STARTUP)
    assert services.jobs.wait(240)
    import_document(services.database, {**BAR, "recipes": [{"name": "New", "ingredients": []}]})
    services.jobs.submit(cause=Cause.EDIT)
    assert services.jobs.wait(240)
    first, second = _objects(logged)
    for line, cause, versions, recipes in (
        (first, "startup", (0, 14, 14), 3),
        (second, "edit", (14, 15, 1), 4),
    ):
        assert (line["event"], line["cause"], line["outcome"]) == ("refresh", cause, "published")
        found = line["previous_version"], line["source_version"], line["changes"]
        assert found == versions
        assert line["counts"]["recipes"] == recipes  # type: ignore[index]
        steps = line["steps"]
        assert isinstance(steps, dict)
        assert {"snapshot", "neighbours", "publish"} <= set(steps)
        assert 0 < sum(steps.values()) <= line["seconds"]  # type: ignore[operator]
    assert services.metrics.counts().runs == {("startup", "published"): 1, ("edit", "published"): 1}


def test_a_killed_job_is_one_line_too(services: Services, logged: Logged) -> None:
    configure_logging("json", "info")
    import_document(services.database, BAR)
    with nothing_published(services.settings.artifacts_folder):
        job = services.jobs.submit(cause=Cause.RETRY)
        eventually(lambda: (a := read_attempt(services.store)) is not None and a.job_id == job.id)
        os.kill(int(job.id), signal.SIGKILL)
        assert services.jobs.wait(240)
    [line] = [each for each in _objects(logged) if each.get("event") == "refresh"]
    assert (line["outcome"], line["cause"], line["level"]) == ("killed", "retry", "warning")
    assert services.metrics.counts().runs == {("retry", "killed"): 1}


def _status(**changes: object) -> RefreshStatus:
    """Version 7 is published and version 9 is due."""
    manifest = Manifest(
        catalogue_id="c",
        source_version=7,
        generated_at=NOW,
        run_id="r",
        artifacts={},
        counts={},
        seconds={},
        parameters={},
    )
    due = RefreshStatus(
        state=RefreshState.PENDING,
        catalogue=CatalogueState("c", 9, NOW),
        manifest=manifest,
        attempt=None,
        job=None,
        due_at=NOW,
        pending_since=NOW,
        pending_changes=2,
    )
    return replace(due, **changes)  # type: ignore[arg-type]


FAILED = Attempt(run_id="r", started_at=NOW, state="failed", catalogue_id="c", source_version=9)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (_status(), Cause.EDIT),
        (_status(manifest=None), Cause.EDIT),
        (_status(catalogue=CatalogueState("c", 8, NOW)), Cause.STARTUP),
        (_status(catalogue=CatalogueState("other", 8, NOW)), Cause.RECONCILE),
        (_status(restored=True), Cause.RECONCILE),
        (_status(outdated=True), Cause.ALGORITHM),
        (
            _status(state=RefreshState.FAILED, attempt=FAILED, pending_since=None),
            Cause.RETRY,
        ),
        (_status(state=RefreshState.FAILED, attempt=FAILED), Cause.EDIT),  # newer than the failure
        (
            _status(
                state=RefreshState.FAILED,
                attempt=FAILED.model_copy(update={"source_version": None}),
            ),
            Cause.RETRY,
        ),
    ],
)
def test_a_run_knows_why_it_is(status: RefreshStatus, cause: Cause) -> None:
    assert cause_of(status, version_at_start=8) is cause


def test_the_refresher_says_why_it_starts_a_job(
    services: Services, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    causes: list[Cause] = []
    monkeypatch.setattr(services.jobs, "submit", lambda *, cause: causes.append(cause))
    import_document(services.database, BAR)
    clock.advance(minutes=1)
    services.refresher.step()
    import_document(services.database, {"recipes": [{"name": "New", "ingredients": []}]})
    clock.advance(minutes=1)
    services.refresher.step()
    services.refresher.run_now(services.refresher.status())
    assert causes == [Cause.STARTUP, Cause.EDIT, Cause.MANUAL]


def test_the_log_says_a_thing_once_a_minute_and_how_often_it_was() -> None:
    now = [0.0]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Throttle(lambda: now[0]))
    logger = logging.Logger("flooded")
    logger.addHandler(handler)

    def fail(message: str) -> None:
        try:
            raise OSError(message)
        except OSError:
            logger.exception("request %s failed", message)

    for number in range(1_000):
        fail(str(number))
    assert stream.getvalue().count("failed") == 1
    assert len(stream.getvalue()) < 1_000
    now[0] = 61.0
    fail("again")
    assert "(and 999 times like it before)" in stream.getvalue()


def test_different_things_and_news_are_all_said() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Throttle())
    logger = logging.Logger("busy")
    logger.addHandler(handler)
    for number in range(3):
        logger.info("refresh %d", number)
    logger.warning("this")
    logger.warning("that")
    assert stream.getvalue().split("\n")[:-1] == [
        "refresh 0",
        "refresh 1",
        "refresh 2",
        "this",
        "that",
    ]
