"""Read by every Python of a test run: jobs are quicker than whoever started them, or slow."""

import os
import subprocess
import sys
import time

JOB = "cocktailspace.analytics"

if "JOB_ENDS_FIRST" in os.environ:
    _start = subprocess.Popen.__init__

    def _start_and_wait(self, args, *more, **options):  # type: ignore[no-untyped-def]
        """Who starts a job goes on once it has ended, unless it is held up for longer."""
        _start(self, args, *more, **options)
        if JOB in args:
            deadline = time.monotonic() + 5
            ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
            while time.monotonic() < deadline and not os.waitid(os.P_PID, self.pid, ended):
                time.sleep(0.01)

    subprocess.Popen.__init__ = _start_and_wait

if "JOB_SECONDS" in os.environ and JOB in sys.orig_argv:
    _left = [float(os.environ["JOB_SECONDS"])]

    def _pause(event, _arguments):  # type: ignore[no-untyped-def]
        if event == "sqlite3.connect" and _left:
            time.sleep(_left.pop())

    sys.addaudithook(_pause)
