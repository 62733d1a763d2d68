"""Forms and panels ask for and show what the models declare."""

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.site import WEB
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.models import IngredientDraft, LineDraft, RecipeDraft

EDIT = Path(WEB) / "static/js/edit"


@pytest.fixture
def declared(services: Services) -> dict[str, list[dict[str, object]]]:
    """What the page is told."""
    with TestClient(create_app(services)) as client:
        page = client.get("/").text
    found = re.search(r'<script type="application/json" id="fields">(.*?)</script>', page)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_the_page_is_told_of_every_field_that_is_for_people(
    declared: dict[str, list[dict[str, object]]],
) -> None:
    hidden = {"recipe": {"uid", "extra"}, "line": set(), "ingredient": set()}
    models = {"recipe": RecipeDraft, "line": LineDraft, "ingredient": IngredientDraft}
    for name, model in models.items():
        told = {field["name"] for field in declared[name]}
        assert told == set(model.model_fields) - hidden[name]
        assert all(field["label"] for field in declared[name])


def test_the_forms_have_an_input_for_each_kind_of_field(
    declared: dict[str, list[dict[str, object]]],
) -> None:
    source = (EDIT / "model-fields.js").read_text()
    table = re.search(r"const KINDS = \{(.*?)\n\};", source, re.DOTALL)
    assert table
    known = {*re.findall(r"^  (\w+): \{ input", table[1], re.MULTILINE), "check"}
    kinds = {field["kind"] for model in ("recipe", "ingredient") for field in declared[model]}
    in_the_row = {"unit_id"}
    kinds |= {field["kind"] for field in declared["line"] if field["name"] not in in_the_row}
    assert kinds <= known


def test_the_row_of_a_line_asks_for_what_is_not_among_its_other_fields() -> None:
    source = (EDIT / "recipe-lines.js").read_text()
    row = re.search(r"const IN_THE_ROW = (\[.*?\]);", source)
    assert row
    for name in json.loads(row[1]):
        assert name in LineDraft.model_fields
        assert f"{name}: " in source, "it is read from the row"
