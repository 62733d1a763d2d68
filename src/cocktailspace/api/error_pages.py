"""Errors as pages, for who follows a link or types an address in a browser."""

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from cocktailspace.api.error_handlers import Refusal
from cocktailspace.api.site import Site

_TITLES = {
    404: "Not here",
    422: "Not understood",
    429: "Too many requests",
    503: "Not available for now",
}


class ErrorPages:
    """Gives a refusal as a page to browsers, and as JSON to all others and below `api`."""

    def __init__(self, site: Site, api: str) -> None:
        self._site = site
        self._api = api

    def __call__(self, request: Request, refusal: Refusal) -> Response:
        """The refusal in the form that the request asks for."""
        if f"{request.url.path}/".startswith(f"{self._api}/"):
            return refusal.as_json()
        if "text/html" in request.headers.get("accept", ""):
            response = self.page(refusal)
        else:
            response = refusal.as_json()
        response.headers["Vary"] = "Accept"
        return response

    def page(self, refusal: Refusal) -> Response:
        """What is wrong, and where to go on."""
        title = _TITLES.get(refusal.status, "Not possible")
        body = self._site.render("error.html", title=title, refusal=refusal)
        return HTMLResponse(body, refusal.status, refusal.headers)
