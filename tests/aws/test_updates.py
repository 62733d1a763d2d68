"""A running stack of an earlier version becomes one of this version, and loses nothing."""

from typing import Any

import pytest

from tests.aws.resolve import resolve
from tests.aws.updates import EARLIER, Held, earlier, held, update

API, STAGE = "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage"
HOLDS_DATA = {
    *("FileSystem", "FileSystemAccessPoint", "UserPool", "EditorGroup", "AdminGroup"),
    *("AnalyticsBucket", "AnalyticsECRRepository", "JobLogs", "CocktailLogGroup"),
}


@pytest.mark.parametrize("name", sorted(path.stem for path in EARLIER.glob("*.json")))
def test_an_update_replaces_nothing_and_deletes_the_api_of_before_alone(name: str) -> None:
    before = earlier(name)
    found = update(before, held(resolve("prod")))
    assert found.replaced == set()
    assert found.clashes == set()
    assert {before[each].type for each in found.deleted} == {API, STAGE, "AWS::Lambda::Permission"}
    assert found.kept >= HOLDS_DATA | {"UserPoolClient", "MountTargetA", "MountTargetB"}


@pytest.mark.parametrize(
    ("before", "after"), [("sqlite", "moving"), ("moving", "aurora"), ("sqlite", "aurora")]
)
def test_moving_to_aurora_replaces_nothing(before: str, after: str) -> None:
    stack = held(resolve("prod", Catalogue=before))
    found = update(stack, held(resolve("prod", Catalogue=after)))
    assert (found.kept, found.replaced, found.deleted) == (stack.keys(), set(), set())
    assert not found.clashes


def test_another_snapshot_makes_the_database_anew_and_nothing_else() -> None:
    before = held(resolve("prod", Catalogue="aurora"))
    found = update(before, held(resolve("prod", Catalogue="aurora", DatabaseSnapshot="arn:any")))
    assert found.replaced == {"Database"}
    assert not found.deleted


def _under_its_earlier_id(value: Any) -> Any:
    """As if the API had kept its logical id."""
    if isinstance(value, Held):
        fixed = _under_its_earlier_id(value.fixed)
        return Held(value.type, fixed, [_under_its_earlier_id(each) for each in value.names])
    if isinstance(value, dict):
        return {_under_its_earlier_id(k): _under_its_earlier_id(v) for k, v in value.items()}
    return value.replace("HttpApi", "CocktailAPI") if isinstance(value, str) else value


def test_an_api_that_kept_its_id_could_not_get_its_routes() -> None:
    before = earlier("with-cloudfront")
    found = update(before, _under_its_earlier_id(held(resolve("prod"))))
    taken = "AWS::ApiGatewayV2::Route cocktailspace-prod-CocktailAPI POST /{proxy+}"
    assert f"PostRoute: {taken}" in found.clashes
    assert any(each.startswith("ApiStage: ") for each in found.clashes)
    assert "CocktailAPI" in found.replaced


def test_what_may_not_change_is_noticed() -> None:
    before, after = earlier("with-cloudfront"), held(resolve("prod"))
    after["FileSystem"].fixed["Encrypted"] = False
    del after["UserPool"]
    found = update(before, after)
    assert found.replaced == {"FileSystem"}
    assert "UserPool" in found.deleted
