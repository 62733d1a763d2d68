"""What is served is what was published; what is not is named, and computed anew by itself."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.cli.doctor import examine
from cocktailspace.refresh.status import RefreshState
from tests.operations.site import Site

ANALYTICS = "/api/v1/analytics"


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def _flipped(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def _linked(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


DAMAGES = pytest.mark.parametrize("damage", [_cut, _longer, _flipped, _linked, Path.unlink])


def _path(site: Site, name: str) -> Path:
    return site.settings.artifacts_folder / site.manifest().artifacts[name].key


@DAMAGES
@pytest.mark.parametrize("address", ["{name}", "runs/{run_id}/{name}", "{name}?recipe_id=1"])
def test_a_damaged_artifact_is_never_sent_and_computed_anew(
    site: Site, damage: Callable[[Path], None], address: str
) -> None:
    name = ArtifactName.RECIPE_SIMILAR if "?" in address else ArtifactName.INGREDIENT_USAGE
    run_id = site.manifest().run_id
    address = f"{ANALYTICS}/{address.format(name=name, run_id=run_id)}"
    damage(_path(site, name))
    answer = site.client.get(address)
    assert answer.status_code in (404, 503)
    assert "etag" not in answer.headers
    site.settle()
    assert site.manifest().run_id != run_id
    assert site.client.get(f"{ANALYTICS}/{name}").status_code == 200


def test_a_draft_is_not_compared_with_a_damaged_result(site: Site) -> None:
    _flipped(_path(site, ArtifactName.COCKTAIL_SPACE_EM))
    draft = {"ingredients": [{"ingredient_id": 5, "amount": 1.0, "unit_id": 1}]}
    assert site.client.post(f"{ANALYTICS}/place", json=draft).status_code == 503
    site.settle()
    assert site.client.post(f"{ANALYTICS}/place", json=draft).status_code == 200


@DAMAGES
def test_the_doctor_finds_it_though_nobody_has_asked_for_it(
    site: Site, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("db_path", "analytics_path", "tokens_path"):
        monkeypatch.setenv(name.upper(), str(getattr(site.settings, name)))
    assert not [each for each in examine() if "damaged" in each.what]
    damage(_path(site, ArtifactName.INGREDIENT_TREE))
    [found] = [each for each in examine() if not each.ok and "published analytics" in each.what]
    assert "ingredient-tree" in found.what
    assert "cocktailspace refresh" in found.remedy or "mend" in found.remedy


@pytest.mark.parametrize("damage", [_cut, _longer, Path.unlink])
def test_a_result_of_another_size_is_computed_anew_though_nobody_has_asked_for_it(
    site: Site, damage: Callable[[Path], None]
) -> None:
    run_id = site.manifest().run_id
    damage(_path(site, ArtifactName.INGREDIENT_TREE))
    site.stop()
    site.serve()
    assert site.status().state is RefreshState.PENDING
    site.settle()
    assert site.manifest().run_id != run_id


@pytest.mark.parametrize("restarted", [False, True])
def test_a_replaced_run_is_looked_at_too(site: Site, restarted: bool) -> None:
    manifest = site.manifest()
    name = ArtifactName.INGREDIENT_USAGE
    address = f"{ANALYTICS}/runs/{manifest.run_id}/{name}"
    other = f"{ANALYTICS}/runs/{manifest.run_id}/{ArtifactName.INGREDIENT_TREE}"
    site.edit()
    site.settle()
    if restarted:
        site.stop()
        site.serve()
    body = site.client.get(address).content
    assert hashlib.sha256(body).hexdigest() == manifest.artifacts[name].sha256
    _flipped(site.settings.artifacts_folder / manifest.artifacts[ArtifactName.INGREDIENT_TREE].key)
    assert site.client.get(other).status_code == 503
    assert site.status().state is RefreshState.FRESH, "the current run is whole"


def test_a_digest_is_made_once_and_a_size_is_looked_at_each_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    sha256 = type(site.services.store).sha256

    def counted(store: object, key: str) -> str:
        made.append(key)
        return sha256(store, key)  # type: ignore[arg-type]

    monkeypatch.setattr(type(site.services.store), "sha256", counted)
    name = ArtifactName.INGREDIENT_USAGE
    for _ in range(3):
        assert site.client.get(f"{ANALYTICS}/{name}").status_code == 200
    assert made == [site.manifest().artifacts[name].key]
    _cut(_path(site, name))
    assert site.client.get(f"{ANALYTICS}/{name}").status_code == 503


def test_what_no_run_has_published_is_not_served(site: Site) -> None:
    key = site.manifest().artifacts[ArtifactName.INGREDIENT_USAGE].key
    run_id = "20260101T000000.000000Z-00000000"
    body = site.services.store.read(key).body
    site.services.store.write(key.replace(site.manifest().run_id, run_id), body)
    answer = site.client.get(f"{ANALYTICS}/runs/{run_id}/{ArtifactName.INGREDIENT_USAGE}")
    assert answer.status_code == 404
