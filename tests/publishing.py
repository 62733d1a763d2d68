"""Computing and publishing in the tests' own process, in today's form and in an older one."""

import json
from collections.abc import Mapping
from typing import Any

from cocktailspace.analytics.job import JobResult, run_job
from cocktailspace.artifacts.attempt import AttemptRecorder
from cocktailspace.artifacts.manifest import Manifest, read_published
from cocktailspace.artifacts.publish import Result, new_run_id, publish
from cocktailspace.bootstrap import Services
from tests.conftest import encoded

Bodies = dict[str, bytes]

OLD_PARAMETERS = {"algorithm_version": 2, "ingredient_costs": "learned", "similar_recipes": 10}


def publish_analytics(services: Services, *, force: bool = False) -> JobResult:
    """Bring what is published up to date, as the job does."""
    note = AttemptRecorder(services.store, clock=services.clock)
    catalogue, store = services.settings.catalogue_file, services.store
    result = run_job(catalogue, store, note, clock=services.clock, force=force)
    note.succeed()
    return result


def bodies_of(services: Services) -> Bodies:
    """What this program publishes of the catalogue."""
    manifest = publish_analytics(services).manifest
    assert manifest is not None
    return {name: services.store.read(each.key).body for name, each in manifest.artifacts.items()}


def publish_instead(services: Services, bodies: Bodies, parameters: Mapping[str, Any]) -> Manifest:
    """Put a run of this form in the place of what is published, of the same catalogue's version."""
    base = read_published(services.store)
    assert base is not None
    assert base.manifest is not None
    result = Result(
        new_run_id(services.clock()),
        base.manifest.catalogue_id,
        base.manifest.source_version,
        bodies.items(),
        source_changed_at=base.manifest.source_changed_at,
        parameters=parameters,
    )
    manifest = publish(services.store, result, base=base, clock=services.clock)
    assert manifest is not None
    return manifest


def publish_old_form(services: Services) -> Manifest:
    """The catalogue as a program of algorithm 2 published it: with plans' flows and learned costs,
    without stand-ins, regions and whether an ingredient may be replaced.
    """
    bodies = bodies_of(services)
    data = {name: json.loads(body)["data"] for name, body in bodies.items()}
    plan = {
        "flows": [{"from": "Gin", "to": "Bourbon", "fraction": 0.3333}],
        "unchanged": 0.6667,
    }
    old = {
        "ingredient-usage": [
            {key: value for key, value in row.items() if key != "allow_substitution"}
            for row in data["ingredient-usage"]
        ],
        "recipe-similar": [
            row
            | {
                "similar": [
                    {key: each[key] for key in ("recipe_id", "name", "distance")} | plan
                    for each in row["similar"]
                ]
            }
            for row in data["recipe-similar"]
        ],
        "ingredient-costs": [
            {"ingredient_id": row["ingredient_id"], "name": row["name"], "counts_as": None}
            | {"nearest": [{"ingredient_id": 1, "name": "Soda Water", "cost": 0.99}]}
            for row in data["ingredient-usage"]
        ],
    }
    kept = ("recipe-complexity", "ingredient-tree", "cocktail-space", "cocktail-space-em")
    told_otherwise = {
        name: encoded(name, rows, generated_at=services.clock()) for name, rows in old.items()
    }
    return publish_instead(
        services, {name: bodies[name] for name in kept} | told_otherwise, OLD_PARAMETERS
    )
