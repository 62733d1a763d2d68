"""Analytics: a snapshot of the catalogue in, artifacts out.

`python -m cocktailspace.analytics` is the job; `regenerate_analytics()` is its core, a pure
function. The distance engine below `transport` knows arrays, not recipes. Nothing here knows of
HTTP, or of when the job runs.
"""
