"""Draw docs/images/worked-example.svg and print its numbers: how a Negroni becomes a Boulevardier.

`python scripts/worked_example.py`: recipes and taxonomy of the starter catalogue, by the functions
that the job uses.
"""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from cocktailspace.analytics.parameters import EDGES, MASS_TOTAL
from cocktailspace.analytics.space import forest_of, masses_of, order_of_name, volumes_of
from cocktailspace.analytics.transport.plans import transport_plans
from cocktailspace.analytics.transport.taxonomy import Forest

ROOT = Path(__file__).parents[1]
DRINKS = ("Negroni", "Boulevardier")
COLOURS = ("#c0392b", "#b9770e")


def main() -> None:
    """Print and draw."""
    starter = json.loads((ROOT / "src/cocktailspace/catalogue/starter.json").read_text())
    kinds = {each["name"]: each for each in starter["ingredients"]}
    recipes = {each["name"]: each["ingredients"] for each in starter["recipes"]}
    used = [line["ingredient"] for drink in DRINKS for line in recipes[drink]]
    names = sorted({above for name in used for above in lineage(name, kinds)}, key=order_of_name)
    column = {name: number for number, name in enumerate(names)}
    ids = {number: number for number in range(len(names))}
    places = [
        (column.get(kinds[name]["parent"]), kinds[name]["allow_substitution"]) for name in names
    ]
    forest = forest_of(places, ids)
    lines = [[(column[each["ingredient"]], each["amount"]) for each in recipes[d]] for d in DRINKS]
    masses = masses_of(volumes_of(lines, ids))
    subtrees = forest.subtree_masses(masses)
    table = np.zeros((2, len(names)), dtype=int)
    for row in range(2):
        columns, data = subtrees.row(row)
        table[row, columns] = data
    print(f"{'node':<32}{'length':>7}{DRINKS[0]:>10}{DRINKS[1]:>14}{'difference':>12}")
    for number in walk(forest.parents):
        one, other = table[:, number] // forest.lengths[number]
        indent = "  " * (forest.levels[number] - 1)
        gap = abs(table[0, number] - table[1, number])
        print(
            f"{indent + names[number]:<32}{forest.lengths[number]:>7}{one:>10}{other:>14}{gap:>12}"
        )
    distance, reach = int(np.abs(table[0] - table[1]).sum()), int(table.sum())
    print(f"distance {distance} = {distance / (MASS_TOTAL * EDGES[0]):.4f} steps, at most {reach}")
    print(f"likeness {100 * (reach - distance) // reach}")
    flows = transport_plans(masses.take([0]), masses.take([1]), forest)
    for source, target, mass in zip(flows.source, flows.target, flows.mass, strict=True):
        print(f"{mass:>6} from {names[source]} to {names[target]}")
    draw(names, forest, table)


def lineage(name: str | None, kinds: dict[str, dict[str, str]]) -> list[str]:
    """An ingredient and all above it."""
    path = []
    while name is not None:
        path.append(name)
        name = kinds[name]["parent"]
    return path


def walk(parents: np.ndarray, above: int = -1) -> list[int]:
    """Nodes in preorder."""
    found = []
    for node in np.flatnonzero(parents == above).tolist():
        found += [node, *walk(parents, node)]
    return found


def draw(names: list[str], forest: Forest, table: np.ndarray) -> None:
    """The tree from left to right; on each edge how much of either drink is below it."""
    order = walk(forest.parents)
    leaves = [node for node in order if node not in set(forest.parents.tolist())]
    height = {node: float(-place) for place, node in enumerate(leaves)}
    for node in sorted(order, key=lambda each: -forest.levels[each]):
        if node not in height:
            height[node] = float(
                np.mean([height[b] for b in np.flatnonzero(forest.parents == node)])
            )
    reach = np.zeros(len(names))
    for node in order:
        above = forest.parents[node]
        reach[node] = forest.lengths[node] + (reach[above] if above >= 0 else 0)
    plt.rcParams.update({"svg.hashsalt": "cocktailspace", "font.size": 9})
    figure, axes = plt.subplots(figsize=(9, 3.6), layout="constrained")
    root = float(np.mean([height[n] for n in order if forest.parents[n] < 0]))
    for node in order:
        above = forest.parents[node]
        start = (0.0, root) if above < 0 else (reach[above], height[above])
        for side, colour in enumerate(COLOURS):
            share = table[side, node] / forest.lengths[node] / MASS_TOTAL
            shift = (side - 0.5) * 0.16
            axes.plot(
                [start[0], reach[node]],
                [start[1] + shift, height[node] + shift],
                color=colour,
                linewidth=14 * share,
                alpha=0.75,
                solid_capstyle="butt",
            )
        if node in leaves:
            axes.annotate(names[node], (reach[node] + 0.12, height[node]), va="center", fontsize=8)
        else:
            axes.annotate(names[node], (reach[node], height[node] + 0.2), ha="right", fontsize=8)
    for side, colour in enumerate(COLOURS):
        axes.plot([], [], color=colour, linewidth=6, alpha=0.75, label=DRINKS[side])
    axes.legend(loc="lower left", frameon=False)
    axes.set_xlabel("path length from the common root")
    axes.set_yticks([])
    axes.set_xlim(right=13.8)
    for spine in ("left", "right", "top"):
        axes.spines[spine].set_visible(False)
    figure.savefig(ROOT / "docs/images/worked-example.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
