"""Where the file of an import is sent, and what a job answers to it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.deferred import Accepted, Upload
from cocktailspace.api.errors import READ, RUN, answers
from cocktailspace.api.parameters import FileName
from cocktailspace.api.writing import refuse_key
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.importing.readers.bounds import BOUNDS

_PREFIX = "/catalogue"


def upload_routes(context: Context) -> APIRouter:
    """Routes for files that may be larger than a request."""
    router = context.router(_PREFIX, "imports")
    deferred, most = context.deferred, context.services.settings.max_import_bytes
    Editor = Annotated[Identity, Depends(context.editor)]  # noqa: N806 - a type

    @router.post("/uploads", status_code=201, responses=RUN, dependencies=[Depends(refuse_key)])
    def place_upload(
        request: Request,
        _identity: Editor,
        _name: FileName,
    ) -> Upload:
        """Where to send a file that is to be planned; the query is that of `POST
        /catalogue/imports`.
        """
        path = str(request.app.url_path_for("plan_import"))
        if deferred is not None:
            return deferred.expect(request, path, BOUNDS.file_bytes)
        return Upload(url=f"{path}?{request.url.query}", fields={}, most_bytes=most, answer=None)

    @router.get(
        "/answers/{token:import_id}",
        responses=READ | answers(401, 403) | {202: {"model": Accepted}},
    )
    def get_answer(
        request: Request,
        token: Annotated[str, Path(description="As the address says it")],
        _identity: Editor,
    ) -> Response:
        """The answer to a request that was answered with 202: 202 again until it is there."""
        if deferred is None:
            raise NotFoundError("no request is left to a job here: all are answered at once")
        return deferred.answer(request, token)

    return router
