"""What tests of the distance engine share: the real catalogue, made-up ones, chance."""

import sys
from pathlib import Path

import numpy as np
import pytest

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
