"""The list of recipes as a page that needs no script: the API's parameters as a plain form."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from cocktailspace.api.context import Context
from cocktailspace.api.error_handlers import Refusal
from cocktailspace.api.error_pages import ErrorPages
from cocktailspace.api.html import HtmlResponses
from cocktailspace.api.searching import ListParameters, decode_cursor, encode_cursor
from cocktailspace.api.site import Site
from cocktailspace.catalogue import recipes
from cocktailspace.catalogue.errors import InvalidError, problem_of
from cocktailspace.catalogue.search import Order, Snapshot
from cocktailspace.catalogue.transfer.readable import units_by_name
from cocktailspace.catalogue.usual_words import usual_words

MOST_OFFERED = 2_000
"""Ingredients that a form lists; those that most recipes have."""

_LISTS = {name for name, field in ListParameters.model_fields.items() if field.default == []}


def recipe_list_routes(context: Context, site: Site, error_pages: ErrorPages) -> APIRouter:
    """The route of the page."""
    router = APIRouter(include_in_schema=False, route_class=context.route_class)
    database, html = context.services.database, HtmlResponses(site, context.responses)

    @router.get("/recipes")
    def recipe_list(request: Request) -> Response:
        """Recipes by the API's parameters, a page at a time, with what is in each."""
        given = _given(request)
        try:
            return shown(request, given)
        except ValidationError as error:
            problems = [problem_of(each) for each in error.errors()]
        except InvalidError as error:
            problems = list(error.problems)
        return error_pages.page(Refusal.of_problems("invalid", problems))

    def shown(request: Request, given: dict[str, Any]) -> Response:
        wanted = ListParameters.model_validate(given)
        after = decode_cursor(wanted.cursor) if wanted.cursor else None
        with database.reading() as connection:
            index = context.search.snapshot(connection)
            found = index.search(wanted, order=wanted.sort, after=after, limit=wanted.limit)
            loaded = recipes.load_recipes(connection, found.ids)
            usual, units = usual_words(connection), units_by_name(connection)
        following = found.next_after and urlencode(
            given | {"cursor": encode_cursor(found.next_after)}, doseq=True
        )
        here = urlencode({k: v for k, v in given.items() if k != "cursor"}, doseq=True)
        return html(
            request,
            "recipes.html",
            recipes=[loaded[each] for each in found.ids],
            total=found.total,
            next=following,
            asked=here,
            wanted=wanted,
            names=index.ingredient_names,
            offered=_offered(index),
            bases=[(each.id, f"{each.name} ({each.recipes})") for each in index.offered_bases],
            allergens=sorted(index.ingredients.allergens),
            usual=usual,
            units=units,
        )

    return router


def _given(request: Request) -> dict[str, Any]:
    """The parameters as they were sent, apart from those that a form leaves empty."""
    found: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name not in ListParameters.model_fields or not value.strip():
            continue
        if (name, value) == ("sort", Order.MATCH):  # as it is without
            continue
        if name in _LISTS:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _offered(index: Snapshot) -> list[tuple[int, str]]:
    """Ids and names of ingredients that recipes have, by name."""
    names, uses = index.ingredient_names, index.uses
    used = sorted((each for each in names if uses[each]), key=lambda each: -uses[each])
    return sorted(
        ((each, names[each]) for each in used[:MOST_OFFERED]), key=lambda pair: pair[1].casefold()
    )
