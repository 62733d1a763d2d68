"""The kinds of value that settings have, each checked when it is read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

if TYPE_CHECKING:  # it takes longer to load than a job to run
    from sqlalchemy import URL


def absolute(path: Path) -> Path:
    """The path from the root; ValueError for the home of a user who has none."""
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:  # ~nobody
        raise ValueError(str(error)) from None


def database_url(text: str) -> "URL":
    """The URL that a text is; ValueError unless it is of a database that may hold a catalogue."""
    from sqlalchemy import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        url = make_url(text)
    except ArgumentError:  # whose words may hold the text, and that a password
        raise ValueError(f"this is no database's URL; it looks like {_EXAMPLE_URL}") from None
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ValueError(
            f"a catalogue lies in SQLite or PostgreSQL, not in {url.drivername}; {_EXAMPLE_URL}"
        )
    if "iam" in url.query:
        _check_iam(url)
    return url


def _require_database_url(text: str) -> str:
    database_url(text)
    return text


def _check_iam(url: "URL") -> None:
    if url.query["iam"] != "true":
        raise ValueError("iam must be true, or be left out")
    if not (url.host and url.username) or url.password is not None:
        raise ValueError("iam=true needs a host and a user, and takes the place of a password")
    if url.query.get("sslmode") != "verify-full":
        raise ValueError(
            "iam=true needs sslmode=verify-full, as a token would let anybody in who gets it"
        )


def require_https(address: str) -> str:
    """The address; ValueError unless it is one of HTTPS, or of HTTP on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and local)):
        raise ValueError(f"{address} is not an https address")
    return address


def _require_tls(address: str) -> str:
    parts = urlsplit(address)
    try:
        complete = (
            parts.hostname and parts.port and not (parts.path or parts.query or parts.username)
        )
    except ValueError:  # of the port
        complete = False
    if parts.scheme != "tls" or not complete:
        raise ValueError(
            "it must be tls://host:port, as whoever reaches a Dask cluster without TLS can have it "
            "run any code"
        )
    return address


def _openid_scopes(text: str) -> str:
    if "openid" not in text.split():
        raise ValueError("it must have openid among its words, separated by spaces")
    return " ".join(text.split())


_EXAMPLE_URL = (
    "sqlite:////path/to/catalogue.sqlite or postgresql+psycopg://user:password@host/database"
)

Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1, le=2**31 - 1)]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Minutes = Annotated[float, Field(ge=0, le=525_600, allow_inf_nan=False)]
AbsolutePath = Annotated[Path, AfterValidator(absolute)]
StoreName = Literal["folder", "s3"]
SchedulerName = Literal["local", "eventbridge"]
JobsName = Literal["local", "batch"]
WithoutCluster = Literal["machine", "fail"]
Starter = Literal["recipes", "ingredients", "none"]
HttpsAddress = Annotated[str, AfterValidator(require_https)]
Scopes = Annotated[str, AfterValidator(_openid_scopes)]
DatabaseUrl = Annotated[str, AfterValidator(_require_database_url)]
ClusterAddress = Annotated[str, AfterValidator(_require_tls)]
