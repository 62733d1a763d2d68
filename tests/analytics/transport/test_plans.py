from fractions import Fraction

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from cocktailspace.analytics.transport import (
    exact_distance,
    solver,
    spanning_tree,
    taxonomy_costs,
    transport_plan,
)


def masses(random, size, kind):
    """Masses that sum to 1: free, equal parts, or in whole parts with zeros."""
    parts = {
        "free": random.random(size) + 1e-3,
        "equal": np.ones(size),
        "whole": np.append(random.integers(0, 4, size - 1), 1).astype(float),
    }[kind]
    return parts / parts.sum()


def ground_costs(random, m, n, kind):
    """Costs of every kind that a solver may stumble over."""
    if kind == "shared support":  # both sides are drawn from the same few columns
        columns = taxonomy_costs(np.array([-1, 0, 0, 1, 1, -1, 5, 5]))
        return columns[np.ix_(random.integers(0, 8, m), random.integers(0, 8, n))]
    return {
        "free": random.random((m, n)),
        "whole": random.integers(0, 4, (m, n)).astype(float),
        "tiny": random.random((m, n)) * 1e-9,
        "huge": random.random((m, n)) * 1e9,
        "constant": np.full((m, n), 2.5),
        "nought": np.zeros((m, n)),
    }[kind]


COSTS = ["free", "whole", "tiny", "huge", "constant", "nought", "shared support"]


@pytest.mark.parametrize("cost_kind", COSTS)
@pytest.mark.parametrize("mass_kind", ["free", "equal", "whole"])
def test_equals_pot(mass_kind, cost_kind):
    random = np.random.default_rng(7)
    for _ in range(60):
        m, n = random.integers(1, 41, 2)
        a, b = masses(random, m, mass_kind), masses(random, n, mass_kind)
        costs = ground_costs(random, m, n, cost_kind)
        plan = transport_plan(a, b, costs)
        scale = costs.max() or 1.0  # POT stops at a tolerance that knows no scale
        assert plan.cost / scale == pytest.approx(ot.emd2(a, b, costs / scale), rel=1e-9, abs=1e-12)
        assert_plan_of(plan, a, b, costs)


def assert_plan_of(plan, a, b, costs):
    """The flow moves all of a to b, and costs what the plan says."""
    assert (plan.flow >= 0).all()
    assert np.allclose(plan.flow.sum(axis=1), a, rtol=0, atol=1e-12)
    assert np.allclose(plan.flow.sum(axis=0), b, rtol=0, atol=1e-12)
    assert (plan.flow * costs).sum() == pytest.approx(plan.cost, rel=1e-12)


@pytest.mark.parametrize("cost_kind", COSTS)
def test_equals_linear_programming(cost_kind):
    random = np.random.default_rng(8)
    for _ in range(6):
        m, n = random.integers(1, 9, 2)
        a, b = masses(random, m, "free"), masses(random, n, "free")
        costs = ground_costs(random, m, n, cost_kind)
        scale = costs.max() or 1.0
        sums = np.vstack([np.kron(np.eye(m), np.ones(n)), np.kron(np.ones(m), np.eye(n))])
        program = linprog(costs.ravel() / scale, A_eq=sums, b_eq=np.concatenate([a, b]))
        assert exact_distance(a, b, costs) / scale == pytest.approx(program.fun, abs=1e-9)


def test_costs_of_all_sizes_at_once_are_solved_to_the_last_digits():
    """Optimality proved in rational arithmetic by duality.

    Costs span 1e-9 to 1e9. Other solvers stop at a tolerance of their largest cost there: POT is
    off by half and more.
    """
    random = np.random.default_rng(9)
    for _ in range(60):
        m, n = random.integers(1, 41, 2)
        a, b = masses(random, m, "free"), masses(random, n, "free")
        costs = 10.0 ** random.uniform(-9, 9, (m, n))
        assert_optimal(a, b, costs, exact_distance(a, b, costs))


def test_masses_of_all_sizes_at_once_are_moved_at_least_cost():
    random = np.random.default_rng(10)
    for _ in range(30):
        m, n = random.integers(1, 41, 2)
        a, b = 10.0 ** random.uniform(-12, 0, m), 10.0 ** random.uniform(-12, 0, n)
        a, b, costs = a / a.sum(), b / b.sum(), random.random((m, n)) + 0.1
        assert_optimal(a, b, costs, exact_distance(a, b, costs))


def assert_optimal(a, b, costs, cost):
    """No plan is cheaper: the duals, made feasible without rounding, bound the cost from below."""
    m, n = costs.shape
    space = spanning_tree.workspace(max(m, n))
    space[0][:m, :n] = costs
    space[1][spanning_tree.MASS, : m + n] = np.concatenate([a, b])
    solver.solve_alone(space, np.zeros((m, n)))
    high, rest = space[1][[spanning_tree.POTENTIAL, spanning_tree.REST]]
    duals = [Fraction(x) + Fraction(y) for x, y in zip(high, rest, strict=True)]
    exact = [[Fraction(c) for c in row] for row in costs]
    v = [min(exact[i][j] - duals[i] for i in range(m)) for j in range(n)]
    u = [min(exact[i][j] - v[j] for j in range(n)) for i in range(m)]
    bound = sum(Fraction(x) * y for x, y in zip(a, u, strict=True))
    bound += sum(Fraction(x) * y for x, y in zip(b, v, strict=True))
    assert cost == pytest.approx(float(bound), rel=1e-11)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 30), (30, 1), (2, 400), (300, 200)])
def test_any_number_of_ingredients(m, n, random):
    a, b = masses(random, m, "free"), masses(random, n, "free")
    costs = random.random((m, n))
    assert exact_distance(a, b, costs) == pytest.approx(ot.emd2(a, b, costs), rel=1e-9)


def test_staying_may_cost_something():
    costs = np.array([[5.0, 1.0], [1.0, 5.0]])
    assert exact_distance([0.5, 0.5], [0.5, 0.5], costs) == pytest.approx(1.0)


def test_moves_what_must_move_by_hand():
    plan = transport_plan([0.5, 0.5, 0.0], [0.25, 0.0, 0.75], [[0, 1, 2], [1, 0, 3], [2, 3, 0]])
    assert plan.flow.tolist() == [[0.25, 0, 0.25], [0, 0, 0.5], [0, 0, 0]]
    assert plan.cost == pytest.approx(0.25 * 2 + 0.5 * 3)


@st.composite
def problems(draw, columns=6):
    """A seed's random generator, three rows of masses over shared columns, and a metric."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["free", "equal", "whole"]))
    rows = [masses(random, columns, kind) for _ in range(3)]
    points = random.random((columns, 2))
    metric = np.abs(points[:, None] - points[None]).sum(axis=2)
    return random, rows, metric


@given(problems())
def test_identity(problem):
    _, (a, _, _), metric = problem
    assert exact_distance(a, a, metric) == pytest.approx(0, abs=1e-15)


@given(problems())
def test_symmetry(problem):
    _, (a, b, _), metric = problem
    there, back = exact_distance(a, b, metric), exact_distance(b, a, metric)
    assert there == pytest.approx(back, rel=1e-12, abs=1e-15)


@given(problems())
def test_transposed_costs_swap_the_sides(problem):
    random, (a, b, _), metric = problem
    costs = random.random(metric.shape)
    there = exact_distance(a, b, costs)
    assert there == pytest.approx(exact_distance(b, a, costs.T), rel=1e-12)


@given(problems())
def test_triangle(problem):
    _, (a, b, c), metric = problem
    detour = exact_distance(a, b, metric) + exact_distance(b, c, metric)
    assert exact_distance(a, c, metric) <= detour + 1e-12


@given(problems(), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_scaling(problem, cost_scale, mass_scale):
    random, (a, b, _), metric = problem
    costs = random.random(metric.shape)
    scaled = exact_distance(a * mass_scale, b * mass_scale, costs * cost_scale)
    expected = exact_distance(a, b, costs) * cost_scale * mass_scale
    assert scaled == pytest.approx(expected, rel=1e-9)


@given(problems())
def test_relabelling(problem):
    random, (a, b, _), metric = problem
    costs = random.random(metric.shape)
    p, q = random.permutation(len(a)), random.permutation(len(b))
    relabelled = exact_distance(a[p], b[q], costs[np.ix_(p, q)])
    assert relabelled == pytest.approx(exact_distance(a, b, costs), rel=1e-12)


@settings(max_examples=30)
@given(problems())
def test_a_column_may_be_split_in_two(problem):
    random, (a, b, _), metric = problem
    costs = random.random(metric.shape)
    split = np.append(a, a[-1] / 2)
    split[-2] /= 2
    both = np.vstack([costs, costs[-1:]])
    assert exact_distance(split, b, both) == pytest.approx(exact_distance(a, b, costs), rel=1e-12)


def test_the_same_arguments_give_the_same_plan(random):
    a, b = masses(random, 12, "equal"), masses(random, 9, "equal")
    costs = random.integers(0, 3, (12, 9)).astype(float)
    first, second = transport_plan(a, b, costs), transport_plan(a, b, costs)
    assert (first.flow == second.flow).all()


@pytest.mark.parametrize(
    ("a", "b", "costs", "message"),
    [
        ([0.5, 0.6], [1.0], [[1.0], [1.0]], "do not balance: masses_a sum to 1.1, masses_b to 1.0"),
        ([np.nan, 1.0], [1.0], [[1.0], [1.0]], "masses_a must be finite and >= 0, got nan at 0"),
        ([1.0], [2.0, -1.0], [[1.0, 1.0]], "masses_b must be finite and >= 0, got -1.0 at 1"),
        ([np.inf], [1.0], [[1.0]], "masses_a must be finite"),
        ([1.0], [1.0], [[-1.0]], r"ground_cost must be finite and >= 0, got -1.0 at \(0, 0\)"),
        ([1.0], [1.0], [[np.nan]], "ground_cost must be finite"),
        ([1.0], [0.5, 0.5], [[1.0, np.inf]], r"got inf at \(0, 1\)"),
        ([1.0], [1.0], [[1.0, 1.0]], r"need a ground cost of shape \(1, 1\), got \(1, 2\)"),
        ([[1.0]], [1.0], [[1.0]], "shapes"),
        ([], [1.0], np.zeros((0, 1)), "do not balance"),
    ],
)
def test_refuses_what_is_no_problem(a, b, costs, message):
    with pytest.raises(ValueError, match=message):
        transport_plan(a, b, costs)


def test_nothing_moves_nowhere():
    plan = transport_plan([], [], np.zeros((0, 0)))
    assert plan.cost == 0
    assert transport_plan([0.0], [0.0, 0.0], [[1.0, 1.0]]).flow.tolist() == [[0, 0]]
