"""What a bar's answer costs, and how good the greedy choice of bottles is.

`python -m benchmarks.bars` prints both tables; `python -m benchmarks.bars 100000` one size's.
"""

from __future__ import annotations

import argparse
import resource
import time
from itertools import combinations
from typing import Any

import numpy as np
from pydantic_core import from_json, to_json

from benchmarks.catalogues import CatalogueArrays
from benchmarks.measures import catalogue
from cocktailspace.analytics.bar.answer import Bars
from cocktailspace.analytics.bar.bottles import Shop
from cocktailspace.analytics.bar.drinks import drinks_of
from cocktailspace.analytics.bar.index import BarIndex, Numbers
from cocktailspace.analytics.bar.ways import Way, met_demands, met_ingredients

SIZES = (5, 15, 40, 100, 300)


def index_data(catalogue: CatalogueArrays) -> dict[str, Any]:
    """As the job publishes it, but that roots are shelves, and siblings the stand-ins."""
    names = catalogue.names
    order = sorted(range(len(names)), key=lambda each: (names[each].casefold(), names[each]))
    place = {each: number for number, each in enumerate(order)}
    parents = [place.get(above) for above in catalogue.parents[order].tolist()]
    below: dict[int | None, list[int]] = {}
    for number, above in enumerate(parents):
        below.setdefault(above, []).append(number)
    rng = np.random.default_rng(0)

    def stand_ins(number: int) -> list[list[Any]]:
        kin = [each for each in below[parents[number]] if each != number]
        return [
            [each, 300 - 20 * n, 9, []] for n, each in enumerate(rng.permutation(kin)[:10].tolist())
        ]

    ingredients = [
        {
            "ingredient_id": each + 1,
            "name": names[each],
            "aliases": [],
            "parent": parents[number],
            "shelf": parents[number] is None,
            "substitution": bool(catalogue.substitutable[each]),
            "made_from": None,
            "staple": False,
            "stand_ins": stand_ins(number),
        }
        for number, each in enumerate(order)
    ]
    used, demands = np.unique(
        [place[each] for each in catalogue.ingredient.tolist()], return_inverse=True
    )
    millilitres = np.array([volume for _, volume in catalogue.units.values()])
    return {
        "ingredients": ingredients,
        "demands": used[:, None].tolist(),
        "recipes": {
            "recipe_id": list(range(1, catalogue.count + 1)),
            "name": [f"Recipe {number}" for number in range(catalogue.count)],
            "lines": np.bincount(catalogue.recipe, minlength=catalogue.count).tolist(),
        },
        "lines": {
            "demand": demands.tolist(),
            "volume_ml": np.round(catalogue.amount * millilitres[catalogue.unit], 3).tolist(),
        },
    }


def likely_bar(index: BarIndex, size: int, rng: np.random.Generator) -> Numbers:
    """Ingredients, those that recipes use often more likely than others."""
    uses = np.bincount(index.first[index.lines.values], minlength=len(index.ids))
    size = min(size, int((uses > 0).sum()))
    return np.sort(rng.choice(len(uses), size, replace=False, p=uses / uses.sum()))


def latency(size: int, asked: int) -> dict[str, float]:
    """Milliseconds of whole answers, seconds of loading, and the most memory."""
    body = to_json(index_data(catalogue(size)))
    begin = time.perf_counter()
    bars = Bars(from_json(body))
    index = bars.index
    _ = index.masses
    loading = time.perf_counter() - begin
    rng = np.random.default_rng(1)
    took, processor = [], []
    for _ in range(asked):
        owned = index.ids[likely_bar(index, int(rng.choice(SIZES)), rng)].tolist()
        started, worked = time.perf_counter(), time.process_time()
        to_json(bars.of(owned).answer(50))
        took.append(1000 * (time.perf_counter() - started))
        processor.append(1000 * (time.process_time() - worked))
    return {
        "p50": float(np.percentile(took, 50)),
        "p99": float(np.percentile(took, 99)),
        "processor_p99": float(np.percentile(processor, 99)),
        "loading": loading,
        "megabytes": len(body) / 1e6,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def greedy_against_best(catalogues: int, recipes: int, bottles: int) -> list[float]:
    """Drinks that the greedy choice completes, by what the best choice of so many does.

    Recipes and bars are drawn from the real catalogue; bars that nothing can be bought for are left
    out.
    """
    whole = catalogue(1356)
    rng = np.random.default_rng(2)
    ratios = []
    for _ in range(catalogues):
        index = BarIndex(index_data(_some(whole, rng.choice(whole.count, recipes, replace=False))))
        demands = met_demands(index, met_ingredients(index, likely_bar(index, 10, rng)))
        drinks = drinks_of(index, demands.way)
        weights = np.ones(recipes, dtype=np.int64)
        shop = Shop(index)
        found = list(shop.next_bottles(demands, drinks, weights, bottles))
        best = most_completed(shop, demands.way, bottles)
        if best:
            ratios.append(sum(len(each.opened) for each in found) / best)
    return ratios


def most_completed(shop: Shop, way: Numbers, bottles: int) -> int:
    """How many recipes the best possible choice of so many bottles completes; tries all."""
    index = shop.index
    masks = [sum(1 << bottle for bottle in shop.meeting[d].tolist()) for d in range(len(way))]
    wanted = []
    for recipe in range(len(index.lines)):
        unmet = [
            masks[each] for each in index.lines[recipe].tolist() if way[each] > Way.ALTERNATIVE
        ]
        if unmet:
            wanted.append(unmet)
    useful = sorted({bottle for lacks in wanted for mask in lacks for bottle in _bits(mask)})
    chosen = (sum(1 << each for each in some) for some in combinations(useful, bottles))
    return max(
        (sum(all(mask & have for mask in lacks) for lacks in wanted) for have in chosen), default=0
    )


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]


def _some(whole: CatalogueArrays, recipes: Numbers) -> CatalogueArrays:
    number = np.full(whole.count, -1)
    number[np.sort(recipes)] = np.arange(len(recipes))
    kept = number[whole.recipe] >= 0
    return CatalogueArrays(
        whole.names,
        whole.parents,
        whole.substitutable,
        len(recipes),
        number[whole.recipe[kept]],
        whole.ingredient[kept],
        whole.amount[kept],
        whole.unit[kept],
        whole.units,
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[1356, 100_000])
    parser.add_argument("--bars", type=int, default=200)
    given = parser.parse_args()
    print(
        "| recipes | p50 | p99 | p99, processor | loading | index | memory |\n" + "|---" * 7 + "|"
    )
    for size in given.sizes:
        f = latency(size, given.bars)
        print(
            f"| {size:,} | {f['p50']:.1f} ms | {f['p99']:.1f} ms | {f['processor_p99']:.1f} ms "
            f"| {f['loading']:.2f} s | {f['megabytes']:.1f} MB | {f['peak_mb']:.0f} MB |"
        )
    print(
        "\n| bottles | best possible = 1: mean | least | as good as the best |\n" + "|---" * 4 + "|"
    )
    for bottles in (1, 2, 3):
        ratios = greedy_against_best(40, 30, bottles)
        equal = sum(each == 1 for each in ratios)
        mean = float(np.mean(ratios))
        print(f"| {bottles} | {mean:.3f} | {min(ratios):.2f} | {equal} of {len(ratios)} |")


if __name__ == "__main__":
    main()
