"""The plan of an import: by name what would be created, filled, replaced and left alone."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from cocktailspace.catalogue.database import Limits
from cocktailspace.catalogue.models import RecipeDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.recipes import load_drafts
from cocktailspace.catalogue.transfer.matching import known_recipes
from cocktailspace.importing.catalogue_view import CatalogueView, view_of
from cocktailspace.importing.decisions import Decisions, Group, Resolved, groups_of, resolve
from cocktailspace.importing.drafting import Drafter, merged
from cocktailspace.importing.rows import Collection
from cocktailspace.importing.targets import Outcome, Target, targets_of
from cocktailspace.importing.understanding import Understood, understand
from cocktailspace.importing.vocabulary import units

UNSORTED = "Unsorted"
_STAND_IN = 1
"""Stands for the id of what is not made yet, while drafts are only checked."""


@dataclass(slots=True)
class Plan:
    """What an import would do to the catalogue as it is now."""

    collection: Collection
    decisions: Decisions
    source: str
    view: CatalogueView
    understood: Understood
    groups: list[Group]
    resolved: dict[str, Resolved]
    open_groups: list[Group]
    targets: list[Target]
    current: dict[int, RecipeDraft]
    """Recipes that are there and would be filled or replaced."""
    changed: set[int] = field(default_factory=set)
    """Those of them that would not stay as they are."""
    new_units: tuple[str, ...] = ()
    digest: str = ""

    @property
    def new_ingredients(self) -> dict[str, tuple[Resolved, list[str]]]:
        """What would be made, by the key of its name, with the keys of what means it."""
        found: dict[str, tuple[Resolved, list[str]]] = {}
        for key, each in self.resolved.items():
            if each.ingredient_id is None:
                found.setdefault(name_key(each.name), (each, []))[1].append(key)
        return found


def make_plan(
    connection: Connection,
    collection: Collection,
    decisions: Decisions,
    name: str,
    limits: Limits,
) -> Plan:
    """The plan of importing a collection, as far as it is decided.

    name: the file's, without its ending: a source where there is no better one.
    """
    view = view_of(connection)
    understood = understand(collection, view)
    groups = groups_of(understood.meanings.values(), view)
    resolved, open_groups = resolve(understood, groups, decisions, view)
    resolved = {key: _existing(each, view) for key, each in resolved.items()}
    source = decisions.source if decisions.source is not None else (collection.name or name)
    targets = targets_of(known_recipes(connection), collection.recipes, decisions, source)
    there = {target.recipe_id for target in targets if target.action in ("fill", "replace")}
    current = load_drafts(connection, {each for each in there if each is not None})
    plan = Plan(collection, decisions, source, view, understood, groups, resolved, open_groups,
                targets, current)  # fmt: skip
    plan.new_units = _new_units(plan)
    _check_drafts(plan, limits.ingredients_per_recipe)
    plan.digest = _digest(plan)
    return plan


def _existing(each: Resolved, view: CatalogueView) -> Resolved:
    """A new name that the catalogue has by now is what it has."""
    if each.ingredient_id is not None:
        known = view.ingredients.get(each.ingredient_id)
        return Resolved(each.ingredient_id, known.name if known else each.name, None, False,
                        each.decided)  # fmt: skip
    met = view.known.called(each.name)
    if met is None:
        return each
    return Resolved(met, view.known.by_id[met].name, None, False, each.decided)


def _new_units(plan: Plan) -> tuple[str, ...]:
    used = {line.unit for _, lines in plan.understood.recipes for line in lines if line.unit}
    if any(line.juice for _, lines in plan.understood.recipes for line in lines):
        used |= {"ml"} if plan.view.fruit_ml else set()
    return tuple(sorted(used - set(plan.view.units), key=list(units()).index))


def unread_of(plan: Plan) -> dict[int, list[str]]:
    """Lines that name nothing, by the number of their recipe."""
    found: dict[int, list[str]] = {}
    for number, text in plan.understood.unread:
        found.setdefault(number, []).append(text)
    return found


def stand_in_drafter(plan: Plan) -> Drafter:
    """A drafter before new ingredients and units are made."""
    ids = {key: each.ingredient_id or _STAND_IN for key, each in plan.resolved.items()}
    return Drafter(plan.view, ids, {**dict.fromkeys(units(), _STAND_IN), **plan.view.units})


def _check_drafts(plan: Plan, most_lines: int) -> None:
    """Refuse recipes that the catalogue would not take, and see which would stay as they are."""
    drafter, unread = stand_in_drafter(plan), unread_of(plan)
    for number, (recipe, lines) in enumerate(plan.understood.recipes):
        target = plan.targets[number]
        if target.action in ("leave", "refuse"):
            continue
        try:
            if len(lines) > most_lines:
                raise ValueError(f"it has {len(lines)} lines; at most {most_lines}")
            said = unread.get(number, ())
            if target.recipe_id is None:
                drafter.fields(recipe, target, said)
            else:
                current = plan.current[target.recipe_id]
                draft = drafter.draft(recipe, lines, target, said)
                if merged(current, draft, target.action) != current:
                    plan.changed.add(target.recipe_id)
        except ValidationError as error:
            first = error.errors()[0]
            reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            plan.targets[number] = Target("refuse", None, target.source, reason)
        except ValueError as error:
            plan.targets[number] = Target("refuse", None, target.source, str(error))


def _digest(plan: Plan) -> str:
    """Of all that the plan rests on: another digest is another plan."""
    said: dict[str, Any] = {
        "names": {
            key: [each.ingredient_id, each.name, each.parent_id]
            for key, each in sorted(plan.resolved.items())
        },
        "targets": [[each.action, each.recipe_id, each.source] for each in plan.targets],
        "current": {
            str(key): draft.model_dump_json() for key, draft in sorted(plan.current.items())
        },
        "units": plan.new_units,
        "version": plan.view.catalogue_id,
    }
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def outcome_of(plan: Plan, target: Target) -> Outcome:
    """What becomes of a recipe, once it is known whether it would change at all."""
    changes = target.recipe_id is None or target.recipe_id in plan.changed
    return target.action if changes or target.action == "leave" else "unchanged"


def counts_of(plan: Plan) -> Counter[str]:
    """How many recipes are created, filled, replaced, left alone or refused."""
    return Counter(outcome_of(plan, target) for target in plan.targets)
