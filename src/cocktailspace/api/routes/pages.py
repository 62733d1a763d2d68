"""The page and its files, from the package and from plotly's; nothing from another host."""

import hashlib
import mimetypes
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cocktailspace.api.bodies import Bodies, File
from cocktailspace.api.errors import answers
from cocktailspace.catalogue.errors import NotFoundError

PLOTLY = "plotly.min.js"


def page_routes(bodies: Bodies) -> APIRouter:
    """Routes for `/` and `/static/`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def index(request: Request) -> Response:
        """The page."""
        return bodies.answer(request, _file("index.html"))

    @router.get("/static/{name}", responses=answers(404))
    def static(request: Request, name: str) -> Response:
        """A file that the page needs."""
        return bodies.answer(request, _file(name))

    return router


@cache
def _static_files() -> dict[str, Path]:
    """Every file that may be served, by name: an address can lead nowhere else."""
    web = Path(str(files("cocktailspace") / "web"))
    found = {
        path.name: path for path in web.iterdir() if path.suffix in {".html", ".js", ".css", ".svg"}
    }
    plotly = find_spec("plotly")
    if plotly is not None and plotly.submodule_search_locations:
        found[PLOTLY] = Path(plotly.submodule_search_locations[0]) / "package_data" / PLOTLY
    return found


@cache
def _file(name: str) -> File:
    path = _static_files().get(name)
    if path is None:
        raise NotFoundError(f"there is no file {name[:80]!r}")
    body = path.read_bytes()
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return File(hashlib.sha256(body).hexdigest(), media_type, "no-cache", lambda: body)
