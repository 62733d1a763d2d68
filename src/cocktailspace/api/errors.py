"""Errors as answers: one JSON shape for all of them."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from cocktailspace.api.auth.identity import (
    AuthenticationUnavailableError,
    NotAllowedError,
    NotAuthenticatedError,
)
from cocktailspace.artifacts.store import StoreError
from cocktailspace.catalogue.errors import (
    BusyError,
    ConflictError,
    DamagedError,
    FullError,
    InvalidError,
    NotFoundError,
    Problem,
    SchemaError,
    UnavailableError,
)
from cocktailspace.catalogue.validation import problem_of
from cocktailspace.refresh.ports import SchedulerError

RETRY_SECONDS = 5


class ProblemOut(BaseModel):
    """One bad value of the request."""

    place: str = Field(examples=["ingredients[3].amount"])
    message: str = Field(examples=["Input should be greater than or equal to 0 (got -1.0)"])


class ErrorDetail(BaseModel):
    """What went wrong and what to do about it."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["there is no recipe 7"])
    problems: list[ProblemOut] = Field(
        [], description="Every bad value, where it is the input's fault"
    )


class ErrorAnswer(BaseModel):
    """The shape of every error."""

    error: ErrorDetail


class NotYetError(Exception):
    """The analytics asked for have not been published yet."""


class GoneError(Exception):
    """What once was here is not any more, for good; something else takes its place."""


class OverdueError(Exception):
    """What is published is older than it may be."""


class StaleError(Exception):
    """Somebody else has changed what the client has read."""


class TooManyWritesError(Exception):
    """A client writes more often than it may."""

    def __init__(self, retry_seconds: int) -> None:
        self.retry_seconds = retry_seconds
        super().__init__(f"too many writes from your address; try again in {retry_seconds} s")


_RETRY_CODES: dict[type[Exception], str] = {
    AuthenticationUnavailableError: "authentication_unavailable",
    BusyError: "busy",
    DamagedError: "catalogue_damaged",
    NotYetError: "not_yet",
    OverdueError: "overdue",
    SchemaError: "schema_mismatch",
    UnavailableError: "catalogue_unavailable",
    SchedulerError: "scheduler_unavailable",
}


_DESCRIPTIONS = {
    400: "The request cannot be read",
    401: "Writing needs a valid token",
    403: "The token's role is too low",
    404: "There is no such thing",
    410: "It is gone for good; the message names what takes its place",
    409: "It contradicts what the catalogue holds",
    412: "It has changed since it was read",
    413: "The request is too large",
    422: "The input breaks rules; nothing was written",
    429: "Too many writes; Retry-After says when to go on",
    503: "Not available for now; Retry-After says when to ask again",
    507: "The catalogue's disk is full; nothing was written",
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: these statuses answer with the one error shape."""
    return {each: {"model": ErrorAnswer, "description": _DESCRIPTIONS[each]} for each in statuses}


READ = answers(404, 422, 503)
WRITE = answers(400, 401, 403, 409, 413, 422, 429, 503, 507)
RUN = answers(401, 403, 429, 503)
WRITE_ONE = WRITE | answers(404, 412)


def error_response(
    status: int,
    code: str,
    message: str,
    problems: Sequence[Problem] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """An answer in the one shape."""
    listed = [{"place": each.place, "message": each.message} for each in problems]
    error = {"code": code, "message": message, "problems": listed}
    return JSONResponse({"error": error}, status, headers)


def install_error_handlers(app: FastAPI) -> None:
    """Translate every error that the parts below raise, once."""

    @app.exception_handler(NotFoundError)
    def not_found(_request: Request, error: NotFoundError) -> JSONResponse:
        return error_response(404, "not_found", str(error))

    @app.exception_handler(ConflictError)
    def conflict(_request: Request, error: ConflictError) -> JSONResponse:
        return error_response(409, "conflict", str(error))

    @app.exception_handler(InvalidError)
    def invalid(_request: Request, error: InvalidError) -> JSONResponse:
        return error_response(422, "invalid", _headline(error.problems), error.problems)

    @app.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [problem_of({**each, "loc": each["loc"][1:]}) for each in error.errors()]
        return error_response(422, "invalid", _headline(problems), problems)

    @app.exception_handler(GoneError)
    def gone(_request: Request, error: GoneError) -> JSONResponse:
        return error_response(410, "gone", str(error))

    @app.exception_handler(StaleError)
    def stale(_request: Request, error: StaleError) -> JSONResponse:
        return error_response(412, "stale", str(error))

    @app.exception_handler(NotAuthenticatedError)
    def not_authenticated(_request: Request, error: NotAuthenticatedError) -> JSONResponse:
        headers = {"WWW-Authenticate": "Bearer"}
        return error_response(401, "not_authenticated", str(error), headers=headers)

    @app.exception_handler(NotAllowedError)
    def not_allowed(_request: Request, error: NotAllowedError) -> JSONResponse:
        return error_response(403, "not_allowed", str(error))

    @app.exception_handler(TooManyWritesError)
    def too_many(_request: Request, error: TooManyWritesError) -> JSONResponse:
        headers = {"Retry-After": str(error.retry_seconds)}
        return error_response(429, "too_many_writes", str(error), headers=headers)

    @app.exception_handler(AuthenticationUnavailableError)
    @app.exception_handler(BusyError)
    @app.exception_handler(NotYetError)
    @app.exception_handler(OverdueError)
    @app.exception_handler(DamagedError)
    @app.exception_handler(SchemaError)
    @app.exception_handler(UnavailableError)
    @app.exception_handler(SchedulerError)
    def retry(_request: Request, error: Exception) -> JSONResponse:
        code = next(code for kind, code in _RETRY_CODES.items() if isinstance(error, kind))
        return error_response(503, code, str(error), headers={"Retry-After": str(RETRY_SECONDS)})

    @app.exception_handler(FullError)
    def full(_request: Request, error: FullError) -> JSONResponse:
        return error_response(507, "catalogue_full", str(error))

    @app.exception_handler(StoreError)
    def store(_request: Request, error: StoreError) -> JSONResponse:
        message = f"the store of the published results fails for now ({error})"
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return error_response(503, "store_unavailable", message, headers=headers)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 405:
            allowed = ", ".join(sorted(_methods_of(request)))
            message = f"{request.method} is not possible here; {allowed} are"
            return error_response(405, "method_not_allowed", message, headers={"Allow": allowed})
        code = "not_found" if error.status_code == 404 else "refused"
        headers = dict(error.headers) if error.headers else None
        return error_response(error.status_code, code, str(error.detail), headers=headers)


def _methods_of(request: Request) -> set[str]:
    """The methods of all routes of an address; Starlette itself names those of the first alone."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return methods


def _headline(problems: Sequence[Problem]) -> str:
    if len(problems) == 1:
        return str(problems[0])
    return f"{len(problems)} values are not as they should be; nothing was written"
