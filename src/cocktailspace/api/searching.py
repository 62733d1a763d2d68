"""The parameters by which recipes are searched, and the cursors that go on from a page."""

import base64
import binascii
import json

from pydantic import ConfigDict, Field

from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.search import Cursor, Order, RecipeQuery
from cocktailspace.catalogue.search.query import MOST_IDS
from cocktailspace.catalogue.values import MAX_ID


class SearchParameters(RecipeQuery):
    """What recipes must have, and which come first."""

    model_config = ConfigDict(extra="ignore")

    sort: Order = Field(
        Order.MATCH,
        description="What comes first: the best match, or whatever it says; equal ones by name",
    )


class ListParameters(SearchParameters):
    """Which recipes, and which page of them."""

    limit: int = Field(50, ge=1, le=MOST_IDS)
    cursor: str | None = Field(None, max_length=4_000)


def encode_cursor(cursor: Cursor) -> str:
    """The cursor as text for an address."""
    text = json.dumps([cursor.score, cursor.order_key])
    return base64.urlsafe_b64encode(text.encode()).decode()


def decode_cursor(text: str) -> Cursor:
    """The cursor that a text stands for; InvalidError where it is none."""
    try:
        found = json.loads(base64.b64decode(text.encode(), altchars=b"-_", validate=True))
        score, order_key = found
    except (binascii.Error, ValueError, TypeError, RecursionError):
        score = order_key = None
    if type(score) is not int or not isinstance(order_key, str) or not 0 <= score <= MAX_ID:
        message = "this is not a cursor; use the next_cursor of the page before"
        raise InvalidError([Problem("cursor", message)])
    return Cursor(score, order_key)
