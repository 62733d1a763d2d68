"""Errors as answers: one JSON shape for all of them."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from cocktailspace.artifacts.store import StoreError
from cocktailspace.catalogue.errors import (
    BusyError,
    ConflictError,
    InvalidError,
    NotFoundError,
    Problem,
)
from cocktailspace.catalogue.validation import problem_of

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


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: these statuses answer with the one error shape."""
    descriptions = {
        400: "The request cannot be read",
        404: "There is no such thing",
        409: "It contradicts what the catalogue holds",
        422: "The input breaks rules; nothing was written",
        503: "Not available for now; Retry-After says when to ask again",
    }
    return {each: {"model": ErrorAnswer, "description": descriptions[each]} for each in statuses}


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

    @app.exception_handler(BusyError)
    @app.exception_handler(NotYetError)
    def retry(_request: Request, error: Exception) -> JSONResponse:
        code = "busy" if isinstance(error, BusyError) else "not_yet"
        return error_response(503, code, str(error), headers={"Retry-After": str(RETRY_SECONDS)})

    @app.exception_handler(StoreError)
    def store(_request: Request, error: StoreError) -> JSONResponse:
        message = f"the published results cannot be read for now ({error})"
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return error_response(503, "store_unavailable", message, headers=headers)

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "refused")
        headers = dict(error.headers) if error.headers else None
        return error_response(error.status_code, code, str(error.detail), headers=headers)


def _headline(problems: Sequence[Problem]) -> str:
    if len(problems) == 1:
        return str(problems[0])
    return f"{len(problems)} values are not as they should be; nothing was written"
