"""A published map of very many recipes, without computing it: what the page has to carry."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cocktailspace.analytics.encode import encode_artifact
from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.artifacts.publish import Result, new_run_id, publish
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database, sqlite_url
from cocktailspace.catalogue.exchange import import_file, starter_file
from cocktailspace.catalogue.migrate import migrate

FAMILIES = (
    "Gin",
    "Rum",
    "Whiskey",
    "Brandy",
    "Vodka",
    "Tequila",
    "Wine",
    "Amaro",
    "Juice",
    "Syrup",
)
KINDS = 30


def publish_crowd(folder: Path, count: int) -> None:
    """Publish maps of `count` recipes for a new catalogue in `folder`, as if they were of it."""
    database = Database(sqlite_url(folder / "catalogue.sqlite"))
    migrate(database)
    with database.transaction() as tx:
        import_file(tx, starter_file())
    with database.reading() as connection:
        state = catalogue_state(connection)
    database.close()
    now = datetime.now(UTC)
    artifacts = {
        name: encode_artifact(name, data, source_version=state.version, generated_at=now)
        for name, data in crowd(count).items()
    }
    both = ArtifactName.COCKTAIL_SPACE_EM, ArtifactName.COCKTAIL_SPACE
    artifacts[both[1]] = artifacts[both[0]].replace(
        f'"{both[0]}"'.encode(), f'"{both[1]}"'.encode()
    )
    result = Result(
        new_run_id(now),
        state.catalogue_id,
        state.version,
        artifacts,
        counts={"recipes": count, "recipes_in_space": count, "recipes_left_out": 0},
        parameters=PARAMETERS,
    )
    publish(FolderStore(folder / "artifacts"), result, base=None, clock=lambda: now)


def crowd(count: int, seed: int = 1) -> dict[ArtifactName, Any]:
    """Every artifact but the second map: recipes of four ingredients in clusters by family."""
    chance = random.Random(seed)
    rows = [_row(number, chance) for number in range(1, count + 1)]
    usage = _usage(rows)
    return {
        ArtifactName.COCKTAIL_SPACE_EM: rows,
        ArtifactName.INGREDIENT_USAGE: usage,
        ArtifactName.INGREDIENT_TREE: [],
        ArtifactName.RECIPE_COMPLEXITY: [{"ingredient_count": 4, "recipe_count": count}],
        ArtifactName.RECIPE_SIMILAR: [],
        ArtifactName.INGREDIENT_COSTS: [
            {
                "ingredient_id": row["ingredient_id"],
                "name": row["name"],
                "counts_as": None,
                "nearest": [],
            }
            for row in usage
        ],
    }


def _row(number: int, chance: random.Random) -> dict[str, Any]:
    family = min(int(chance.expovariate(0.5)), len(FAMILIES) - 1)
    others = chance.sample([each for each in range(len(FAMILIES)) if each != family], 3)
    lines = [
        {
            "ingredient_id": each * 100 + chance.randint(2, KINDS),
            "volume_ml": volume,
        }
        for each, volume in zip([family, *others], (60.0, 22.5, 15.0, 5.0), strict=True)
    ]
    for line in lines:
        line["name"] = _name(int(line["ingredient_id"]))
    branch = chance.randint(0, 7)
    return {
        "recipe_id": number,
        "name": f"Recipe {number}",
        "x": round(12 * (family % 4) + 2 * (branch % 3) + chance.gauss(0, 1.1), 4),
        "y": round(10 * (family // 4) + 2 * (branch // 3) + chance.gauss(0, 1.1), 4),
        "ingredients": lines,
    }


def _name(ingredient_id: int) -> str:
    family, kind = divmod(ingredient_id, 100)
    return FAMILIES[family] if kind == 1 else f"{FAMILIES[family]} no. {kind}"


def _usage(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    direct: dict[int, int] = {}
    for row in rows:
        for line in row["ingredients"]:
            direct[line["ingredient_id"]] = direct.get(line["ingredient_id"], 0) + 1
    usage = []
    for family in range(len(FAMILIES)):
        root = family * 100 + 1
        kinds = [family * 100 + kind for kind in range(2, KINDS + 1)]
        total = sum(direct.get(kind, 0) for kind in kinds)
        usage.append(_usage_row(root, None, 0, total, kinds))
        usage += [
            _usage_row(kind, root, direct.get(kind, 0), direct.get(kind, 0), []) for kind in kinds
        ]
    return usage


def _usage_row(
    ingredient_id: int, parent: int | None, direct: int, total: int, children: list[int]
) -> dict[str, Any]:
    return {
        "ingredient_id": ingredient_id,
        "name": _name(ingredient_id),
        "parent_id": parent,
        "direct_recipes": direct,
        "hierarchical_recipes": total,
        "children": children,
    }
