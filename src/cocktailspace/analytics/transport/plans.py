"""Distance and transport plan between two recipes, under any ground cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cocktailspace.analytics.transport.rows import Rows, check_masses
from cocktailspace.analytics.transport.solver import solve_alone
from cocktailspace.analytics.transport.spanning_tree import MASS, workspace

BALANCE = 1e-9
"""Relative difference of total masses that still counts as balanced."""


@dataclass(frozen=True)
class TransportPlan:
    """A cheapest way to turn one recipe into another.

    cost: its total cost. flow: (m, n) mass moved from each source to each sink, >= 0; its row sums
    are masses_a and its column sums masses_b.
    """

    cost: float
    flow: NDArray[np.float64]


def transport_plan(
    masses_a: ArrayLike, masses_b: ArrayLike, ground_cost: ArrayLike
) -> TransportPlan:
    """Least work that turns one recipe into another, and how.

    masses_a: (m,) and masses_b: (n,) masses, finite, >= 0 and of equal sums.
    ground_cost: (m, n) cost of moving a unit of mass, finite and >= 0; neither symmetry nor the
    triangle inequality is asked for, and staying may cost something.
    Among equally cheap plans the one returned depends on the arguments alone.
    Raises ValueError for masses that do not balance, and for values that are not finite or < 0.
    Source: Rubner, Tomasi & Guibas 2000; `solver` for the method.
    """
    a, b, costs = checked_problem(masses_a, masses_b, ground_cost)
    flow = np.zeros(costs.shape)
    sources, sinks = np.flatnonzero(a), np.flatnonzero(b)
    if len(sources) == 0 or len(sinks) == 0:
        return TransportPlan(0.0, flow)
    m, n = len(sources), len(sinks)
    space = workspace(max(m, n))
    total = a.sum()
    space[0][:m, :n] = costs[np.ix_(sources, sinks)]
    space[1][MASS, :m] = a[sources] / total
    space[1][MASS, m : m + n] = b[sinks] / b.sum()
    moved = np.zeros((m, n))
    least = float(solve_alone(space, moved))
    flow[np.ix_(sources, sinks)] = moved * total
    return TransportPlan(least * total, flow)


def exact_distance(masses_a: ArrayLike, masses_b: ArrayLike, ground_cost: ArrayLike) -> float:
    """The Earth Mover's Distance: the cost of `transport_plan`, which see."""
    return transport_plan(masses_a, masses_b, ground_cost).cost


def checked_problem(
    masses_a: ArrayLike, masses_b: ArrayLike, ground_cost: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The three as arrays, if they make a transport problem; else ValueError."""
    a = np.asarray(masses_a, dtype=np.float64)
    b = np.asarray(masses_b, dtype=np.float64)
    costs = np.asarray(ground_cost, dtype=np.float64)
    if a.ndim != 1 or b.ndim != 1 or costs.shape != (len(a), len(b)):
        raise ValueError(
            f"masses of shapes {a.shape} and {b.shape} need a ground cost of shape "
            f"({len(a)}, {len(b)}), got {costs.shape}"
        )
    check_masses(a, "masses_a")
    check_masses(b, "masses_b")
    check_costs(costs)
    if abs(a.sum() - b.sum()) > BALANCE * max(a.sum(), b.sum()):
        raise ValueError(f"masses do not balance: masses_a sum to {a.sum()}, masses_b to {b.sum()}")
    return a, b, costs


def check_costs(costs: NDArray[np.float64]) -> None:
    """Raise ValueError unless every cost is finite and >= 0, with the first that is not."""
    wrong = ~(np.isfinite(costs) & (costs >= 0))
    if wrong.any():
        place = np.unravel_index(int(np.argmax(wrong)), costs.shape)
        where = ", ".join(str(int(index)) for index in place)
        raise ValueError(f"ground_cost must be finite and >= 0, got {costs[place]} at ({where})")


def checked_rows(fractions: Rows, ground_cost: ArrayLike) -> tuple[NDArray[np.float64], float]:
    """The ground cost as an array and the rows' common sum, if they make transport problems.

    Raises ValueError for a cost that is negative, not finite or of another shape, and for rows of
    different sums or without mass.
    """
    costs = np.ascontiguousarray(ground_cost, dtype=np.float64)
    if costs.shape != (fractions.width, fractions.width):
        raise ValueError(f"{fractions.width} columns need a square ground_cost, got {costs.shape}")
    check_costs(costs)
    sums = fractions.sums()
    if len(sums) == 0:
        return costs, 1.0
    if sums.max() - sums.min() > BALANCE * sums.max():
        worst = int(np.argmax(np.abs(sums - np.median(sums))))
        raise ValueError(f"masses do not balance: row {worst} sums to {sums[worst]}")
    if sums.max() == 0:
        raise ValueError("masses do not balance: the rows have no mass")
    return costs, float(sums.max())
