from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import InvalidError
from cocktailspace.catalogue.idempotency import KEY_LIFETIME, earlier_response, store_response
from cocktailspace.catalogue.schema import idempotency_keys
from tests.conftest import ManualClock

pytestmark = pytest.mark.both_databases


def _keep(database: Database, key: str, fingerprint: str, answer: str) -> None:
    with database.transaction() as tx:
        store_response(tx, key, fingerprint, answer)


def test_an_answer_is_given_again_for_a_day_to_the_same_request(
    database: Database, clock: ManualClock
) -> None:
    _keep(database, "key", "content", "answer")
    clock.now += KEY_LIFETIME
    with database.transaction() as tx:
        assert earlier_response(tx, "key", "content") == "answer"
        assert earlier_response(tx, "another", "content") is None
        with pytest.raises(InvalidError, match="another request"):
            earlier_response(tx, "key", "other content")
    clock.now += timedelta(seconds=1)
    with database.transaction() as tx:
        assert earlier_response(tx, "key", "other content") is None


def test_answers_that_are_too_old_take_no_room(database: Database, clock: ManualClock) -> None:
    for number in range(5):
        _keep(database, f"key {number}", "content", "answer")
    clock.now += KEY_LIFETIME + timedelta(seconds=1)
    _keep(database, "key 0", "content", "a new answer")
    with database.reading() as connection:
        count = connection.execute(select(func.count()).select_from(idempotency_keys)).scalar_one()
    assert count == 1
