"""The interactive description of the API, by Swagger UI from its package."""

import functools
import re

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi_swagger import patch_fastapi

from cocktailspace.api.middleware import content_security_policy
from cocktailspace.api.site import Site

DOCS = "/docs"
_SCRIPT, _STYLE = f"{DOCS}/swagger-ui.js", f"{DOCS}/swagger-ui.css"


def add_docs(app: FastAPI, site: Site) -> None:
    """Serve the page that describes the API, and lets one try it, at `/docs`.

    Its inline script is allowed by its hash; all else is under our own policy.
    """
    router = APIRouter(include_in_schema=False)

    @functools.cache  # made when first asked for: it names the digest of all files of the site
    def page() -> tuple[bytes, str]:
        made = get_swagger_ui_html(
            openapi_url=str(app.openapi_url),
            title=f"{app.title}: the API",
            swagger_js_url=_SCRIPT,
            swagger_css_url=_STYLE,
            swagger_favicon_url=f"/static/{site.digest}/icon.svg",
            oauth2_redirect_url=None,
            swagger_ui_parameters={
                "validatorUrl": None,  # it would send our address to another host
                "filter": True,
                "tryItOutEnabled": True,
            },
        )
        scripts = re.findall(rb"<script>(.*?)</script>", made.body, re.DOTALL)
        return bytes(made.body), content_security_policy(inline_scripts=scripts)

    @router.get(DOCS)
    def docs() -> HTMLResponse:
        """What each route takes and answers, with a form to try it."""
        body, policy = page()
        return HTMLResponse(body, headers={"Content-Security-Policy": policy})

    app.include_router(router)
    # The package's own page is never reached: the route above is found first.
    patch_fastapi(
        app,
        DOCS,
        redirect_from_root_to_docs=False,
        swagger_js_url=_SCRIPT,
        swagger_css_url=_STYLE,
        swagger_favicon_url=f"{DOCS}/favicon.png",
    )
