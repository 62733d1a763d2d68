"""What is like a recipe, in words, for the page that needs no script."""

from dataclasses import dataclass
from itertools import islice

from pydantic_core import from_json

from cocktailspace.analytics.published import is_readable
from cocktailspace.analytics.words import in_words
from cocktailspace.artifacts.manifest import ArtifactName, current_manifest
from cocktailspace.artifacts.rows import IndexedRows
from cocktailspace.artifacts.store import StoreError
from cocktailspace.bootstrap import Services

_MOST_CHANGES = 4


@dataclass(frozen=True, slots=True)
class SimilarRecipe:
    """A recipe that is near, how close it is, and what to change."""

    recipe_id: int
    name: str
    closeness: str
    changes: str


def similar_recipes(services: Services, rows: IndexedRows, recipe_id: int) -> list[SimilarRecipe]:
    """Those that the published run calls near, the nearest first; none where it cannot say."""
    try:
        manifest = current_manifest(services.store)
        if manifest is None or not is_readable(manifest):
            return []
        services.integrity.verify_artifact(manifest.run_id, ArtifactName.RECIPE_SIMILAR)
        row = rows.find(manifest.run_id, recipe_id)
    except StoreError:  # the page shows all else
        return []
    near = [each for each in from_json(row)["similar"] if each["near"]] if row else []
    return [
        SimilarRecipe(
            each["recipe_id"],
            each["name"],
            _closeness(each["likeness"]),
            ", ".join(islice(in_words(each["changes"], amounts=False), _MOST_CHANGES))
            or "the same",
        )
        for each in near
    ]


def _closeness(likeness: int) -> str:
    """As the map's page says it (`panels/differences.js`)."""
    if likeness == 100:
        return "the same"
    return "very close" if likeness >= 85 else "close" if likeness >= 70 else "a relative"
