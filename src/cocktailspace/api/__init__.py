"""The catalogue and its analytics over HTTP.

Routes translate between HTTP and the parts below; they hold no SQL and no arrays. Domain errors
become answers in `error_handlers`, and nowhere else.

- Together: `app` makes the application, `context` is what each module of `routes/` is given,
  `server` runs it; on AWS `lambda_handler` does, behind `cloudfront`.
- Who may do how much: `auth/` says who asks; `guarded_route`, `fair_queue` and `middleware` hold
  every request to its bounds.
- What routes share: `parameters` of addresses, `searching` and its cursors, `writing` with ETags
  and idempotency keys, published `runs`, `differences` of recipes.
- Answers: `content` is sent from memory or files, as are `exports` and, in `artifact_responses`,
  artifacts; `freshness` says of which version they are. `rendered` recipes are cached
  (`recently_used`). `errors` have one shape.
- Pages: `html` and `error_pages` of a `site` of files and templates, what is `similar` in words,
  the `qr_code` of an address.
- What goes on: `event_feed` for streams, `metrics` for Prometheus.
- What takes longer than Lambda allows: `deferred` requests, which `deferred_job` answers.
- `agents/` offers the same operations as tools.
"""
