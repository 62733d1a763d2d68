"""What the results depend on besides the catalogue. Light: whoever asks need not load numerics."""

from collections.abc import Mapping
from typing import Any

MAP_SEED = 42
MAP_NEIGHBOURS = 14  # UMAP's 15, which count the recipe itself
LEARNING_NEIGHBOURS = 10
ROUNDS = 5
SIMILAR = 10

PARAMETERS: Mapping[str, Any] = {
    "algorithm_version": 2,
    "ingredient_costs": "learned",
    "learning_neighbors": LEARNING_NEIGHBOURS,
    "learning_rounds": ROUNDS,
    "map_n_neighbors": MAP_NEIGHBOURS + 1,
    "map_min_dist": 0.05,
    "map_seed": MAP_SEED,
    "similar_recipes": SIMILAR,
}
"""The manifest carries them. A change of any is a new `algorithm_version`, by which results that
an older version of the program made are known and computed anew."""
