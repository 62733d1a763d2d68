"""Ground costs learned from the recipes themselves, by expectation and maximisation.

What replaces what between near recipes is counted (expectation), and turned into costs as BLOSUM
turns counted exchanges of amino acids into scores (maximisation): often replaced means cheap. The
new costs make other recipes near, and so on.
Source for the scores: Henikoff & Henikoff 1992, "Amino acid substitution matrices".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cocktailspace.analytics.transport.cost_neighbours import nearest_under_cost
from cocktailspace.analytics.transport.flows import largest_flows
from cocktailspace.analytics.transport.neighbours import Neighbours
from cocktailspace.analytics.transport.parallel import Progress
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import taxonomy_costs

LARGEST_FLOWS = 3
LEAST_SHARE = 0.05
"""Flows smaller than this share of their plan's largest are not counted."""
SETTLED = 1e-3
"""Relative change of the costs below which no further round is made."""


@dataclass(frozen=True)
class LearnedCosts:
    """Ground costs learned from recipes.

    ground_cost: (m, m) symmetric, >= 0, 0 on the diagonal, median 1 off it.
    changes: per round the relative change of the costs (Frobenius norm).
    neighbours: the exact neighbours of the last round, under the costs before its change: near
    enough to those under `ground_cost` to be seeds for a search.
    """

    ground_cost: NDArray[np.float64]
    changes: tuple[float, ...]
    neighbours: Neighbours

    @property
    def rounds(self) -> int:
        """How many rounds were made."""
        return len(self.changes)


def learn_costs(
    fractions: Rows,
    parents: ArrayLike,
    neighbours: Neighbours,
    *,
    rounds: int = 5,
    k: int = 10,
    threads: int | None = None,
    progress: Progress | None = None,
) -> LearnedCosts:
    """Learn ground costs, starting from path lengths in the taxonomy.

    fractions: n rows that each sum to 1, over m columns, substitutes rolled up already.
    parents: (m,) each column's parent in the forest, -1 for a root.
    neighbours: k or more nearest rows of each row under the taxonomy: `nearest_rows` of the
    `subtree_masses`.
    rounds: at most so many; fewer once the costs have settled. k: neighbours that are compared.
    """
    costs = taxonomy_costs(parents)
    changes: list[float] = []
    neighbours = neighbours.first(k)
    for done in range(rounds):
        share = _share_of(progress, done, rounds)
        if done:
            neighbours = nearest_under_cost(
                fractions, costs, k, seeds=neighbours, threads=threads, progress=share
            )
        learned = costs_of_exchange(exchange(fractions, costs, neighbours, threads=threads))
        if learned is None:
            break
        changes.append(float(np.linalg.norm(learned - costs) / np.linalg.norm(costs)))
        costs = learned
        if changes[-1] < SETTLED:
            break
    if progress is not None:
        progress(1.0)
    return LearnedCosts(costs, tuple(changes), neighbours)


def exchange(
    fractions: Rows,
    costs: NDArray[np.float64],
    neighbours: Neighbours,
    *,
    threads: int | None = None,
) -> NDArray[np.float64]:
    """(m, m) how much of each ingredient stands in for each other one between near recipes.

    Of each recipe's transport plans to its neighbours the three largest flows are counted if they
    are at least 5 % of the plan's largest, mass that stays included, each times the neighbour's
    weight exp(-(d - d_min)), where a recipe's weights sum to 1; then T becomes (T + T') / 2.
    """
    m = fractions.width
    if neighbours.k == 0:
        return np.zeros((m, m))
    flows = largest_flows(
        fractions, costs, neighbours, count=LARGEST_FLOWS, staying=True, threads=threads
    )
    weights = np.exp(neighbours.distances[:, :1] - neighbours.distances)
    weights /= weights.sum(axis=1, keepdims=True)
    least = LEAST_SHARE * (1 - 1e-9) * flows.masses[:, :, :1]
    counted = (flows.sources >= 0) & (flows.masses >= least)
    place = flows.sources[counted].astype(np.int64) * m + flows.sinks[counted]
    weighted = (flows.masses * weights[:, :, None])[counted]
    total = np.bincount(place, weights=weighted, minlength=m * m).reshape(m, m)
    return (total + total.T) / 2


def costs_of_exchange(exchanged: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """(m, m) costs from a symmetric matrix T of exchanges; None if T tells no costs apart.

    S = (T + 1) / E with E = (row + m) (col + m) / (total + m^2): how much more often than by chance
    two ingredients are exchanged, one exchange of each kind being presumed; row and col, the sums
    of T, are the same. Cost = -log S, less its
    least entry, 0 on the diagonal, divided by its median off the diagonal.
    """
    m = len(exchanged)
    row, total = exchanged.sum(axis=1), exchanged.sum()
    expected = np.outer(row + m, row + m) / (total + m * m)
    costs = -np.log((exchanged + 1) / expected)
    costs -= costs.min(initial=np.inf)
    np.fill_diagonal(costs, 0.0)
    others = costs[~np.eye(m, dtype=np.bool_)]
    median = float(np.median(others)) if others.size else 0.0
    return costs / median if median > 0 else None


def _share_of(progress: Progress | None, done: int, rounds: int) -> Progress | None:
    """Progress of one round as progress of all."""
    if progress is None:
        return None
    return lambda fraction: progress((done + fraction) / rounds)
