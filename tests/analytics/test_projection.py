"""The map: finite and repeatable always, as good as umap-learn's, and staying put."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.catalogues import real_catalogue, real_catalogue_path
from benchmarks.measures import overlap
from benchmarks.synthetic import generate

from cocktailspace.analytics.projection import project
from cocktailspace.analytics.space import fractions_of
from cocktailspace.analytics.transport.neighbours import Neighbours, nearest_rows
from cocktailspace.analytics.transport.rows import Rows


@pytest.fixture(scope="module")
def masses() -> Rows:
    return generate(400, seed=2).subtree_masses()


def in_one_column(n: int) -> Rows:
    return Rows.from_triplets(np.arange(n), np.zeros(n), np.ones(n), (n, 3))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 14, 15, 16])
def test_few_points_have_finite_places(n, masses):
    rows = masses.take(np.arange(n))
    points = project(nearest_rows(rows, 15), features=rows)
    assert points.shape == (n, 2)
    assert np.isfinite(points).all()
    assert len(np.unique(points, axis=0)) == n


@pytest.mark.parametrize("n", [2, 3, 4, 20, 100])
@pytest.mark.parametrize("with_features", [True, False])
def test_duplicates_have_finite_places(n, with_features):
    rows = in_one_column(n)
    points = project(nearest_rows(rows, 15), features=rows if with_features else None)
    assert np.isfinite(points).all()


def test_the_same_arguments_give_the_same_map(masses):
    near = nearest_rows(masses, 15)
    first, second = project(near, features=masses), project(near, features=masses)
    assert (first == second).all()
    assert (project(near, features=masses, seed=7) != first).any()


def test_near_recipes_are_near(masses):
    near = nearest_rows(masses, 15)
    assert overlap(near, project(near, features=masses)) > 0.4


def test_recipes_keep_their_places_when_some_are_replaced(masses):
    """One in a hundred: the others move by a tenth of the map's radius."""
    before, after = masses.take(np.arange(396)), masses.take(np.arange(4, 400))
    old = project(nearest_rows(before, 15), features=before)
    start = np.vstack([old[4:], np.full((4, 2), np.nan)])
    new = project(nearest_rows(after, 15), start=start, features=after)
    moved = np.linalg.norm(new[:-4] - old[4:], axis=1).mean()
    radius = np.linalg.norm(old - old.mean(axis=0), axis=1).mean()
    assert moved / radius < 0.12  # 0.05 and less for a catalogue of a thousand and more
    assert np.isfinite(new).all()


def test_a_new_recipe_appears_among_its_neighbours(masses):
    near = nearest_rows(masses, 15)
    start = project(near, features=masses)
    start[7] = np.nan
    points = project(near, start=start)
    gaps = np.linalg.norm(points - points[7], axis=1)
    assert gaps[near.indices[7, :5]].mean() < np.median(gaps) / 3


def test_new_recipes_that_know_only_each_other_have_places(masses):
    near = nearest_rows(masses, 2)
    start = project(near, features=masses)
    start[:5] = np.nan
    ring = near.indices.copy()
    ring[:5] = [[1, 2], [2, 3], [3, 4], [4, 0], [0, 1]]
    points = project(Neighbours(ring, near.distances), start=start)
    assert np.isfinite(points).all()


def test_a_map_made_from_another_is_as_good_and_looks_alike():
    """With some room, as another processor rounds otherwise: to a map that is another seed."""
    made = generate(1000, seed=3)
    fractions, masses = fractions_of(made.volumes()), made.subtree_masses()
    near = nearest_rows(fractions, 15)
    first = project(nearest_rows(masses, 15), features=masses)
    adapted, cold = project(near, other=first), project(near, features=fractions)
    assert overlap(near, adapted) > overlap(near, cold) - 0.03
    assert overlap(near, adapted) > overlap(near, first) + 0.05
    radius = np.linalg.norm(first - first.mean(axis=0), axis=1).mean()
    assert np.linalg.norm(adapted - first, axis=1).mean() < 0.7 * radius
    assert (project(near, start=first, other=cold) == project(near, start=first)).all()


@pytest.mark.parametrize("given", ["start", "other"])
def test_a_map_lies_over_the_one_that_it_was_made_from(masses, given):
    """No shift, turn or scale of it lies nearer: Gower's conditions for that."""
    near = nearest_rows(masses, 15)
    turned = project(near, features=masses) @ [[0.0, 3.0], [-3.0, 0.0]] + [100.0, -50.0]
    before = turned.copy()
    if given == "start":
        before[:9] = np.nan
    points = project(near, **{given: before})
    assert (points != turned).any()
    known = np.isfinite(before).all(axis=1)
    moved, target = points[known], before[known]
    np.testing.assert_allclose(moved.mean(axis=0), target.mean(axis=0))
    moved, target = moved - moved.mean(axis=0), target - target.mean(axis=0)
    product = moved.T @ target
    np.testing.assert_allclose(product, product.T, atol=1e-9 * np.abs(product).max())
    assert (np.linalg.eigvalsh(product) > 0).all()
    np.testing.assert_allclose(np.trace(product), (moved**2).sum())


def test_few_points_stay_where_they_were():
    rows = Rows.from_triplets([0, 1, 2], [0, 1, 2], np.ones(3), (3, 3))
    start = np.array([[5.0, 1.0], [np.nan, np.nan], [2.0, 2.0]])
    points = project(nearest_rows(rows, 15), start=start)
    assert points[0].tolist() == [5.0, 1.0]
    assert np.isfinite(points).all()


def test_a_start_that_knows_nobody_is_a_cold_start(masses):
    near = nearest_rows(masses, 15)
    start = np.full((len(masses), 2), np.nan)
    assert (project(near, start=start, features=masses) == project(near, features=masses)).all()


def test_refuses_a_start_or_features_of_other_points(masses):
    near = nearest_rows(masses, 15)
    with pytest.raises(ValueError, match=r"start must have shape \(400, 2\), got \(3, 2\)"):
        project(near, start=np.zeros((3, 2)))
    with pytest.raises(ValueError, match="3 features, but neighbours of 400 points"):
        project(near, features=masses.take([0, 1, 2]))
    with pytest.raises(ValueError, match="3 other places, but neighbours of 400 points"):
        project(near, other=np.zeros((3, 2)))


def test_is_as_good_as_umap_learn_on_real_recipes():
    """umap-learn's figure is the benchmark's: `make bench` measures it, which takes a while."""
    catalogue = real_catalogue()
    if catalogue is None:
        pytest.skip(f"the real catalogue is not at {real_catalogue_path()}")
    figures = (Path(__file__).parents[2] / "benchmarks" / "README.md").read_text()
    row = re.search(r"^\| map, 1356: overlap@15 against umap-learn .*$", figures, re.MULTILINE)
    ours, theirs = map(float, re.findall(r"(\.\d+) against (\.\d+)", row[0])[0])
    rows = catalogue.subtree_masses()
    near = nearest_rows(rows, 15)
    measured = overlap(near, project(near, features=rows))
    assert measured > theirs - 0.01
    assert measured == pytest.approx(ours, abs=0.01)
