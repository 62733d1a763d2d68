"""What can be made of what somebody has. Nothing of it is kept."""

from typing import Any

import numpy as np
from fastapi import APIRouter, Depends
from fastapi.responses import Response
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from pydantic_core import to_json

from cocktailspace.analytics.bar.answer import Bar, read_bars
from cocktailspace.analytics.bar.wishes import liked_weights, wish_of
from cocktailspace.analytics.published import PublishedRun
from cocktailspace.api.context import Context
from cocktailspace.api.differences import Similar
from cocktailspace.api.errors import answers
from cocktailspace.api.freshness import FRESHNESS, freshness_of
from cocktailspace.api.runs import PublishedRuns
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.catalogue.values import Draft, Id

MOST_INGREDIENTS = 500
MOST_LIKES = 20
MOST_LISTED = 200
LISTED = 50
MOST_ON_MAP = 100_000
BAR_BYTES = 64 * 1024


class BarQuestion(Draft):
    """What somebody has, likes and wishes for."""

    ingredients: tuple[Id, ...] = Field(
        max_length=MOST_INGREDIENTS, description="What is there", examples=[[2, 3, 4]]
    )
    staples: bool = Field(
        True, strict=True, description="Whether ice, water, sugar and salt are there, too"
    )
    likes: tuple[Id, ...] = Field(
        (), max_length=MOST_LIKES, description="Recipes that are liked: bottles are weighed by them"
    )
    wish: Id | None = Field(None, description="A recipe to have, or else what is nearest to it")
    limit: int = Field(
        LISTED,
        ge=0,
        le=MOST_LISTED,
        strict=True,
        description="How many each list names at most",
    )
    map: bool = Field(
        False, strict=True, description="Also list the ids of all, to show them on a map"
    )


class BarIngredient(BaseModel):
    """An ingredient."""

    ingredient_id: int
    name: str = Field(examples=["Gin"])


class LineOut(BaseModel):
    """How a line is met."""

    ingredient_id: int
    ingredient: str = Field(description="What the recipe names", examples=["Lime Juice"])
    how: str = Field(
        description="`owned`, `staple`, `kind`, `made`, `generic`, `sibling`, `alternative`, "
        "`stand_in` or `missing`"
    )
    by_id: int = Field(0, description="What is there that does it")
    by: str = Field("", description="Its name", examples=["Lime"])
    alternative: str = Field("", description="What the recipe names besides, which is there")
    stand_in: str = Field("", description="What takes its place")
    share: float = Field(0, description="How likely it is what near recipes have instead")
    pairs: int = Field(0, description="In how many pairs of near recipes; 0: by kind only")
    adds: list[str] = Field([], description="What it adds: alcohol, or what some must avoid")


class DrinkOut(BaseModel):
    """A recipe, and what is there of it."""

    recipe_id: int
    name: str
    lines: list[LineOut] = Field(description="Those that have to be met")
    missing: list[BarIngredient] = Field(
        description="What to buy for it to be made as it is written"
    )


class BarDrink(BaseModel):
    """A recipe."""

    recipe_id: int
    name: str


class BottleOut(BarIngredient):
    """Something to buy."""

    any_of: str = Field("", description="The family of which any will do")
    opens: int = Field(description="How many recipes it completes, with the bottles before it")
    nearer: int = Field(description="How many it leaves one bottle short")
    drinks: list[BarDrink] = Field(description="Some of what it opens, the most liked first")


class WishOut(DrinkOut):
    """The wished recipe; where it cannot be made, what can be and is nearest to it."""

    nearest: list[Similar]


class Counts(BaseModel):
    """How many recipes there are of each list."""

    can_make: int
    with_stand_ins: int
    one_short: int
    two_short: int


class OnMap(BaseModel):
    """Ids of recipes, to be shown on a map."""

    can_make: list[int]
    with_stand_ins: list[int]
    one_short: list[int]


class Unknown(BaseModel):
    """Ids that the run does not know: deleted, merged, or newer."""

    ingredients: list[int]
    recipes: list[int]


class BarAnswer(BaseModel):
    """What the bar makes of the published recipes."""

    run_id: str = Field(description="The published run that knows the recipes")
    source_version: int = Field(description="That run's version of the catalogue")
    unknown: Unknown
    counts: Counts
    can_make: list[DrinkOut] = Field(description="By how well what is there meets them, by name")
    with_stand_ins: list[DrinkOut] = Field(description="The least changed first")
    one_short: list[DrinkOut] = Field(description="By name; stand-ins do not help")
    two_short: list[DrinkOut] = Field(description="By name; stand-ins do not help")
    next_bottles: list[BottleOut] = Field(description="Each given those before it")
    wish: WishOut | None = None
    map: OnMap | None = None


def bar_routes(context: Context, runs: PublishedRuns[PublishedRun]) -> APIRouter:
    """Routes over this store; open to all."""
    router = context.router("/bar", "bar")
    services = context.services
    indexes = PublishedRuns(services.store, services.integrity, [ArtifactName.BAR_INDEX], read_bars)

    @router.post(
        "",
        response_model=BarAnswer,
        responses=FRESHNESS | answers(400, 413, 422, 503),
        dependencies=[Depends(indexes.load)],
    )
    def ask_bar(question: BarQuestion) -> Response:
        """What can be made, what comes near, what to buy next. Nothing is kept."""
        manifest, bars = indexes.current()
        bar = bars.of(question.ingredients, staples=question.staples)
        asked = _Asked(question, bar, runs, manifest.run_id)
        answer = {
            "run_id": manifest.run_id,
            "source_version": manifest.source_version,
            **asked.answer(),
        }
        version = {"Cocktailspace-Version": str(manifest.source_version)}
        headers = freshness_of(services) | version
        return Response(to_json(answer), media_type="application/json", headers=headers)

    return router


class _Asked:
    """A question about a bar. What is liked and wished for needs the whole run."""

    def __init__(
        self, question: BarQuestion, bar: Bar, runs: PublishedRuns[PublishedRun], run_id: str
    ) -> None:
        self._question, self._bar = question, bar
        self._runs, self._run_id = runs, run_id
        self._unknown: list[int] = []

    def answer(self) -> dict[str, Any]:
        answer = self._bar.answer(self._question.limit, self._weights())
        if self._question.wish is not None:
            answer["wish"] = self._wish(self._question.wish)
        if self._question.map:
            lists, ids = self._bar.lists(), self._bar.bars.index.recipe_ids
            shown = ("can_make", "with_stand_ins", "one_short")
            answer["map"] = {name: ids[lists[name]].tolist() for name in shown}
        unknown = list(dict.fromkeys(self._unknown))
        return {"unknown": {"ingredients": self._bar.unknown, "recipes": unknown}, **answer}

    def _weights(self) -> NDArray[np.int64] | None:
        if not self._question.likes:
            return None
        run = self._runs.of(self._run_id)
        known = [each for each in dict.fromkeys(self._question.likes) if run.has(each)]
        self._unknown += [each for each in self._question.likes if each not in known]
        return liked_weights(run, known, self._bar.bars.index.recipe_ids) if known else None

    def _wish(self, wish: int) -> dict[str, Any] | None:
        found = wish_of(self._bar, wish, lambda: self._runs.of(self._run_id))
        if found is None:
            self._unknown.append(wish)
        return found
