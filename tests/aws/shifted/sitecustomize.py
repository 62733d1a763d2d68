"""Read by child processes of tests: the clock that they see is the test's, and the
disk may be full."""

import os

if seconds := float(os.environ.get("CLOCK_SHIFT_SECONDS", "0")):
    from datetime import datetime, timedelta

    from cocktailspace import times

    def _shifted(_now=times.utc_now) -> datetime:  # type: ignore[no-untyped-def]
        return _now() + timedelta(seconds=seconds)

    times.utc_now = _shifted

if "JOB_DISK_FULL" in os.environ:
    import errno
    import tempfile

    def _full(*_arguments, **_options):  # type: ignore[no-untyped-def]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    tempfile.mkdtemp = _full
