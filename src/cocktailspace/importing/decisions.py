"""What a person has decided of a plan, and how that is asked: by ingredient, in groups."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cocktailspace.catalogue.errors import Problem, place_of
from cocktailspace.catalogue.values import Id, Name
from cocktailspace.importing.catalogue_view import CatalogueView
from cocktailspace.importing.understanding import Meaning, Understood

OnConflict = Literal["skip", "fill", "replace"]
Kind = Literal["near", "new", "unplaced"]
Take = Literal["proposal", "new", "unsorted"]
_FEW_LINES = 5
"""Families that fewer lines touch are asked about together."""


class Answer(BaseModel):
    """What one name of a file is decided to mean."""

    model_config = ConfigDict(extra="forbid")

    ingredient_id: Id | None = Field(default=None, description="The ingredient that it is")
    name: Name | None = Field(default=None, description="What a new one is called")
    parent_id: Id | None = Field(
        default=None, description="Where the new one hangs; null: Unsorted"
    )


class Decisions(BaseModel):
    """Everything that was decided of a plan so far."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"on_conflict": "skip"}]}
    )

    on_conflict: OnConflict = "fill"
    source: str | None = Field(
        default=None,
        max_length=1_000,
        description="The source of recipes that name none themselves",
    )
    second_versions: bool = Field(
        default=False,
        strict=True,
        description="Make a second recipe where one of that name and another source is there",
    )
    names: dict[str, Answer] = Field(default={}, description="By the key of a name")
    groups: dict[str, Take] = Field(default={}, description="By the key of a group")
    rest: Take | None = Field(default=None, description="What is done with all that is not decided")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name of the file becomes: an ingredient that is there, or a new one."""

    ingredient_id: int | None
    name: str
    parent_id: int | None = None
    unsorted: bool = False
    decided: bool = False
    """By a person, so that the file's words for it become other names of it."""


@dataclass(frozen=True, slots=True)
class Group:
    """A question about some names at once."""

    key: str
    kind: Kind
    place: str
    """The ingredient that they may be, or the family that they would hang under."""
    meanings: tuple[Meaning, ...]

    @property
    def lines(self) -> int:
        """How many lines it touches."""
        return sum(meaning.lines for meaning in self.meanings)


def groups_of(meanings: Iterable[Meaning], view: CatalogueView) -> list[Group]:
    """The questions that a collection raises, those that touch most lines first."""
    open_ones = [each for each in meanings if not (each.match.certain and each.match.ingredient_id)]
    lines: Counter[str] = Counter()
    for meaning in open_ones:
        lines[_place_of(meaning, view, depth=2).key] += meaning.lines
    places: dict[str, _Place] = {}
    members: dict[str, list[Meaning]] = {}
    for meaning in open_ones:
        place = _place_of(meaning, view, depth=2)
        if place.kind == "new" and lines[place.key] < _FEW_LINES:
            place = _place_of(meaning, view, depth=1)
        places[place.key] = place
        members.setdefault(place.key, []).append(meaning)
    groups = [
        Group(key, places[key].kind, places[key].name, tuple(sorted(each, key=_by_lines)))
        for key, each in members.items()
    ]
    return sorted(groups, key=lambda group: (group.kind == "unplaced", -group.lines, group.key))


@dataclass(frozen=True, slots=True)
class _Place:
    key: str
    kind: Kind
    name: str


def _place_of(meaning: Meaning, view: CatalogueView, depth: int) -> _Place:
    """The group that a name falls into: of new ones by the family so far below the root."""
    match = meaning.match
    if match.how == "near" and match.ingredient_id is not None:
        return _Place(f"near:{match.ingredient_id}", "near", match.name)
    if match.place_id is None:
        return _Place("unplaced", "unplaced", "")
    line = view.known.ancestors(match.place_id)
    family = line[-min(depth, len(line))]
    return _Place(f"new:{family}", "new", view.known.by_id[family].name)


def _by_lines(meaning: Meaning) -> tuple[int, str]:
    return -meaning.lines, meaning.key


def void_answers(decisions: Decisions, view: CatalogueView) -> Iterator[tuple[str, Problem]]:
    """Keys of the names whose answer names an ingredient that is not there, with what is wrong."""
    for key, answer in decisions.names.items():
        for field in ("ingredient_id", "parent_id"):
            wanted = getattr(answer, field)
            if wanted is not None and wanted not in view.ingredients:
                message = f"there is no ingredient {wanted}"
                yield key, Problem(place_of(("names", key, field)), message)


def resolve(
    understood: Understood, groups: Iterable[Group], decisions: Decisions, view: CatalogueView
) -> tuple[dict[str, Resolved], list[Group]]:
    """What each name becomes, and the groups that are still open: those without an answer, and
    those whose answer names an ingredient that is there no more.
    """
    void = {key for key, _ in void_answers(decisions, view)}
    answers = {key: answer for key, answer in decisions.names.items() if key not in void}
    found: dict[str, Resolved] = {}
    for key, meaning in understood.meanings.items():
        if meaning.match.certain and key not in answers:
            found[key] = Resolved(meaning.match.ingredient_id, meaning.match.name)
    still_open = []
    for group in groups:
        undecided = []
        for meaning in group.meanings:
            answer = answers.get(meaning.key)
            take = decisions.groups.get(group.key)
            if answer is not None:
                found[meaning.key] = _answered(meaning, answer)
            elif take is not None:
                found[meaning.key] = _taken(meaning, take, decided=True)
            else:
                undecided.append(meaning)
        if undecided and decisions.rest is None:
            still_open.append(Group(group.key, group.kind, group.place, tuple(undecided)))
        for meaning in undecided:
            found[meaning.key] = _rest(meaning, decisions.rest)
    for key, answer in answers.items():
        if key in understood.meanings and key not in found:
            found[key] = _answered(understood.meanings[key], answer)
    return found, still_open


def _answered(meaning: Meaning, answer: Answer) -> Resolved:
    if answer.ingredient_id is not None:
        return Resolved(answer.ingredient_id, "", decided=True)
    name = answer.name or new_name(meaning)
    return Resolved(None, name, answer.parent_id, answer.parent_id is None, decided=True)


def _rest(meaning: Meaning, take: Take | None) -> Resolved:
    """Of what was not decided, a place is taken, and nothing else that is not certain."""
    if take == "unsorted" and meaning.match.how == "new" and meaning.match.place_id is not None:
        take = "new"
    return _taken(meaning, take or "new", decided=False)


def _taken(meaning: Meaning, take: Take, *, decided: bool) -> Resolved:
    match = meaning.match
    if take == "proposal" and match.ingredient_id is not None:
        return Resolved(match.ingredient_id, match.name, decided=decided)
    place = None if take == "unsorted" else match.place_id
    return Resolved(None, new_name(meaning), place, place is None, decided)


def new_name(meaning: Meaning) -> str:
    """What a new ingredient is called: of a near one, as the file writes it."""
    if meaning.match.how == "near":
        return meaning.spellings.most_common(1)[0][0]
    return meaning.match.name
