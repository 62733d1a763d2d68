import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cocktailspace.analytics import job as job_module
from cocktailspace.analytics.regenerate import Analytics, Artifact, Report
from cocktailspace.analytics.statistics import ingredient_usage, usage_of
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.snapshot import Snapshot
from tests.conftest import ManualClock
from tests.operations.site import Site


def _light_analytics(snapshot: Snapshot, *, report: Report, **_more: object) -> Analytics:
    """What is counted, without what is measured and drawn: these tests are about the way there."""
    usage = usage_of(snapshot)
    data: dict[ArtifactName, Any] = {name: [] for name in ArtifactName}
    data[ArtifactName.INGREDIENT_USAGE] = ingredient_usage(snapshot, usage)
    report("statistics", 1.0)
    artifacts = (Artifact(name, rows) for name, rows in data.items())
    return Analytics(artifacts, {"recipes": len(snapshot.recipes)})


@pytest.fixture(autouse=True)
def light_analytics(monkeypatch: pytest.MonkeyPatch) -> None:
    """For jobs within this process; child processes compute everything."""
    monkeypatch.setattr(job_module, "regenerate_analytics", _light_analytics)


@pytest.fixture
def new_site(
    tmp_path: Path, empty_catalogue: Path, clock: ManualClock, new_services: Callable[..., Services]
) -> Callable[..., Site]:
    numbers = itertools.count()

    def make(**options: Any) -> Site:
        folder = tmp_path / f"site-{next(numbers)}"
        folder.mkdir()
        return Site(folder, empty_catalogue, clock, new_services, **options)

    return make


@pytest.fixture
def site(new_site: Callable[..., Site]) -> Site:
    """A server over the small bar, with everything published."""
    made = new_site()
    made.fill()
    made.settle()
    return made
