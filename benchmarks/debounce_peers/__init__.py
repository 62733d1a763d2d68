"""When to recompute: policies simulated on the same edits, on a virtual clock.

`traces` says when edits are committed, `policies` when jobs are asked for, `world` runs the jobs
and notes what is published, `outcome` counts. Nothing sleeps: time jumps from event to event.
"""
