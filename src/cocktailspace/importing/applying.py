"""A plan is carried out in one transaction, and undone in one while what it did is untouched."""

import json
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from cocktailspace.catalogue.changes import touched_after
from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import ConflictError, InvalidError
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import (
    create_ingredients,
    delete_ingredient,
    replace_ingredients,
)
from cocktailspace.catalogue.lookup import chunks
from cocktailspace.catalogue.methods import replace_methods
from cocktailspace.catalogue.models import IngredientDraft, MethodDraft, RecipeDraft, UnitDraft
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.recipes import create_recipes, delete_recipes, replace_recipes
from cocktailspace.catalogue.taxonomy import children_first
from cocktailspace.catalogue.units import create_units, delete_unit, replace_units
from cocktailspace.catalogue.values import MOST_WORDS
from cocktailspace.importing.drafting import Drafter, merged
from cocktailspace.importing.planning import UNSORTED, Plan, unread_of
from cocktailspace.importing.rows import IngredientRow
from cocktailspace.importing.understanding import Meaning
from cocktailspace.importing.vocabulary import units

D = TypeVar("D", UnitDraft, MethodDraft, IngredientDraft, RecipeDraft)

_ASSUMED = ("top", "rinse", "float", "part", "splash", "shot", "pinch", "dash", "drop", "g")
"""Units whose millilitres are a convention."""
_AT_ONCE = 1_000
_ALIASES_LEARNED = 20
"""So many other names one import teaches an ingredient."""
_BEFORE = "s_before"
"""Ends the keys of what is kept of changed recipes, ingredients, units, methods."""


@dataclass(slots=True)
class Applied:
    """What an import did, enough to undo it, by kind of entity.

    created: ids of what it made. before: by id, drafts of what it changed, as they were.
    """

    created: dict[str, list[int]] = field(default_factory=dict)
    before: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)

    def packed(self) -> bytes:
        """As it is kept beside the catalogue."""
        before = {f"{entity}{_BEFORE}": drafts for entity, drafts in self.before.items()}
        return zlib.compress(json.dumps({"created": self.created, **before}).encode())

    @classmethod
    def unpacked(cls, content: bytes) -> "Applied":
        """What was packed."""
        said = json.loads(zlib.decompress(content))
        return cls(
            said.pop("created"),
            {
                name.removesuffix(_BEFORE): {int(key): draft for key, draft in drafts.items()}
                for name, drafts in said.items()
            },
        )


def apply_plan(tx: Transaction, plan: Plan) -> Applied:
    """Write everything that the plan says; InvalidError where the catalogue refuses it."""
    applied = Applied()
    unit_ids = _make_units(tx, plan, applied)
    ingredient_ids = _make_ingredients(tx, plan, applied)
    _change_ingredients(tx, plan, applied)
    drafter, unread = Drafter(plan.view, ingredient_ids, unit_ids), unread_of(plan)

    def draft_of(number: int) -> RecipeDraft:
        recipe, lines = plan.understood.recipes[number]
        return drafter.draft(recipe, lines, plan.targets[number], unread.get(number, ()))

    changed: dict[int, RecipeDraft] = {}
    new: list[int] = []
    for number, target in enumerate(plan.targets):
        if target.action in ("leave", "refuse"):
            continue
        if target.recipe_id is None:
            new.append(number)
        elif target.recipe_id in plan.changed:
            current = plan.current[target.recipe_id]
            changed[target.recipe_id] = merged(current, draft_of(number), target.action)
    applied.before["recipe"] = {
        each: plan.current[each].model_dump(mode="json") for each in changed
    }
    replace_recipes(tx, changed, _names(changed), frozenset())
    created = applied.created["recipe"] = []
    for some in chunks(new, _AT_ONCE):
        drafts = [draft_of(number) for number in some]
        created += create_recipes(tx, drafts, [draft.name for draft in drafts])
    return applied


def _make_units(tx: Transaction, plan: Plan, applied: Applied) -> dict[str, int]:
    known = units()
    drafts = [
        UnitDraft.model_validate(
            {
                "name": known[key].name,
                "abbreviation": None if len(key) > 6 else key,
                "millilitres": known[key].millilitres,
                "assumed": key in _ASSUMED,
            }
        )
        for key in plan.new_units
    ]
    ids = create_units(tx, drafts, [f"unit {draft.name}" for draft in drafts])
    applied.created["unit"] = ids
    return {**plan.view.units, **dict(zip(plan.new_units, ids, strict=True))}


def _make_ingredients(tx: Transaction, plan: Plan, applied: Applied) -> dict[str, int]:
    """New ingredients, those without a place under Unsorted; ids by what lines mean."""
    ids = {key: each.ingredient_id for key, each in plan.resolved.items() if each.ingredient_id}
    new = plan.new_ingredients
    created: list[int] = []
    unsorted = plan.view.known.called(UNSORTED)
    if unsorted is None and any(each.unsorted for each, _ in new.values()):
        said = {"description": "What an import has found no place for."}
        shelf = IngredientDraft.model_validate({"name": UNSORTED, "shelf": True, **said})
        (unsorted,) = create_ingredients(tx, [shelf], [UNSORTED])
        created.append(unsorted)
    taken = _names_taken(plan) | set(new)
    drafts = []
    for resolved, keys in new.values():
        parent = unsorted if resolved.unsorted else resolved.parent_id
        drafts.append(_new_draft(plan, resolved.name, parent, keys, taken))
    made = create_ingredients(tx, drafts, [draft.name for draft in drafts])
    applied.created["ingredient"] = [*created, *made]
    for (_, keys), ingredient_id in zip(new.values(), made, strict=True):
        ids |= dict.fromkeys(keys, ingredient_id)
    return ids


def _names_taken(plan: Plan) -> set[str]:
    names = (name for each in plan.view.ingredients.values() for name in (each.name, *each.aliases))
    return {name_key(name) for name in names}


def _new_draft(
    plan: Plan, name: str, parent_id: int | None, keys: list[str], taken: set[str]
) -> IngredientDraft:
    meanings = [plan.understood.meanings[key] for key in keys]
    said = next(
        (plan.understood.ingredients[key] for key in keys if key in plan.understood.ingredients),
        IngredientRow(name),
    )
    aliases = [*said.aliases, *_writings(meanings)]
    return IngredientDraft.model_validate(
        {
            "name": name,
            "parent_id": parent_id,
            "strength": said.strength,
            "description": said.description[:10_000] or None,
            "aliases": _free(aliases, taken, _ALIASES_LEARNED),
        }
    )


def _writings(meanings: list[Meaning]) -> list[str]:
    """How the file writes an ingredient, the most usual first."""
    most = _ALIASES_LEARNED
    return [each for meaning in meanings for each, _ in meaning.spellings.most_common(most)]


def _free(names: list[str], taken: set[str], most: int) -> tuple[str, ...]:
    """Those that are no name of anything yet; they are taken from now on."""
    found: list[str] = []
    for name in names:
        said = " ".join(name.split())
        key = name_key(said)
        if said.isprintable() and 0 < len(said) <= 100 and key not in taken and len(found) < most:
            found.append(said)
            taken.add(key)
    return tuple(found)


def _change_ingredients(tx: Transaction, plan: Plan, applied: Applied) -> None:
    """Other names that were decided, and what the file says of an ingredient that lacks it."""
    taken = _names_taken(plan) | set(plan.new_ingredients)
    changed: dict[int, IngredientDraft] = {}
    for key, resolved in plan.resolved.items():
        if resolved.ingredient_id is None:
            continue
        current = changed.get(resolved.ingredient_id) or as_draft(
            plan.view.ingredients[resolved.ingredient_id], IngredientDraft
        )
        after = current
        if resolved.decided:
            room = min(_ALIASES_LEARNED, MOST_WORDS - len(current.aliases))
            learned = _free(_writings([plan.understood.meanings[key]]), taken, room)
            after = after.model_copy(update={"aliases": (*current.aliases, *learned)})
        if said := plan.understood.ingredients.get(key):
            after = _with_what_is_said(after, said, plan.decisions.on_conflict)
        if after != current:
            changed[resolved.ingredient_id] = after
    applied.before["ingredient"] = {
        each: as_draft(plan.view.ingredients[each], IngredientDraft).model_dump(mode="json")
        for each in changed
    }
    replace_ingredients(tx, changed, _names(changed), frozenset())


def _with_what_is_said(
    current: IngredientDraft, said: IngredientRow, on_conflict: str
) -> IngredientDraft:
    if on_conflict == "skip":
        return current
    values = {"strength": said.strength, "description": said.description[:10_000] or None}
    wanted = {
        name: value
        for name, value in values.items()
        if value is not None and (getattr(current, name) is None or on_conflict == "replace")
    }
    return current.model_copy(update=wanted)


def undo(tx: Transaction, applied: Applied, version: int) -> None:
    """Put everything back as it was; ConflictError if somebody has touched it since `version`, or
    what it named.
    """
    _refuse_touched(tx.connection, applied, version)
    try:
        _put_all_back(tx, applied)
    except InvalidError as error:
        message = f"what was there before named what is gone: it cannot be put back ({error})"
        raise ConflictError(message) from error


def _put_all_back(tx: Transaction, applied: Applied) -> None:
    delete_recipes(tx, applied.created.get("recipe", []))
    _put_back(tx, applied.before.get("recipe", {}), RecipeDraft, replace_recipes)
    _put_back(tx, applied.before.get("ingredient", {}), IngredientDraft, replace_ingredients)
    _put_back(tx, applied.before.get("unit", {}), UnitDraft, replace_units)
    _put_back(tx, applied.before.get("method", {}), MethodDraft, replace_methods)
    for ingredient_id in children_first(tx.connection, applied.created.get("ingredient", [])):
        delete_ingredient(tx, ingredient_id)
    for unit_id in applied.created.get("unit", []):
        delete_unit(tx, unit_id)


def _put_back(
    tx: Transaction,
    before: Mapping[int, Mapping[str, Any]],
    model: type[D],
    replace: Callable[[Transaction, Mapping[int, D], Sequence[str], Collection[str]], None],
) -> None:
    drafts = {each: model.model_validate_json(json.dumps(said)) for each, said in before.items()}
    replace(tx, drafts, _names(drafts), frozenset())


def _names(drafts: Mapping[int, D]) -> list[str]:
    return [draft.name for draft in drafts.values()]


def _refuse_touched(connection: Connection, applied: Applied, version: int) -> None:
    own = {(entity, each) for entity, ids in applied.created.items() for each in ids}
    own |= {(entity, each) for entity, drafts in applied.before.items() for each in drafts}
    touched = own & set(touched_after(connection, version))
    if touched:
        entity, row_id = min(touched)
        more = f" and {len(touched) - 1:,} others" if len(touched) > 1 else ""
        raise ConflictError(
            f"{entity} {row_id}{more} of this import changed since: it cannot be undone as a "
            "whole any more"
        )
