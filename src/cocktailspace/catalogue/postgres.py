"""What is PostgreSQL's own: its pool of connections, its writers' locks, its errors."""

import time
import zlib
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError

from cocktailspace.catalogue.errors import (
    BusyError,
    DamagedError,
    FullError,
    MissingDriverError,
    SchemaError,
    UnavailableError,
)
from cocktailspace.catalogue.rds import signed_in

WAIT_SECONDS = 5.0
"""How long to wait for a server that starts, ends or is replaced, for a connection, for a turn."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0

_CONNECTION = {
    "application_name": "cocktailspace",
    "connect_timeout": 5,
    # Who is cut off notices within seconds, not hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    # A pooler between us may give each transaction another connection, without what was prepared.
    "prepare_threshold": None,
}
"""How to connect, where the URL does not say otherwise."""

_WRITER, JOB, _LOG = 0x636F636B74, 0x636F636B75, 0x636F636B76
"""Numbers of the locks of the whole catalogue, of the job, and of the change log."""
_CLAIMS = 0x636F63
"""Beside the number of what is claimed: these locks have two numbers, those above have one."""

# The server, too, notices within seconds that who holds a lock is cut off. What is set ends with
# the transaction, so that it works behind a pooler.
KEEPALIVES = """\
SET LOCAL tcp_keepalives_idle = 5;
SET LOCAL tcp_keepalives_interval = 2;
SET LOCAL tcp_keepalives_count = 3;
SET LOCAL tcp_user_timeout = '10s'"""
_BEGIN_WRITE = f"""\
SET LOCAL idle_in_transaction_session_timeout = '120s';
{KEEPALIVES};
"""
_COMMIT_CHANGES = """\
SELECT pg_advisory_xact_lock({lock});
INSERT INTO changes (version, changed_at, entity, entity_id, action)
SELECT (SELECT coalesce(max(version), 0) FROM changes) + place, '{changed_at}', entity, id, action
FROM unnest('{entities}'::text[], '{ids}'::bigint[], '{actions}'::text[])
WITH ORDINALITY AS touched (entity, id, action, place);
COMMIT"""


def postgres_engine(url: URL, *, most_connections: int) -> Engine:
    """An engine for a PostgreSQL database, whose every transaction keeps our rules.

    Connections are opened when they are needed, and looked at before they are used again.
    """
    require_driver()
    engine = create_engine(
        url,
        pool_size=most_connections,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
        pool_pre_ping=True,
        connect_args=_unless_said(url),
    )

    @event.listens_for(engine, "do_connect")
    def sign_in(
        dialect: Dialect, _record: object, arguments: list[Any], parameters: dict[str, Any]
    ) -> object:
        return dialect.connect(*arguments, **signed_in(parameters))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("writes", False):
            connection.exec_driver_sql(_begin_write(options.get("claims", ())))

    @event.listens_for(engine, "handle_error")
    def connect_anew(context: ExceptionContext) -> None:
        # A server that ends says so before the connection is gone; one that only reads was a
        # failover's former primary.
        state = _sqlstate(context.original_exception)
        if state.startswith("57P") or (state == "25006" and not _for_reading(context.connection)):
            context.is_disconnect = True

    return engine


def _begin_write(claims: Collection[str]) -> str:
    """Locks that the transaction holds, so that what a writer has checked still holds when it
    commits: the catalogue's alone, or the catalogue's with others and one for each claim.

    A statement sees what was committed before it began: locks come before all that is read. All
    writers take theirs in one order, or two could wait for each other.
    """
    begin = f"SET LOCAL lock_timeout = '{1000 * WAIT_SECONDS:.0f}ms';\n{_BEGIN_WRITE}"
    if not claims:
        return f"{begin}SELECT pg_advisory_xact_lock({_WRITER})"
    shared = f"{begin}SELECT pg_advisory_xact_lock_shared({_WRITER})"
    return ";\n".join([shared, *sorted({_claim(name) for name in claims})])


def _claim(name: str) -> str:
    number = zlib.crc32(name.encode()) - 2**31  # two names of one number wait for each other
    return f"SELECT pg_advisory_xact_lock({_CLAIMS}, {number})"


def claim(connection: Connection, name: str) -> None:
    """Wait for the lock of this claim, too."""
    connection.exec_driver_sql(_claim(name))


def commit_changes(
    connection: Connection, rows: Sequence[tuple[str, int, str]], changed_at: str
) -> None:
    """Number the changes (entity, id, action), add them to the log, and commit.

    Versions follow the order of commits, since a lock is held from one to the other; they have no
    gaps, which a sequence would leave where a transaction is undone. Writers wait for each other
    here: it is one message, so that no way to the server and back lies between.
    """
    arrays = ["{" + ",".join(map(str, column)) + "}" for column in zip(*rows, strict=True)]
    entities, ids, actions = arrays
    connection.exec_driver_sql(
        _COMMIT_CHANGES.format(
            lock=_LOG, changed_at=changed_at, entities=entities, ids=ids, actions=actions
        )
    )


def require_driver() -> None:
    """Raise MissingDriverError where psycopg, an extra, is not installed."""
    try:
        import psycopg  # noqa: F401, PLC0415
    except ImportError as error:
        raise MissingDriverError(
            f"PostgreSQL takes more packages ({error}): pip install 'cocktailspace[postgres]'"
        ) from error


def _unless_said(url: URL) -> dict[str, Any]:
    return {name: value for name, value in _CONNECTION.items() if name not in url.query}


def connection_parameters(url: URL) -> dict[str, Any]:
    """What psycopg connects with, for who does without SQLAlchemy's pool."""
    require_driver()
    _, parameters = url.get_dialect()().create_connect_args(url)
    return signed_in({**parameters, **_unless_said(url)})


def for_reading(connection: Connection) -> Connection:
    """Have the connection's next transaction see the whole catalogue at one moment, and only read.

    By default each statement would see what was committed before it.
    """
    return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _for_reading(connection: Connection | None) -> bool:
    options = {} if connection is None else connection.get_execution_options()
    return bool(options.get("postgresql_readonly", False))


def connect(engine: Engine) -> Connection:
    """Connect; waits some seconds for a server that does not answer. UnavailableError if it never
    does.
    """
    until, pause = time.monotonic() + WAIT_SECONDS, _FIRST_PAUSE
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            if time.monotonic() + pause > until:
                raise UnavailableError(
                    f"the database does not answer ({_reason(error)}); see to the server and to "
                    "DATABASE_URL"
                ) from error
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def refuse_foreign_tables(tables: list[str]) -> None:
    """Raise SchemaError for a database that holds other tables, and no catalogue."""
    if tables and "alembic_version" not in tables:
        listed = ", ".join(map(repr, sorted(tables)[:5]))
        raise SchemaError(
            f"the database of DATABASE_URL holds tables of another program ({listed}), and no "
            "catalogue; it was left as it is: give the catalogue a database of its own"
        )


def raise_domain_error(error: DBAPIError) -> None:
    """Raise the catalogue's error for one of PostgreSQL's that a caller can do something about.

    By its code: https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    state, reason = _sqlstate(error.orig), _reason(error)
    match state:
        case "55P03" | "40P01" | "40001" | "57014" | "53300":
            raise BusyError from error
        case "53100":
            raise FullError(
                "the disk that holds the database is full and nothing was written; make room"
            ) from error
        case "25006":
            raise UnavailableError(
                "the database takes no writes for now, and nothing was written: its server is a "
                "standby, or is set to read only"
            ) from error
        case "42501":
            raise UnavailableError(
                f"the database refuses it and nothing was written ({reason}); see to the rights of "
                "the user of DATABASE_URL"
            ) from error
        case "XX001" | "XX002":
            raise DamagedError(
                f"the database is damaged ({reason}); put back what its own tools backed up"
            ) from error
    if error.connection_invalidated or state[:2] in ("08", "53", "57", "58"):
        raise UnavailableError(
            f"the connection to the database was lost and nothing was written ({reason})"
        ) from error


def _sqlstate(error: BaseException | None) -> str:
    return getattr(error, "sqlstate", None) or ""


def _reason(error: DBAPIError) -> str:
    """What the server says, in one line, without where it is."""
    return " ".join(str(error.orig).rpartition(" failed: ")[2].split())
