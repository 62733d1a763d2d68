"""The manifest: the one mutable object, which says what is published and where it lies."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from cocktailspace.artifacts.store import (
    ArtifactStore,
    MissingError,
    StoreError,
)

STORAGE_VERSION: Literal["v1"] = "v1"
PREFIX = f"analytics/{STORAGE_VERSION}"
MANIFEST_KEY = f"{PREFIX}/manifest.json"
RUNS_PREFIX = f"{PREFIX}/runs/"

Version = Annotated[int, Field(ge=0, lt=2**63)]
Seconds = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]


class ArtifactName(StrEnum):
    """Everything that a run publishes."""

    INGREDIENT_USAGE = "ingredient-usage"
    RECIPE_COMPLEXITY = "recipe-complexity"
    INGREDIENT_TREE = "ingredient-tree"
    COCKTAIL_SPACE = "cocktail-space"
    COCKTAIL_SPACE_EM = "cocktail-space-em"
    RECIPE_SIMILAR = "recipe-similar"
    INGREDIENT_SUBSTITUTES = "ingredient-substitutes"
    REGIONS = "regions"
    BAR_INDEX = "bar-index"


RETIRED = {"ingredient-costs": ArtifactName.INGREDIENT_SUBSTITUTES}
"""Artifacts that older programs published, and what takes their place."""


class ArtifactEntry(BaseModel):
    """Where one artifact is stored, and its checksum."""

    key: str = Field(description="Its key in the store")
    sha256: str = Field(description="Of the file's bytes, in hex")
    bytes: int = Field(description="The file's size")


class Manifest(BaseModel):
    """What readers see: the artifacts of one run, and the catalogue's version that they show."""

    model_config = ConfigDict(frozen=True)

    storage_version: Literal["v1"] = STORAGE_VERSION
    catalogue_id: str = Field(description="Which catalogue it was computed from")
    source_version: Version = Field(description="That catalogue's version")
    source_changed_at: AwareDatetime | None = Field(
        None, description="When that version's change was made; a restored catalogue has another"
    )
    generated_at: AwareDatetime = Field(description="When the run published")
    run_id: str = Field(description="Begins with the run's UTC time")
    artifacts: dict[str, ArtifactEntry] = Field(description="By name")
    counts: dict[str, int] = Field(description="How much of what went in")
    seconds: dict[str, Seconds] = Field(description="How long each step took")
    parameters: dict[str, Any] = Field(
        description="What the results depend on besides the catalogue"
    )
    superseded: dict[str, AwareDatetime] = Field(
        default_factory=dict,
        description="Runs kept for readers who still follow them, and since when",
    )

    @property
    def algorithm_version(self) -> int:
        """Version of the algorithm that made the artifacts; 0 where the manifest names none."""
        version = self.parameters.get("algorithm_version")
        return version if type(version) is int else 0


@dataclass(frozen=True, slots=True)
class Published:
    """The manifest as read (None when unreadable), and the tag to swap it by."""

    manifest: Manifest | None
    tag: str


def read_published(store: ArtifactStore) -> Published | None:
    """What is published now, or None when nothing is."""
    try:
        stored = store.read(MANIFEST_KEY)
    except MissingError:
        return None
    try:
        return Published(Manifest.model_validate_json(stored.body), stored.tag)
    except ValidationError:  # damaged, or of another storage version: the next run replaces it
        return Published(None, stored.tag)


def current_manifest(store: ArtifactStore) -> Manifest | None:
    """The manifest of what is published; None when nothing is, or when it is unreadable."""
    published = read_published(store)
    return published.manifest if published else None


def write_run(store: ArtifactStore, run_id: str, artifacts: dict[str, ArtifactEntry]) -> None:
    """Store the entries of a run, by which it is read once another run is the current one."""
    store.write(artifact_key(run_id, "run"), _ENTRIES.dump_json(artifacts))


def read_run(store: ArtifactStore, run_id: str) -> dict[str, ArtifactEntry]:
    """The entries of a run by name; MissingError when there is no such run any more."""
    key = artifact_key(run_id, "run")
    try:
        return _ENTRIES.validate_json(store.read(key).body)
    except ValidationError:
        raise StoreError(f"{key} is damaged") from None


_ENTRIES = TypeAdapter(dict[str, ArtifactEntry])


def artifact_key(run_id: str, name: str) -> str:
    """Where a run's artifact lies."""
    return f"{RUNS_PREFIX}{run_id}/{name}.json"
