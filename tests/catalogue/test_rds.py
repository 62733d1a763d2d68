"""Signing in with tokens of Amazon RDS in a password's place, and the users who do."""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import boto3
import pytest
import sqlalchemy as sa

from cocktailspace.catalogue import postgres, rds
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import MissingDriverError, UnavailableError
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.rds_users import make_users
from cocktailspace.catalogue.schema import changes
from cocktailspace.catalogue.snapshot import clock_of, take_snapshot
from cocktailspace.times import utc_now
from tests.conftest import BAR, import_document
from tests.rds import Rds, make_certificate


@pytest.fixture
def users(aws_database: Rds) -> Callable[[str], sa.URL]:
    """URLs of the users, after they were made."""
    make_users(aws_database.url("postgres"), writer="cocktailspace", reader="cocktailspace_job")
    return aws_database.url


def test_each_connection_signs_in_with_a_token_of_its_own(
    users: Callable[[str], sa.URL], aws_database: Rds
) -> None:
    del aws_database.tokens[:]
    with closing(Database(users("cocktailspace"))) as database:
        migrate(database)
        with database.reading(), database.reading():
            pass
    assert len(aws_database.tokens) >= 2
    for token in aws_database.tokens:
        asked, _, query = token.partition("/?")
        found = parse_qs(query)
        assert asked == f"localhost:{aws_database.port}"
        assert (found["Action"], found["DBUser"]) == (["connect"], ["cocktailspace"])
        assert found["X-Amz-Expires"] == ["900"]


def test_who_reads_sees_what_is_written_and_cannot_write(
    users: Callable[[str], sa.URL], database: Database
) -> None:
    with closing(Database(users("cocktailspace"))) as there:
        migrate(there)
        for each in (there, database):
            import_document(each, BAR)
    assert database.path is not None
    assert take_snapshot(users("cocktailspace_job")).recipes == take_snapshot(database.path).recipes
    with (
        closing(Database(users("cocktailspace_job"))) as reader,
        pytest.raises(UnavailableError, match="permission denied for table"),
        reader.schema_change() as connection,
    ):
        connection.execute(sa.delete(changes))


def test_users_are_made_once_and_may_not_make_others(
    users: Callable[[str], sa.URL], aws_database: Rds
) -> None:
    make_users(aws_database.url("postgres"), writer="cocktailspace", reader="cocktailspace_job")
    with pytest.raises(UnavailableError, match=r"no users were made \(permission denied"):
        make_users(users("cocktailspace"), writer="mallory", reader="cocktailspace_job")


def test_a_token_is_told_to_nobody(
    users: Callable[[str], sa.URL], aws_database: Rds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a message, nor to a server whose certificate is not Amazon's."""
    monkeypatch.setattr(postgres, "WAIT_SECONDS", 0.1)
    aws_database.forgets = True
    with (
        closing(Database(users("cocktailspace"))) as database,
        pytest.raises(UnavailableError) as caught,
    ):
        migrate(database)
    assert "password authentication failed" in str(caught.value)
    assert "X-Amz" not in str(caught.value)
    with pytest.raises(UnavailableError) as refused:
        take_snapshot(users("cocktailspace"))
    assert "X-Amz" not in str(refused.value)


def test_a_server_with_another_certificate_gets_no_token(
    users: Callable[[str], sa.URL], tmp_path: Path
) -> None:
    make_certificate(tmp_path, "other.pem")
    wrong = users("cocktailspace").update_query_dict({"sslrootcert": str(tmp_path / "other.pem")})
    with pytest.raises(UnavailableError, match="certificate verify failed"):
        take_snapshot(wrong)
    missing = users("cocktailspace").update_query_dict({"sslrootcert": str(tmp_path / "none.pem")})
    with pytest.raises(UnavailableError, match=r"none\.pem.*does not exist"):
        take_snapshot(missing)


@pytest.mark.parametrize("gone", ["AWS_DEFAULT_REGION", "AWS_SECRET_ACCESS_KEY"])
def test_what_a_token_lacks_is_named(
    gone: str,
    aws_environment: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(gone)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setattr(rds, "_rds", rds._rds.__wrapped__)
    with pytest.raises(UnavailableError, match="needs AWS credentials and AWS_DEFAULT_REGION"):
        rds.signed_in({"iam": "true", "host": "host", "user": "ann"})
    url = sa.make_url("postgresql+psycopg://ann@host.invalid/any?iam=true&sslmode=verify-full")
    assert abs(clock_of(url)() - utc_now()) < timedelta(minutes=1), "a job's own clock will do"
    with pytest.raises(UnavailableError, match="needs AWS credentials"):  # and is tried again
        take_snapshot(url)


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    with pytest.raises(MissingDriverError, match=r"pip install 'cocktailspace\[aws\]'"):
        rds.signed_in({"iam": "true", "host": "host", "user": "ann"})
