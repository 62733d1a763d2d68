"""The distance engine: Earth Mover's Distance between recipes, exact at any size.

A recipe is a row of volume fractions over ingredients; the distance between two recipes is the
least work that turns one into the other, where a *ground cost* prices the move of a unit of volume
from one ingredient to another. This package knows arrays only: rows of masses, parents of a forest,
costs, neighbours. It imports numpy, the standard library and `native`, and nothing of recipes,
files or settings.
"""

from cocktailspace.analytics.transport.cost_neighbours import nearest_under_cost
from cocktailspace.analytics.transport.distances import pair_distances
from cocktailspace.analytics.transport.flows import Flows, largest_flows
from cocktailspace.analytics.transport.learning import LearnedCosts, learn_costs
from cocktailspace.analytics.transport.neighbours import Neighbours, nearest_rows
from cocktailspace.analytics.transport.pairs import flows_of_pairs
from cocktailspace.analytics.transport.plans import TransportPlan, exact_distance, transport_plan
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import subtree_masses, taxonomy_costs


def prepare() -> None:
    """Begin to make ready what learning needs first, which a new machine has to compile."""
    flows_of_pairs.load_beside()


__all__ = [
    "Flows",
    "LearnedCosts",
    "Neighbours",
    "Rows",
    "TransportPlan",
    "exact_distance",
    "largest_flows",
    "learn_costs",
    "nearest_rows",
    "nearest_under_cost",
    "pair_distances",
    "prepare",
    "subtree_masses",
    "taxonomy_costs",
    "transport_plan",
]
