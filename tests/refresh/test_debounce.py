from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocktailspace.refresh.debounce import LONGEST_RETRY, next_run_at, retry_pause

T0 = datetime(2026, 1, 1, tzinfo=UTC)
seconds = st.integers(0, 10**6).map(lambda s: timedelta(seconds=s))


def test_each_edit_pushes_the_run_out() -> None:
    minute = timedelta(minutes=1)
    assert next_run_at(T0, T0, 5 * minute, 20 * minute) == T0 + 5 * minute
    assert next_run_at(T0, T0 + 3 * minute, 5 * minute, 20 * minute) == T0 + 8 * minute
    assert next_run_at(T0, T0 + 19 * minute, 5 * minute, 20 * minute) == T0 + 20 * minute


@given(since_first=seconds, debounce=seconds, max_wait=seconds)
def test_a_run_waits_for_a_pause_or_for_the_longest_wait_whichever_is_sooner(
    since_first: timedelta, debounce: timedelta, max_wait: timedelta
) -> None:
    due = next_run_at(T0, T0 + since_first, debounce, max_wait)
    assert due <= T0 + max_wait
    assert due <= T0 + since_first + debounce
    assert due in (T0 + max_wait, T0 + since_first + debounce)


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360)])
def test_the_retry_pause_doubles_from_a_minute_to_six_hours(failures: int, minutes: int) -> None:
    assert retry_pause(failures) == timedelta(minutes=minutes)


@given(st.integers(min_value=0))
def test_the_retry_pause_has_a_cap_however_many_failures(failures: int) -> None:
    assert timedelta(minutes=1) <= retry_pause(failures) <= LONGEST_RETRY
