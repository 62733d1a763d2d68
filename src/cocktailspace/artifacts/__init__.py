"""Published results: their names, where they are stored, and how they are replaced.

Immutable artifacts lie under `runs/<run_id>/`; one mutable manifest names the run that readers see.
A reader that follows one manifest always sees one complete result. Nothing here knows what is
inside an artifact, or when one is made.

`store` is the protocol of a `folder` and of `s3`. `publish` writes artifacts, then the `manifest`;
readers take single `rows`, once `integrity` has verified what is there. A job leaves a record of
its `attempt` and a `report` of its end. The `lease` keeps two catalogues out of one folder.
"""
