"""Every recipe and ingredient as a page of its own, for links, search engines and browsers without
scripts. Everything comes from the package, nothing from another host.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cocktailspace.api.content import SmallContent
from cocktailspace.api.context import Context
from cocktailspace.api.error_handlers import Refusal
from cocktailspace.api.error_pages import ErrorPages
from cocktailspace.api.html import HtmlResponses
from cocktailspace.api.parameters import PathId
from cocktailspace.api.qr_code import qr_code
from cocktailspace.api.routes.ingredients import nested
from cocktailspace.api.similar import similar_recipes
from cocktailspace.api.site import Site
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.artifacts.rows import IndexedRows
from cocktailspace.catalogue import ingredients, recipes, taxonomy
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.search import RecipeQuery
from cocktailspace.catalogue.transfer.readable import details_of, recipe_json_ld, units_by_name

NAMES_A_PAGE = 500


def page_routes(context: Context, site: Site, error_pages: ErrorPages) -> APIRouter:
    """Routes of pages that need no script."""
    router = APIRouter(include_in_schema=False, route_class=context.route_class)
    database, html = context.services.database, HtmlResponses(site, context.responses)

    similar = IndexedRows(context.services.store, ArtifactName.RECIPE_SIMILAR)

    def missing(error: NotFoundError) -> Response:
        """A page rather than JSON for what is not there."""
        return error_pages.page(Refusal(404, "not_found", str(error)))

    @router.get("/recipe/{recipe_id:id}")
    def recipe(request: Request, recipe_id: PathId) -> Response:
        """A recipe, with schema.org's words for it."""
        try:
            with database.reading() as connection:
                found = recipes.get_recipe(connection, recipe_id)
                units = units_by_name(connection)
        except NotFoundError as error:
            return missing(error)
        address = str(request.url_for("recipe", recipe_id=recipe_id))
        schema = recipe_json_ld(found, units, address)
        return html(
            request,
            "recipe.html",
            recipe=found,
            details=[*details_of(found, without=("source", "source_url"))],
            schema=schema,
            units=units,
            summary=schema["description"],
            address=address,
            similar=similar_recipes(context.services, similar, recipe_id),
        )

    @router.get("/recipe/{recipe_id:id}/qr.svg")
    def recipe_code(request: Request, recipe_id: PathId) -> Response:
        """The address of a recipe's page as a QR code, for its print."""
        try:
            with database.reading() as connection:
                recipes.get_recipe(connection, recipe_id)
        except NotFoundError as error:
            return missing(error)
        body = qr_code(str(request.url_for("recipe", recipe_id=recipe_id)))
        return context.responses.small(request, SmallContent.of(body, "image/svg+xml"))

    @router.get("/ingredient/{ingredient_id:id}")
    def ingredient(request: Request, ingredient_id: PathId) -> Response:
        """An ingredient, its kinds, and recipes with it."""
        try:
            with database.reading() as connection:
                found = ingredients.get_ingredient(connection, ingredient_id)
                holding = RecipeQuery(ingredient=[ingredient_id])
                index = context.search.snapshot(connection)
                listed = index.search(holding, limit=NAMES_A_PAGE)
                names = recipes.recipe_names(connection, listed.ids)
                ancestors = taxonomy.ancestors(connection, ingredient_id)
                children = ingredients.children_of(connection, ingredient_id)
        except NotFoundError as error:
            return missing(error)
        return html(
            request,
            "ingredient.html",
            ingredient=found,
            recipes=names,
            more=listed.next_after is not None,
            summary=found.description or f"{found.name}: its kinds, and cocktails with it.",
            address=str(request.url_for("ingredient", ingredient_id=ingredient_id)),
            ancestors=ancestors,
            children=children,
        )

    @router.get("/ingredients")
    def ingredient_names(request: Request) -> Response:
        """All ingredients as a tree."""
        with database.reading() as connection:
            flat = ingredients.list_ingredients(connection)
        return html(request, "ingredients.html", roots=nested(flat))

    return router
