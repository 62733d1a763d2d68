"""Read by child processes of tests: the clock that they see is the test's, not the real one."""

import os

if seconds := float(os.environ.get("CLOCK_SHIFT_SECONDS", "0")):
    from datetime import datetime, timedelta

    from cocktailspace import times

    def _shifted(_now=times.utc_now) -> datetime:  # type: ignore[no-untyped-def]
        return _now() + timedelta(seconds=seconds)

    times.utc_now = _shifted
