"""How answers say which version of the catalogue they show, and whether a newer one is coming."""

from typing import Any

from cocktailspace.bootstrap import Services
from cocktailspace.refresh.status import RefreshState

FRESHNESS: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Cocktailspace-Version": {
                "description": "The version of the catalogue that the result shows",
                "schema": {"type": "integer"},
            },
            "Cocktailspace-Refresh": {
                "description": "`fresh`, or whether a newer result is coming: `pending`, "
                "`running` or `failed`",
                "schema": {"type": "string", "enum": list(RefreshState)},
            },
        }
    }
}


def freshness_of(services: Services) -> dict[str, str]:
    """Headers of an answer that shows what is published now."""
    status = services.refresher.status()
    version = status.manifest.source_version if status.manifest else 0
    return {"Cocktailspace-Version": str(version), "Cocktailspace-Refresh": status.state}
