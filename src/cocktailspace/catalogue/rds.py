"""Tokens of Amazon RDS and Aurora, by which connections sign in without a password.

A database URL asks for them with `iam=true`. One is signed on this machine with the AWS credentials
that boto3 finds, names host, port and user, and is looked at only when a connection begins, within
15 minutes: each connection takes a new one.
"""

import functools
from collections.abc import Mapping
from typing import Any

from cocktailspace.catalogue.errors import MissingDriverError, UnavailableError


def signed_in(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What psycopg connects with: a new token in the password's place, where `iam` asks for one."""
    known = {name: value for name, value in parameters.items() if name != "iam"}
    if "iam" in parameters:
        known["password"] = _token(known["host"], int(known.get("port", 5432)), known["user"])
    return known


def _token(host: str, port: int, user: str) -> str:
    try:
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingDriverError(
            f"iam=true takes more packages ({error}): pip install 'cocktailspace[aws]'"
        ) from error
    try:
        token: str = _rds().generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user)
    except BotoCoreError as error:  # no credentials, no region
        raise UnavailableError(
            f"no token for the database could be signed ({error}); iam=true needs AWS credentials "
            "and AWS_DEFAULT_REGION"
        ) from error
    return token


@functools.cache
def _rds() -> Any:
    import boto3  # noqa: PLC0415 - an extra

    return boto3.client("rds")
