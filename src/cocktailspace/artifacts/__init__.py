"""Published results: their names, where they are stored, and how they are replaced.

Immutable artifacts lie under `runs/<run_id>/`; one mutable manifest names the run that readers
see. A reader that follows one manifest always sees one complete result. Nothing here knows what
is inside an artifact, or when one is made.
"""
