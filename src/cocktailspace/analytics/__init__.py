"""Analytics: a snapshot of the catalogue in, artifacts out.

`python -m cocktailspace.analytics` is the job: `command` runs a `job` once, whose core is
`regenerate_analytics()` in `regenerate`, a pure function. Nothing here knows of HTTP, or of when
the job runs.

- `space` makes rows of recipes, where names end and arrays begin; the distance engine,
  `transport/`, knows arrays alone. `parameters` are all that results depend on besides the
  catalogue.
- From neighbours: `maps`, which `projection` draws by a `layout`; `regions` and their
  `region_names`.
- From transport plans: `similar` recipes and, in `words` of the bar, what changes; `substitutes`;
  what a bar can make (`bar/`). `statistics` need no geometry.
- `encode` writes artifacts; `published` reads a run back, for `comparing` any two recipes as the
  job does.
- Who computes: `choose_workers` takes threads of this machine or a `cluster`, which `batch_node`
  starts on AWS. `code_cache` is numba's.
"""
