from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.tokens import Tokens, choose_tokens
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.tokens import Role
from tests.conftest import BAR, import_document
from tests.publishing import publish_analytics


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    """The API over the small bar."""
    import_document(services.database, BAR)
    with TestClient(create_app(services), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def tokens(services: Services) -> Tokens:
    return choose_tokens(services.settings, services.database)


@pytest.fixture
def editor(tokens: Tokens) -> dict[str, str]:
    """Headers of somebody who may edit."""
    return {"Authorization": f"Bearer {tokens.create('eve', Role.EDITOR)}"}


@pytest.fixture
def admin(tokens: Tokens) -> dict[str, str]:
    """Headers of somebody who may do everything."""
    return {"Authorization": f"Bearer {tokens.create('ann', Role.ADMIN)}"}


@pytest.fixture
def published(services: Services, client: TestClient) -> None:  # noqa: ARG001 - comes after the bar
    """The bar's analytics, computed in this process."""
    publish_analytics(services)
