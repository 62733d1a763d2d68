"""When analytics run: an edit makes a run due, a burst of edits makes one run due.

The truth is two facts, the catalogue's version and the version that is published; what is pending
and when it is due is derived from them and the clock. Timers and schedules only wake a process:
losing one loses nothing. This package never imports analytics; it starts them as a job.

`debounce` is the rule, `facts` are what it is applied to, and `status` is what follows. HTTP and
CLI use the interface in `control`. On one machine that is `embedded`: a thread that starts
`local_jobs` under a `job_lock`, after its `migration_guard`. On AWS it is `scheduled`: a `signal`
moves the schedule of `eventbridge`, which invokes the `trigger`. `ports` are what either needs from
outside; `metrics` count what happened.
"""
