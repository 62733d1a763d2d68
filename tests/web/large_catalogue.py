"""A published map of very many recipes, without computing it: what the page has to carry.

The recipes are the benchmarks' made-up ones. The catalogue has their ingredients and the first of
the recipes; the places on the map are cheap ones, near what a recipe is made of.
"""

import json
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.synthetic import generate

from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.artifacts.publish import Result, new_run_id, publish
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.ingredients import list_ingredients
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import import_file, parse_file
from tests.conftest import encoded

IN_CATALOGUE = 500


def publish_large(folder: Path, count: int) -> None:
    """Publish maps of `count` recipes for a new catalogue in `folder`, as if they were of it."""
    document = generate(count).document()
    database = Database(sqlite_url(folder / "catalogue.sqlite"))
    migrate(database)
    with database.transaction() as tx:
        first = document | {"recipes": document["recipes"][:IN_CATALOGUE]}
        import_file(tx, parse_file(json.dumps(first)))
    with database.reading() as connection:
        state = catalogue_state(connection)
        ids = {each.name: each.id for each in list_ingredients(connection)}
    database.close()
    now = datetime.now(UTC)
    artifacts = {
        name: encoded(name, data, source_version=state.version, generated_at=now)
        for name, data in made_up(document, ids).items()
    }
    both = ArtifactName.COCKTAIL_SPACE_EM, ArtifactName.COCKTAIL_SPACE
    artifacts[both[1]] = artifacts[both[0]].replace(
        f'"{both[0]}"'.encode(), f'"{both[1]}"'.encode()
    )
    result = Result(
        new_run_id(now),
        state.catalogue_id,
        state.version,
        artifacts.items(),
        counts={"recipes": count, "recipes_in_space": count, "recipes_left_out": 0},
        parameters=PARAMETERS,
    )
    publish(FolderStore(folder / "artifacts"), result, base=None, clock=lambda: now)


def made_up(document: dict[str, Any], ids: dict[str, int]) -> dict[ArtifactName, Any]:
    """Every artifact but the second map, and without neighbours, which the page does not need."""
    rows = _rows(document, ids)
    usage = _usage(document, ids, rows)
    return {
        ArtifactName.COCKTAIL_SPACE_EM: rows,
        ArtifactName.INGREDIENT_USAGE: usage,
        ArtifactName.INGREDIENT_TREE: [],
        ArtifactName.RECIPE_COMPLEXITY: [
            {"ingredient_count": size, "recipe_count": count}
            for size, count in sorted(Counter(len(row["ingredients"]) for row in rows).items())
        ],
        ArtifactName.RECIPE_SIMILAR: [],
        ArtifactName.INGREDIENT_SUBSTITUTES: [],
        ArtifactName.REGIONS: {"levels": []},
        ArtifactName.BAR_INDEX: {},
    }


def _rows(document: dict[str, Any], ids: dict[str, int]) -> list[dict[str, Any]]:
    """Recipes amid the places of their ingredients, which lie around those of their families."""
    chance = random.Random(1)
    millilitres = {unit["name"]: unit["millilitres"] or 1.0 for unit in document["units"]}
    places: dict[str | None, tuple[float, float]] = {None: (0.0, 0.0)}
    for each in document["ingredients"]:
        x, y = places[each["parent"]]
        spread = 3.0 if each["parent"] else 12.0
        places[each["name"]] = x + chance.gauss(0, spread), y + chance.gauss(0, spread)
    rows = []
    for number, recipe in enumerate(document["recipes"], 1):
        lines: Counter[str] = Counter()
        for line in recipe["ingredients"]:
            lines[line["ingredient"]] += line["amount"] * millilitres[line["unit"]]
        total = lines.total()
        x = sum(places[name][0] * volume for name, volume in lines.items()) / total
        y = sum(places[name][1] * volume for name, volume in lines.items()) / total
        row: dict[str, Any] = {"recipe_id": number, "name": recipe["name"]}
        row["x"] = round(x + chance.gauss(0, 0.3), 4)
        row["y"] = round(y + chance.gauss(0, 0.3), 4)
        row["ingredients"] = [
            {"ingredient_id": ids[name], "name": name, "volume_ml": round(volume, 3)}
            for name, volume in lines.most_common()
        ]
        rows.append(row)
    return rows


def _usage(
    document: dict[str, Any], ids: dict[str, int], rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    parents = {each["name"]: each["parent"] for each in document["ingredients"]}
    direct: Counter[str] = Counter()
    below: Counter[str] = Counter()
    for row in rows:
        above = set()
        for line in row["ingredients"]:
            name = line["name"]
            direct[name] += 1
            while name is not None:
                above.add(name)
                name = parents[name]
        below.update(above)
    children: dict[str | None, list[int]] = {}
    for name, parent in parents.items():
        children.setdefault(parent, []).append(ids[name])
    return [
        {
            "ingredient_id": ids[name],
            "name": name,
            "parent_id": None if parent is None else ids[parent],
            "direct_recipes": direct[name],
            "hierarchical_recipes": below[name],
            "children": children.get(name, []),
        }
        for name, parent in parents.items()
    ]
