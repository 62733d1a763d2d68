"""Pages as responses."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from cocktailspace.api.content import REVALIDATE, ContentResponses, SmallContent
from cocktailspace.api.site import Site


class HtmlResponses:
    """Responds with a page made of a template, or with 304 when the client has it already."""

    def __init__(self, site: Site, responses: ContentResponses) -> None:
        self._site = site
        self._responses = responses

    def __call__(
        self,
        request: Request,
        template: str,
        *,
        caching: str = REVALIDATE,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """A page of that template."""
        body = self._site.render(template, **values).encode()
        content = SmallContent.of(body, "text/html; charset=utf-8", caching)
        return self._responses.small(request, content, headers)
