"""Errors as responses: one JSON shape for all of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from cocktailspace.api.auth.identity import (
    AuthenticationUnavailableError,
    NotAllowedError,
    NotAuthenticatedError,
)
from cocktailspace.artifacts.store import StoreError
from cocktailspace.catalogue.errors import (
    MOST_PROBLEMS,
    AlikeError,
    BusyError,
    ConflictError,
    DamagedError,
    FullError,
    InvalidError,
    MergedError,
    NotFoundError,
    Problem,
    SchemaError,
    UnavailableError,
    problem_of,
)
from cocktailspace.refresh.ports import SchedulerError

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
RETRY_SECONDS = 5
_RETRY = {"Retry-After": str(RETRY_SECONDS)}
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_LONGEST_PLACE, _LONGEST_MESSAGE = 200, 1_000


class ProblemOut(BaseModel):
    """One bad value of the request."""

    place: str = Field(examples=["ingredients[3].amount"])
    message: str = Field(examples=["Input should be greater than or equal to 0 (got -1.0)"])


class ErrorDetail(BaseModel):
    """What went wrong and what to do about it."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["there is no recipe 7"])
    problems: list[ProblemOut] = Field(
        [], description=f"The first {MOST_PROBLEMS} bad values, where it is the input's fault"
    )
    more_problems: int = Field(0, description="How many bad values there are besides these")


class ErrorAnswer(BaseModel):
    """The shape of every error."""

    error: ErrorDetail


class NotPublishedError(Exception):
    """The analytics asked for have not been published yet."""


class GoneError(Exception):
    """A resource that was retired; another one takes its place."""


class OverdueError(Exception):
    """The published result is older than it may be."""


class NoAnswerError(Exception):
    """A job that was to answer has ended without."""


class RefresherStoppedError(Exception):
    """The refresher does not work, so nothing new is published."""


class StaleError(Exception):
    """The client's If-Match does not name the present version."""


class TooManyRequestsError(Exception):
    """A client exceeds its rate limit."""

    def __init__(self, what: str, retry_seconds: int) -> None:
        self.retry_seconds = retry_seconds
        super().__init__(f"{what}; try again in {retry_seconds} s")


class TooLargeError(Exception):
    """A request's body is larger than the limit."""

    def __init__(self, most: int, advice: str) -> None:
        super().__init__(f"the request is larger than the limit of {most:,} bytes; {advice}")


class TooSlowError(Exception):
    """A request's body does not arrive before the deadline."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the request's body took longer than {seconds:g} s to arrive")


_REFUSALS: dict[type[Exception], tuple[int, str]] = {
    NotAuthenticatedError: (401, "not_authenticated"),
    NotAllowedError: (403, "not_allowed"),
    NotFoundError: (404, "not_found"),
    TooSlowError: (408, "too_slow"),
    ConflictError: (409, "conflict"),
    GoneError: (410, "gone"),
    StaleError: (412, "stale"),
    TooLargeError: (413, "too_large"),
    TooManyRequestsError: (429, "too_many_requests"),
    AuthenticationUnavailableError: (503, "authentication_unavailable"),
    BusyError: (503, "busy"),
    DamagedError: (503, "catalogue_damaged"),
    NoAnswerError: (503, "no_answer"),
    NotPublishedError: (503, "not_yet"),
    OverdueError: (503, "overdue"),
    RefresherStoppedError: (503, "not_looking"),
    SchedulerError: (503, "scheduler_unavailable"),
    SchemaError: (503, "schema_mismatch"),
    UnavailableError: (503, "catalogue_unavailable"),
    FullError: (507, "catalogue_full"),
}
"""Status and code of each error whose own words are all that there is to say."""


_DESCRIPTIONS = {
    308: "It was merged into another, which is at the address in Location",
    400: "The request cannot be read",
    401: "Writing needs a valid token",
    403: "The token's role is too low",
    404: "There is no such thing",
    408: "The request's body did not arrive in time",
    410: "It is gone for good; the message names what takes its place",
    409: "It contradicts what the catalogue holds",
    412: "It has changed since it was read",
    413: "The request is too large",
    422: "The input breaks rules; nothing was written",
    429: "Too many requests; Retry-After says when to go on",
    503: "Not available for now; Retry-After says when to ask again",
    507: "The catalogue's disk is full; nothing was written",
}


_SCHEMAS = "#/components/schemas/{model}"
_ERROR = {"schema": {"$ref": _SCHEMAS.format(model=ErrorAnswer.__name__)}}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of these statuses, with the shape of errors.

    By reference: given the model, FastAPI would make a validator for each status of each route,
    which is half of the time that an application takes to be made.
    """
    content = {"application/json": _ERROR}
    return {each: {"content": content, "description": _DESCRIPTIONS[each]} for each in statuses}


def _describe_errors(app: FastAPI) -> None:
    """Put the shape that `answers` refers to into the OpenAPI document."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        own = ErrorAnswer.model_json_schema(ref_template=_SCHEMAS)
        parts = own.pop("$defs")
        document["components"]["schemas"] |= {**parts, ErrorAnswer.__name__: own}
        return document

    app.openapi = openapi  # type: ignore[method-assign] # the documented way to extend it


# The errors of routes that read one entity, create, start a run, and change one entity.
READ = answers(404, 422, 429, 503) | {308: {"description": _DESCRIPTIONS[308]}}
WRITE = answers(400, 401, 403, 408, 409, 413, 422, 429, 503, 507)
RUN = answers(401, 403, 422, 429, 503)
WRITE_ONE = WRITE | answers(404, 412)


def error_response(
    status: int,
    code: str,
    message: str,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A response in the shape of errors."""
    listed = [
        {"place": _clipped(each.place, _LONGEST_PLACE), "message": _clipped(each.message)}
        for each in problems[:MOST_PROBLEMS]
    ]
    more = len(problems) - len(listed)
    error = {"code": code, "message": _clipped(message), "problems": listed, "more_problems": more}
    return JSONResponse({"error": error}, status, headers)


def _clipped(text: str, longest: int = _LONGEST_MESSAGE) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def install_error_handlers(app: FastAPI) -> None:
    """Make the application translate every domain error into a response, and describe them."""
    _describe_errors(app)

    for kind, (status, code) in _REFUSALS.items():
        app.add_exception_handler(kind, _refusal(status, code))

    @app.exception_handler(MergedError)
    def was_merged(request: Request, error: MergedError) -> Response:
        steps = request.url.path.split("/")
        address = "/".join(
            str(error.into_id) if each == str(error.old_id) else each for each in steps
        )
        if request.method not in ("GET", "HEAD"):
            return error_response(409, "merged", f"{error}: {address}")
        query = f"?{request.url.query}" if request.url.query else ""
        return Response(status_code=308, headers={"Location": f"{address}{query}"})

    @app.exception_handler(AlikeError)
    def alike(_request: Request, error: AlikeError) -> JSONResponse:
        return error_response(422, "alike", _headline(error.problems), error.problems)

    @app.exception_handler(InvalidError)
    def invalid(_request: Request, error: InvalidError) -> JSONResponse:
        return error_response(422, "invalid", _headline(error.problems), error.problems)

    @app.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [problem_of({**each, "loc": each["loc"][1:]}) for each in error.errors()]
        return error_response(422, "invalid", _headline(problems), problems)

    @app.exception_handler(StoreError)
    def store(_request: Request, error: StoreError) -> JSONResponse:
        message = f"the store of the published results fails for now ({error})"
        return error_response(503, "store_unavailable", message, headers=_RETRY)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers) if error.headers else None
        if error.status_code == 405:
            allowed = ", ".join(_methods_of(request))
            verb = "are" if "," in allowed else "is"
            message = f"{request.method} is not possible here; {allowed} {verb}"
            return error_response(405, "method_not_allowed", message, headers={"Allow": allowed})
        if error.status_code == 404:
            message = "there is nothing at this address; /api/v1/openapi.json lists what there is"
            return error_response(404, "not_found", message, headers=headers)
        return error_response(error.status_code, "refused", str(error.detail), headers=headers)


def _refusal(status: int, code: str) -> Callable[[Request, Exception], JSONResponse]:
    """The handler of errors that are told in their own words."""

    def handle(_request: Request, error: Exception) -> JSONResponse:
        headers = _RETRY if status == 503 else _CHALLENGE if status == 401 else None
        if isinstance(error, TooManyRequestsError):
            headers = {"Retry-After": str(error.retry_seconds)}
        return error_response(status, code, str(error), headers=headers)

    return handle


def _methods_of(request: Request) -> list[str]:
    """The methods of all routes of an address; Starlette itself names those of the first alone."""
    return [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": "GET" if method == "HEAD" else method})[0]
            is Match.FULL
            for route in request.app.routes
        )
    ]


def _headline(problems: Sequence[Problem]) -> str:
    if len(problems) == 1:
        return str(problems[0])
    return f"{len(problems):,} values are not as they should be; nothing was written"
