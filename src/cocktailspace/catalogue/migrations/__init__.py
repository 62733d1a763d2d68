"""The migrations, one after another, and which of them this version of the program knows."""

from cocktailspace.catalogue.errors import SchemaError

REVISION = "0003"
"""The newest migration: the schema that this version of the program reads and writes."""


def check_revision(revision: str | None) -> None:
    """Raise SchemaError, with the way out, when a database is not ready to be used.

    revision: its schema, None when it has none of ours. Revisions sort by age.
    """
    refuse_newer(revision)
    if revision is None:
        raise SchemaError(
            "the database holds no catalogue; `cocktailspace serve`, `import` or `migrate` makes "
            "one"
        )
    if revision != REVISION:
        raise SchemaError(
            f"the catalogue has schema {revision}, this version of cocktailspace needs {REVISION}; "
            "`cocktailspace serve` or `migrate` upgrades it"
        )


def refuse_newer(revision: str | None) -> None:
    """Raise SchemaError when a newer version of the program has upgraded the database."""
    if revision is not None and revision > REVISION:
        raise SchemaError(
            f"the catalogue has schema {revision}, which a newer version of cocktailspace wrote "
            f"(this one knows {REVISION}); upgrade the program"
        )
