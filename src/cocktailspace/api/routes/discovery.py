"""What search engines and other programs look for first: robots.txt, sitemaps, llms.txt."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy import Connection, Table, func, select

from cocktailspace.api.content import REVALIDATE
from cocktailspace.api.context import Context
from cocktailspace.api.parameters import PathId
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.schema import ingredients, recipes

ADDRESSES_A_SITEMAP = 50_000
"""As many as the protocol allows (sitemaps.org)."""
_PLACES = ("", "recipes", "ingredients")
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEADERS = {"Cache-Control": REVALIDATE}

ROBOTS = """User-agent: *
Disallow: /api/
Allow: /

Sitemap: {site}sitemap.xml
"""

LLMS = """# cocktailspace

> A catalogue of cocktail recipes over a taxonomy of ingredients, and a map of them: the nearer two
> recipes, the more alike the drinks.

Reading needs no account. Everything is also JSON: see the API.

## Pages
- [All recipes]({site}recipes): a list with what is in each drink; takes the API's parameters
- [All ingredients]({site}ingredients): the taxonomy
- [A recipe]({site}recipe/1): `/recipe/<id>`, with schema.org's Recipe and what is similar
- [An ingredient]({site}ingredient/1): `/ingredient/<id>`, its kinds, and recipes with it

## API
- [OpenAPI]({site}api/v1/openapi.json): all routes
- [Recipes]({site}api/v1/recipes?q=gin%20lime): search by words and filters
- [Similar recipes]({site}api/v1/analytics/recipe-similar?recipe_id=1): and what to change
- [Everything as Markdown]({site}api/v1/catalogue/export?format=markdown)
- [Everything as JSON-LD]({site}api/v1/catalogue/export?format=json-ld)
"""

AGENTS = """
## Agents
- [MCP]({site}{path}): tools over streamable HTTP: search recipes, read one, what is similar and
  why, what can be made, the best next bottle, place a draft; with a token, create and change
"""


def discovery_routes(context: Context, agents: str | None) -> APIRouter:
    """Routes at fixed addresses; what they name has the address that was asked.

    agents: the path at which these are served, if so.
    """
    router = APIRouter(include_in_schema=False, route_class=context.route_class)
    database = context.services.database

    @router.get("/robots.txt")
    def robots(request: Request) -> Response:
        """Pages are for everybody; the API is none."""
        return PlainTextResponse(ROBOTS.format(site=request.base_url), headers=_HEADERS)

    @router.get("/llms.txt")
    def llms(request: Request) -> Response:
        """What is here, for programs that read."""
        text = LLMS.format(site=request.base_url)
        if agents is not None:
            text += AGENTS.format(site=request.base_url, path=agents.removeprefix("/"))
        return PlainTextResponse(text, headers=_HEADERS)

    @router.get("/sitemap.xml")
    def sitemaps(request: Request) -> Response:
        """The list of the sitemaps."""
        site = escape(str(request.base_url))
        with database.reading() as connection:
            pages = -(-_count(connection) // ADDRESSES_A_SITEMAP)
        found = (
            f"<sitemap><loc>{site}sitemap/{page}.xml</loc></sitemap>"
            for page in range(1, pages + 1)
        )
        return _xml("sitemapindex", found)

    @router.get("/sitemap/{page:id}.xml")
    def sitemap(request: Request, page: PathId) -> Response:
        """Some of all addresses, recipes first by their ids."""
        site = escape(str(request.base_url))
        with database.reading() as connection:
            if (page - 1) * ADDRESSES_A_SITEMAP >= _count(connection):
                raise NotFoundError(f"there is no sitemap {page}")
            found = [*_addresses(connection, site, (page - 1) * ADDRESSES_A_SITEMAP)]
        return _xml("urlset", iter(found))

    return router


def _addresses(connection: Connection, site: str, skipped: int) -> Iterator[str]:
    """The addresses after so many, as a sitemap writes them."""
    wanted = [f"<url><loc>{site}{place}</loc></url>" for place in _PLACES]
    first = wanted[skipped : skipped + ADDRESSES_A_SITEMAP]
    yield from first
    room = ADDRESSES_A_SITEMAP - len(first)
    skipped = max(0, skipped - len(_PLACES))
    for table, path in ((recipes, "recipe"), (ingredients, "ingredient")):
        query = select(table.c.id, table.c.updated_at) if table is recipes else select(table.c.id)
        rows = connection.execute(query.order_by(table.c.id).offset(skipped).limit(room)).all()
        for row in rows:
            moment = f"<lastmod>{row.updated_at.date()}</lastmod>" if table is recipes else ""
            yield f"<url><loc>{site}{path}/{row.id}</loc>{moment}</url>"
        room -= len(rows)
        skipped = max(0, skipped - _rows(connection, table))


def _count(connection: Connection) -> int:
    return len(_PLACES) + sum(_rows(connection, table) for table in (recipes, ingredients))


def _rows(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _xml(kind: str, entries: Iterator[str]) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} {_NAMESPACE}>\n'
    body += "\n".join(entries) + f"\n</{kind}>\n"
    return Response(body, media_type="application/xml", headers=_HEADERS)
