"""The parameters by which recipes are searched, and the cursors that go on from a page."""

import base64
import binascii
import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cocktailspace.api.parameters import QueryId
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.search import Cursor, Order, RecipeQuery
from cocktailspace.catalogue.values import MAX_ID

Word = Annotated[str, Field(max_length=200)]
Count = Annotated[int, Field(ge=0, le=1_000)]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Ids = Annotated[list[QueryId], Field(max_length=20)]
MOST_A_PAGE = 200


class SearchParameters(BaseModel):
    """What recipes must have; all of it."""

    model_config = ConfigDict(frozen=True)

    id: list[QueryId] = Field(
        [], max_length=MOST_A_PAGE, description="Only these recipes", examples=[[1, 2]]
    )
    q: Word = Field(
        "",
        description="Words, each in the name, an ingredient (or a kind of one), the tags, glass, "
        "method, garnish or instructions; typing errors and plurals are forgiven",
        examples=["gin lime"],
    )
    name: Word = Field("", description="Words of the name, in any order", examples=["sour"])
    ingredient: Ids = Field(
        [], description="Ids; each must be in it, itself or a kind of it", examples=[[1]]
    )
    without: Ids = Field([], description="Ids; neither they nor kinds of them are in it")
    glass: Word | None = None
    method: Word | None = None
    tag: list[Word] = Field([], max_length=20)
    alcohol_free: bool | None = Field(
        None, description="true: it is known to have at most 0.5 % vol; false: it is not"
    )
    free_of: list[Word] = Field(
        [], max_length=20, description="What its ingredients must not contain", examples=[["egg"]]
    )
    min_ingredients: Count | None = None
    max_ingredients: Count | None = None
    min_strength: Percent | None = Field(None, description="% vol before ice")
    max_strength: Percent | None = Field(None, description="% vol before ice")
    sort: Order = Field(
        Order.MATCH,
        description="What comes first: the best match, or whatever it says; equal ones by name",
    )

    def query(self) -> RecipeQuery:
        """The same in the catalogue's words."""
        return RecipeQuery(
            ids=tuple(self.id),
            text=self.q,
            name=self.name,
            ingredient_ids=tuple(self.ingredient),
            without_ids=tuple(self.without),
            glass=self.glass,
            method=self.method,
            tags=tuple(self.tag),
            alcohol_free=self.alcohol_free,
            free_of=tuple(self.free_of),
            min_ingredients=self.min_ingredients,
            max_ingredients=self.max_ingredients,
            min_strength=self.min_strength,
            max_strength=self.max_strength,
        )


class ListParameters(SearchParameters):
    """Which recipes, and which page of them."""

    limit: int = Field(50, ge=1, le=MOST_A_PAGE)
    cursor: str | None = Field(None, max_length=4_000)


def encode_cursor(cursor: Cursor | None) -> str | None:
    """The cursor as text for an address; None at the end."""
    if cursor is None:
        return None
    text = json.dumps([cursor.score, cursor.order_key])
    return base64.urlsafe_b64encode(text.encode()).decode()


def decode_cursor(text: str | None) -> Cursor | None:
    """The cursor that a text stands for; InvalidError where it is none."""
    if text is None:
        return None
    try:
        found = json.loads(base64.b64decode(text.encode(), altchars=b"-_", validate=True))
        score, order_key = found
    except (binascii.Error, ValueError, TypeError, RecursionError):
        score = order_key = None
    if type(score) is not int or not isinstance(order_key, str) or not 0 <= score <= MAX_ID:
        message = "this is not a cursor; use the next_cursor of the page before"
        raise InvalidError([Problem("cursor", message)])
    return Cursor(score, order_key)
