"""Every address that the API has, and one entity for each that it may name."""

import re
from collections.abc import Iterator

from cocktailspace.api.app import create_app
from cocktailspace.bootstrap import Services

_ENTITIES = {"import_id": "0" * 32, "token": "0" * 32, "name": "ingredient-usage"}


def operations(services: Services) -> Iterator[tuple[str, set[str]]]:
    """Paths of the API, as templates, and their methods."""
    for path, found in create_app(services).openapi()["paths"].items():
        yield path, {method.upper() for method in found}


def filled(path: str, **values: str) -> str:
    """The template with these values, and those of entities that are there."""
    known = _ENTITIES | values
    return re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], "1"), path)
