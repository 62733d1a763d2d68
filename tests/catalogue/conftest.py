"""What tests of the catalogue share."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from cocktailspace.catalogue.database import Database


@pytest.fixture
def new_server(
    new_postgres_url: Callable[[], sa.URL],
    patient_writers: None,  # noqa: ARG001
) -> Iterator[Callable[..., Database]]:
    """Makes what several servers have of one catalogue: each its own pool of connections."""
    url = new_postgres_url()
    made: list[Database] = []

    def make(**options: object) -> Database:
        made.append(Database(url, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for database in made:
        database.close()
