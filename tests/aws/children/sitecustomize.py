"""Read by child processes of tests: the clock that they see is the test's, and the
disk may be full."""

import os

if now := os.environ.get("CLOCK_STANDS_AT"):
    from datetime import datetime

    from cocktailspace import times

    times.utc_now = lambda: datetime.fromisoformat(now)

if "JOB_DISK_FULL" in os.environ:
    import errno
    import tempfile

    def _full(*_arguments, **_options):  # type: ignore[no-untyped-def]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    tempfile.mkdtemp = _full
