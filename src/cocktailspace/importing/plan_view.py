"""A plan as it is shown: what would happen, by name, and what is still to be decided."""

from collections import Counter
from typing import Literal

from pydantic import BaseModel, Field

from cocktailspace.catalogue.imports import ListedImport, kept_for
from cocktailspace.importing.decisions import Decisions, Group, Kind
from cocktailspace.importing.planning import Plan, counts_of, outcome_of
from cocktailspace.importing.service import Import
from cocktailspace.importing.targets import Outcome
from cocktailspace.importing.understanding import Meaning
from cocktailspace.importing.vocabulary import units
from cocktailspace.times import to_text

MOST_NAMES = 200
"""So many of a list are shown by name; how many there are is always said."""
MOST_ASKED = 1_000
"""So many names of one question."""
_SPELLINGS = 5


class PlannedRecipe(BaseModel):
    """What becomes of a recipe."""

    name: str
    origin: str = Field(description="Where it stands in the file")
    action: Outcome
    source: str = ""
    reason: str = Field("", description="Why it is left alone, or refused")


class PlannedName(BaseModel):
    """A name of the file, and what it is taken for."""

    key: str = Field(description="By which it is decided")
    said: list[str] = Field(description="How the file writes it, the most usual first")
    lines: int = Field(description="How many lines it touches")
    how: str = Field(description="name, alias, synonym, brand, near, new or unplaced")
    ingredient_id: int | None = Field(description="The ingredient that it is, or may be")
    name: str = Field(description="Of that ingredient, or of a new one")
    place_id: int | None = Field(None, description="The family that a new one would hang under")
    place: str = ""


class PlannedGroup(BaseModel):
    """A question about some names at once."""

    key: str
    kind: Kind
    place: str = Field(description="The ingredient that they may be, or the family of new ones")
    question: str = Field(examples=["16 new ones: under Vodka?"])
    lines: int
    open: bool
    total: int = Field(description="How many names it has")
    names: list[PlannedName] = Field(description=f"The first {MOST_ASKED} of them")


class UnreadLine(BaseModel):
    """A line that names nothing; it is kept among its recipe's notes."""

    recipe: str
    text: str


class UnplacedKey(BaseModel):
    """A key of the file that no field shows; it is kept beside the recipe."""

    key: str
    recipes: int


class ListedImportView(BaseModel):
    """An import in a list."""

    id: str
    state: Literal["planned", "applied"]
    file: str
    created_at: str
    expires_at: str = Field(description="Until then it can be gone on with, or undone")


def listed(each: ListedImport) -> ListedImportView:
    """What a list says of an import."""
    return ListedImportView(
        id=each.id,
        state="planned" if each.state == "planned" else "applied",
        file=each.name,
        created_at=to_text(each.created_at),
        expires_at=to_text(each.created_at + kept_for(each.state)),
    )


class PlanView(BaseModel):
    """All of a plan."""

    id: str
    state: Literal["planned", "applied", "undone"]
    file: str
    format: str
    sha256: str
    digest: str = Field(description="Of the plan: apply what you have seen")
    created_at: str
    expires_at: str
    source: str = Field(description="Of recipes that name none themselves")
    decisions: Decisions
    counts: dict[str, int] = Field(description="Recipes by what becomes of them")
    lines: int
    remarks: list[str]
    recipes: list[PlannedRecipe] = Field(description=f"The first {MOST_NAMES} that are changed")
    certain: list[PlannedName] = Field(description="Names that need no decision")
    new_ingredients: int
    new_units: list[str]
    groups: list[PlannedGroup]
    open_groups: int
    unread: list[UnreadLine]
    unread_lines: int
    not_shown: list[UnplacedKey]


def described(found: Import) -> PlanView:
    """What a plan says, to be shown."""
    plan, stored = found.plan, found.stored
    open_keys = {group.key for group in plan.open_groups}
    return PlanView(
        id=stored.id,
        state=stored.state,
        file=stored.name,
        format=plan.collection.format,
        sha256=stored.sha256,
        digest=plan.digest,
        created_at=to_text(stored.created_at),
        expires_at=to_text(stored.created_at + kept_for(stored.state)),
        source=plan.source,
        decisions=plan.decisions,
        counts=counts_of(plan),
        lines=sum(len(lines) for _, lines in plan.understood.recipes),
        remarks=list(plan.collection.remarks),
        recipes=_recipes(plan)[:MOST_NAMES],
        certain=[_name(each, plan) for each in certain_of(plan)[:MOST_NAMES]],
        new_ingredients=len(plan.new_ingredients),
        new_units=[units()[key].name for key in plan.new_units],
        groups=[_group(group, plan, open_keys) for group in plan.groups],
        open_groups=len(plan.open_groups),
        unread=[
            UnreadLine(recipe=plan.collection.recipes[number].name, text=text)
            for number, text in plan.understood.unread[:MOST_NAMES]
        ],
        unread_lines=len(plan.understood.unread),
        not_shown=not_shown(plan),
    )


def certain_of(plan: Plan) -> list[Meaning]:
    """Names that need no decision, those on most lines first."""
    found = [each for each in plan.understood.meanings.values() if each.match.certain]
    return sorted(found, key=lambda each: (-each.lines, each.key))


def not_shown(plan: Plan) -> list[UnplacedKey]:
    """Keys of the file that no field shows, the most frequent first."""
    keys = Counter(key for recipe in plan.collection.recipes for key in recipe.extra)
    keys.update(
        f"{key} (of a line)"
        for recipe in plan.collection.recipes
        for key in {key for line in recipe.lines for key in line.extra}
    )
    return [UnplacedKey(key=key, recipes=count) for key, count in keys.most_common(MOST_NAMES)]


def _recipes(plan: Plan) -> list[PlannedRecipe]:
    found = []
    for recipe, target in zip(plan.collection.recipes, plan.targets, strict=True):
        action = outcome_of(plan, target)
        if action != "unchanged":
            found.append(
                PlannedRecipe(
                    name=recipe.name,
                    origin=recipe.origin,
                    action=action,
                    source=target.source,
                    reason=target.reason,
                )
            )
    # What somebody may want to mend comes first.
    order = ("refuse", "leave", "replace", "second", "fill", "create")
    return sorted(found, key=lambda each: order.index(each.action))


def _name(meaning: Meaning, plan: Plan) -> PlannedName:
    match = meaning.match
    place = plan.view.known.by_id.get(match.place_id or 0)
    return PlannedName(
        key=meaning.key,
        said=[each for each, _ in meaning.spellings.most_common(_SPELLINGS)],
        lines=meaning.lines,
        how=match.how,
        ingredient_id=match.ingredient_id,
        name=match.name,
        place_id=match.place_id,
        place=place.name if place else "",
    )


def _group(group: Group, plan: Plan, open_keys: set[str]) -> PlannedGroup:
    return PlannedGroup(
        key=group.key,
        kind=group.kind,
        place=group.place,
        question=question(group),
        lines=group.lines,
        open=group.key in open_keys,
        total=len(group.meanings),
        names=[_name(each, plan) for each in group.meanings[:MOST_ASKED]],
    )


def question(group: Group) -> str:
    """What a group asks, in a few words."""
    count = len(group.meanings)
    if group.kind == "near":
        said = ", ".join(each.spellings.most_common(1)[0][0] for each in group.meanings[:3])
        return f"{said}{', …' if count > 3 else ''}: is that {group.place}?"
    ones = f"{count} new ones" if count > 1 else "a new one"
    if group.kind == "new":
        return f"{ones}: under {group.place}?"
    return f"{ones} without a place: under Unsorted?"
