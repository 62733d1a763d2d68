"""Pages as responses."""

import hashlib
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from cocktailspace.api.content import ContentResponses, SmallContent
from cocktailspace.api.site import Site

REVALIDATE = "no-cache"


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
        sha256 = hashlib.sha256(body).hexdigest()
        content = SmallContent(sha256, "text/html; charset=utf-8", caching, lambda: body)
        return self._responses.small(request, content, headers)
