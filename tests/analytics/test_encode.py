import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.conftest import encoded

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def _encode(data: object) -> bytes:
    return encoded("ingredient-usage", data, source_version=7, generated_at=NOW)


@pytest.mark.parametrize("data", [[], [{"name": "Crème"}, {"name": "Gin"}], {"a": 1}])
def test_an_artifact_carries_its_data_and_where_it_is_from(data: object) -> None:
    assert json.loads(_encode(data)) == {
        "data": data,
        "metadata": {
            "analytics_type": "ingredient-usage",
            "generated_at": "2026-01-02T03:04:05.000000Z",
            "source_version": 7,
            "storage_version": "v1",
        },
    }


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_rows_stand_on_lines_of_their_own(rows: int) -> None:
    first, *lines = _encode([{"row": row} for row in range(rows)]).splitlines()
    assert first == b'{"data":['
    assert [json.loads(line.removesuffix(b",")) for line in lines[:rows]] == [
        {"row": row} for row in range(rows)
    ]
    assert lines[rows].startswith(b"]")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("within", [lambda x: [x], lambda x: {"a": [{"b": x}]}, lambda x: [[1, x]]])
def test_what_json_cannot_hold_is_refused(number: float, within: Callable[[float], object]) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        _encode(within(number))


def test_names_may_be_those_of_numbers_that_json_cannot_hold() -> None:
    data = [{"name": "NaN"}, {"name": "To Infinity"}]
    assert json.loads(_encode(data))["data"] == data


def test_numbers_and_names_come_back_as_they_were() -> None:
    data = [0.1, 1e-9, 1e300, -0.0, 2**53, 'Crème "de" \\ Cassis\n', "\u2028", "🍸"]
    assert json.loads(_encode(data))["data"] == data


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_rows_may_be_made_one_by_one(rows: int) -> None:
    data = [{"row": row} for row in range(rows)]
    assert _encode(iter(data)) == _encode(data)
