"""A real PostgreSQL server that lets users in as Amazon RDS does: over TLS, members of rds_iam, by
a token as a password in clear. It takes the newest token of each user that was signed in this
process, and no earlier one; or any, where other processes sign them.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psycopg
import sqlalchemy as sa
from psycopg import sql

from tests.ports import free_port
from tests.postgres import CONNECT_TIMEOUT, PostgresServer, execute, server_folder

_HBA = "local all rdsadmin trust\nhostssl all +rds_iam 127.0.0.1/32 {}\n"
_TLS = "ssl = on\nssl_key_file = 'key.pem'\nssl_cert_file = '{}/rds.pem'\n"
_CERTIFICATE = """\
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost
-addext subjectAltName=DNS:localhost -keyout key.pem -out"""


class Rds:
    """A database, its owner among the users that sign in with tokens, and who signs them."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.tokens = folder, port, list[str]()
        self.forgets = False
        self._boto3 = boto3.client("rds")

    def url(self, user: str) -> sa.URL:
        query = {
            "connect_timeout": CONNECT_TIMEOUT,
            "iam": "true",
            "sslmode": "verify-full",
            "sslrootcert": str(self.folder / "rds.pem"),
        }
        return sa.URL.create(
            "postgresql+psycopg",
            username=user,
            host="localhost",
            port=self.port,
            database="cocktailspace",
            query=query,
        )

    def generate_db_auth_token(self, **of: Any) -> str:
        """Sign a token, and have the server take it and no earlier one."""
        token: str = self._boto3.generate_db_auth_token(**of)
        self.tokens.append(token)
        if not self.forgets:
            command = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(of["DBUsername"]), sql.Literal(token)
            )
            self.administer(command)
        return token

    def administer(self, *commands: sql.Composed | sql.SQL) -> None:
        where = {"host": str(self.folder), "port": self.port, "user": "rdsadmin"}
        with psycopg.connect(**where, dbname="postgres", autocommit=True) as connection:
            for command in commands:
                execute(connection, command)


def make_certificate(folder: Path, name: str) -> None:
    """Make a certificate of localhost that signs itself, and its key, key.pem."""
    subprocess.run([*_CERTIFICATE.split(), name], cwd=folder, check=True, capture_output=True)


@contextmanager
def rds_server(programs: Path, *, any_token: bool = False) -> Iterator[tuple[Path, int]]:
    """Run a server until the context ends: its folder and its port on loopback."""
    port = free_port()
    with server_folder() as folder:
        server = PostgresServer(programs, folder, address="127.0.0.1", port=port, owner="rdsadmin")
        try:
            server.initialise()
            make_certificate(folder, "rds.pem")
            key = server.data / "key.pem"
            shutil.move(folder / "key.pem", key)
            shutil.chown(key, server.data.owner())
            rules = _HBA.format("trust" if any_token else "password")
            (server.data / "pg_hba.conf").write_text(rules)
            with (server.data / "postgresql.conf").open("a") as settings:
                settings.write(_TLS.format(folder))
            server.start()
            yield folder, port
        finally:
            server.stop()


@contextmanager
def new_rds(folder: Path, port: int) -> Iterator[Rds]:
    """A new database on that server, and postgres, who owns it, signs in with tokens, and makes
    users.
    """
    made = Rds(folder, port)
    made.administer(
        sql.SQL("CREATE ROLE rds_iam"),
        sql.SQL("CREATE ROLE postgres LOGIN CREATEROLE CREATEDB IN ROLE rds_iam"),
        sql.SQL("CREATE DATABASE cocktailspace OWNER postgres"),
    )
    try:
        yield made
    finally:
        made.administer(
            sql.SQL("DROP DATABASE cocktailspace WITH (FORCE)"),
            sql.SQL("DROP ROLE IF EXISTS cocktailspace_job, cocktailspace, postgres, rds_iam"),
        )
