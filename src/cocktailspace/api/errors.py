"""Errors of HTTP, and the one JSON shape of all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from cocktailspace.catalogue.errors import MOST_PROBLEMS, Problem

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


class NoRoomError(Exception):
    """The disk for temporary files is full, in one of which a large answer is made."""

    def __init__(self) -> None:
        super().__init__("the server has no room left for temporary files; make room in TMPDIR")


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
    507: "The disk of the catalogue, or of temporary files, is full; nothing was written",
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


def describe_errors(app: FastAPI) -> None:
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
