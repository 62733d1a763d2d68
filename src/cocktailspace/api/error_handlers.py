"""Every domain error translated into what is said of it, once, at the edge."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from cocktailspace.api.auth.identity import (
    AuthenticationUnavailableError,
    NotAllowedError,
    NotAuthenticatedError,
)
from cocktailspace.api.errors import (
    GoneError,
    NoAnswerError,
    NoRoomError,
    NotPublishedError,
    OverdueError,
    RefresherStoppedError,
    StaleError,
    TooLargeError,
    TooManyRequestsError,
    TooSlowError,
    describe_errors,
    error_response,
)
from cocktailspace.artifacts.store import StoreError
from cocktailspace.catalogue.errors import (
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

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
_RETRY = {"Retry-After": "5"}
_CHALLENGE = {"WWW-Authenticate": "Bearer"}

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
    NoRoomError: (507, "temporary_full"),
}
"""Status and code of each error whose own words are all that there is to say."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What there is to say of a request that failed, in whatever form it is said.

    programs: advice that is of use to programs alone.
    """

    status: int
    code: str
    message: str
    problems: Sequence[Problem] = ()
    headers: Mapping[str, str] | None = None
    programs: str = ""

    @classmethod
    def of_problems(cls, code: str, problems: Sequence[Problem]) -> "Refusal":
        """One that names bad values."""
        if len(problems) == 1:
            headline = str(problems[0])
        else:
            headline = f"{len(problems):,} values are not as they should be; nothing was written"
        return cls(422, code, headline, problems)

    def as_json(self) -> JSONResponse:
        """In the shape of errors."""
        message = f"{self.message}; {self.programs}" if self.programs else self.message
        return error_response(self.status, self.code, message, self.problems, self.headers)


_Handler = Callable[[Request, Exception], Response]


def install_error_handlers(app: FastAPI, in_form: Callable[[Request, Refusal], Response]) -> None:
    """Make the application translate every domain error into a response, and describe them.

    in_form: the refusal in the form that the request asks for.
    """
    describe_errors(app)

    def handler(refuse: Callable[[Request, Any], Refusal]) -> _Handler:
        return lambda request, error: in_form(request, refuse(request, error))

    for kind, (status, code) in _REFUSALS.items():
        app.add_exception_handler(kind, handler(_in_own_words(status, code)))
    for kind, code in {AlikeError: "alike", InvalidError: "invalid"}.items():
        app.add_exception_handler(kind, handler(_of_bad_values(code)))
    app.add_exception_handler(RequestValidationError, handler(_malformed))
    app.add_exception_handler(StoreError, handler(_store_failed))
    app.add_exception_handler(HTTPException, handler(_refused_by_router))

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


def _in_own_words(status: int, code: str) -> Callable[[Request, Exception], Refusal]:
    """Of errors that are told in their own words."""

    def refuse(_request: Request, error: Exception) -> Refusal:
        headers = _RETRY if status == 503 else _CHALLENGE if status == 401 else None
        if isinstance(error, TooManyRequestsError):
            headers = {"Retry-After": str(error.retry_seconds)}
        return Refusal(status, code, str(error), headers=headers)

    return refuse


def _of_bad_values(code: str) -> Callable[[Request, InvalidError], Refusal]:
    """Of errors that name bad values."""

    def refuse(_request: Request, error: InvalidError) -> Refusal:
        return Refusal.of_problems(code, error.problems)

    return refuse


def _malformed(_request: Request, error: RequestValidationError) -> Refusal:
    problems = [problem_of({**each, "loc": each["loc"][1:]}) for each in error.errors()]
    return Refusal.of_problems("invalid", problems)


def _store_failed(_request: Request, error: StoreError) -> Refusal:
    message = f"the store of the published results fails for now ({error})"
    return Refusal(503, "store_unavailable", message, headers=_RETRY)


def _refused_by_router(request: Request, error: HTTPException) -> Refusal:
    if error.status_code == 405:
        allowed = ", ".join(_methods_of(request))
        verb = "are" if "," in allowed else "is"
        message = f"{request.method} is not possible here; {allowed} {verb}"
        return Refusal(405, "method_not_allowed", message, headers={"Allow": allowed})
    if error.status_code == 404:
        listing = "/api/v1/openapi.json lists what there is"
        message = "there is nothing at this address"
        return Refusal(404, "not_found", message, headers=error.headers, programs=listing)
    return Refusal(error.status_code, "refused", str(error.detail), headers=error.headers)


def _methods_of(request: Request) -> list[str]:
    """The methods of all routes of an address; Starlette itself names those of the first alone."""
    return [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": "GET" if method == "HEAD" else method})[0]
            is Match.FULL
            for route in request.app.routes
        )
    ]
