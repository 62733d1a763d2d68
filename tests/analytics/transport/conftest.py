"""What tests of the distance engine share: the real catalogue, made-up ones, dense rows."""

import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[3]))

from benchmarks.catalogues import CatalogueArrays, real_catalogue, real_catalogue_path
from benchmarks.synthetic import generate


@pytest.fixture(scope="session")
def real() -> CatalogueArrays:
    """The 1,356 real recipes, where they are at hand."""
    catalogue = real_catalogue()
    if catalogue is None:
        pytest.skip(f"the real catalogue is not at {real_catalogue_path()}")
    return catalogue


@pytest.fixture(scope="session")
def made_up() -> CatalogueArrays:
    """10,000 made-up recipes."""
    return generate(10_000, seed=3)


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(20)


@pytest.fixture(scope="session")
def noisy_cost():
    """A ground cost that is no metric, for any number of columns: mostly near 1, sometimes less."""

    def make(columns: int) -> NDArray[np.float64]:
        random = np.random.default_rng(5)
        costs = 1 + 0.02 * random.random((columns, columns))
        cheap = random.random((columns, columns)) < 0.02
        costs[cheap] *= random.random(int(cheap.sum()))
        costs = (costs + costs.T) / 2
        np.fill_diagonal(costs, 0.0)
        return costs

    return make
