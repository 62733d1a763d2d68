"""When analytics run: an edit makes a run due, a burst of edits makes one run due.

The truth is two facts, the catalogue's version and the version that is published; what is pending
and when it is due is derived from them and the clock. Timers and schedules only wake a process:
losing one loses nothing. This package never imports analytics; it starts them as a job.
"""
