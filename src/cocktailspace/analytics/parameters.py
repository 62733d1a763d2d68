"""What the results depend on besides the catalogue. Light: whoever asks need not load numerics."""

from collections.abc import Mapping
from typing import Any

from cocktailspace.artifacts.manifest import ArtifactName

MAPS = (ArtifactName.COCKTAIL_SPACE_EM, ArtifactName.COCKTAIL_SPACE)
"""In the order in which they are drawn."""

MAP_SEED = 42
MAP_NEIGHBOURS = 14  # UMAP's 15, which count the recipe itself
SIMILAR = 10
NEAR_LIKENESS = 60

MASS_POWER = 205 / 512  # 0.4, by square roots alone
MASS_TOTAL = 27_720  # the least that 1 to 12 equal parts divide
FRACTION_TOTAL = 1 << 22

EDGES = (4, 4, 2)  # above a root, above its children, above all that is deeper
SUBSTITUTABLE_EDGE = 1
DEEPEST = 64  # what is deeper is at no distance from it

STAND_IN_NEIGHBOURS = 8
PRIOR_WEIGHT = 10
PRIOR_RANGE = 4  # edges on which the prior falls to 1/e
EVIDENCE_PAIRS = 5
EVIDENCE_SHARE = 0.01

PARAMETERS: Mapping[str, Any] = {
    "algorithm_version": 5,
    "mass_power": MASS_POWER,
    "mass_total": MASS_TOTAL,
    "edge_lengths": list(EDGES),  # as JSON reads it back
    "substitutable_edge_length": SUBSTITUTABLE_EDGE,
    "map_n_neighbors": MAP_NEIGHBOURS + 1,
    "map_min_dist": 0.05,
    "map_seed": MAP_SEED,
    "near_likeness": NEAR_LIKENESS,
    "similar_recipes": SIMILAR,
    "stand_in_neighbors": STAND_IN_NEIGHBOURS,
    "stand_in_prior_weight": PRIOR_WEIGHT,
    "stand_in_prior_range": PRIOR_RANGE,
    "stand_in_evidence_pairs": EVIDENCE_PAIRS,
    "stand_in_evidence_share": EVIDENCE_SHARE,
}
"""The manifest carries them. A change of any is a new `algorithm_version`, by which results that
an older version of the program made are known and computed anew."""
