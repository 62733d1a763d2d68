"""Imports are planned, decided, applied whole and undone in one step."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, select

from cocktailspace.catalogue.database import Database, Limits
from cocktailspace.catalogue.errors import BusyError, ConflictError, InvalidError, NotFoundError
from cocktailspace.catalogue.imports import (
    KEPT_FOR,
    MOST_PLANS,
    PLANNED_FOR,
)
from cocktailspace.catalogue.ingredients import (
    create_ingredients,
    delete_ingredient,
    list_ingredients,
)
from cocktailspace.catalogue.models import Ingredient, IngredientDraft, Recipe, RecipeDraft
from cocktailspace.catalogue.recipes import load_drafts, load_recipes
from cocktailspace.catalogue.schema import recipes
from cocktailspace.catalogue.transfer import export_text
from cocktailspace.importing import service
from cocktailspace.importing.decisions import Answer, Decisions
from cocktailspace.importing.plan_view import described
from cocktailspace.importing.planning import counts_of
from cocktailspace.importing.service import Import, Imports, StalePlanError, UndecidedError
from tests.conftest import BAR, ManualClock, import_document

pytestmark = pytest.mark.both_databases

ME, YOU = "issuer me", "issuer you"


@pytest.fixture
def imports(database: Database, clock: ManualClock) -> Imports:
    import_document(database, BAR)
    return Imports(database, clock)


def body(*recipes: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"recipes": recipes, **more}).encode()


def drink(name: str, *lines: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "ingredients": list(lines), **fields}


def start(imports: Imports, *recipes: dict[str, Any], **decided: Any) -> Import:
    return imports.start(ME, "mine.json", body(*recipes), decisions=Decisions(**decided))


def applied(imports: Imports, *recipes: dict[str, Any], **decided: Any) -> Import:
    found = start(imports, *recipes, **{"rest": "unsorted", **decided})
    return imports.apply(ME, found.stored.id, found.plan.digest)


def text(database: Database) -> str:
    with database.reading() as connection:
        return export_text(connection, "catalogue/2")


def named(connection: Connection, name: str) -> list[Recipe]:
    ids = connection.execute(select(recipes.c.id).where(recipes.c.name == name)).scalars()
    return list(load_recipes(connection, ids.all()).values())


def recipe(database: Database, name: str) -> RecipeDraft:
    with database.reading() as connection:
        (found,) = named(connection, name)
        return load_drafts(connection, [found.id])[found.id]


def ingredient(database: Database, name: str) -> Ingredient:
    with database.reading() as connection:
        (found,) = [each for each in list_ingredients(connection) if each.name == name]
        return found


RED = drink("Red Hook", "2 oz rye", "1/2 oz sweet vermouth", "1-2 dashes Orange Bitters")


def test_a_plan_changes_nothing(imports: Imports, database: Database) -> None:
    before = text(database)
    found = start(imports, RED)
    assert counts_of(found.plan) == {"create": 1}
    assert text(database) == before


def test_what_was_planned_is_applied(imports: Imports, database: Database) -> None:
    applied(imports, RED | {"glass": "Coupe", "rating": 5, "category": "Sours"})
    made = recipe(database, "Red Hook")
    assert (made.glass, made.tags, made.source) == ("Coupe", ("Sours",), "mine")
    assert made.extra == {"rating": 5}
    assert [(line.amount, line.amount_max) for line in made.ingredients] == [
        (2, None), (0.5, None), (1, 2),
    ]  # fmt: skip
    assert made.ingredients[0].ingredient_id == ingredient(database, "Rye").id
    new = ingredient(database, "Orange Bitters")
    assert new.parent_id == ingredient(database, "Bitters").id


def test_an_import_is_undone_in_one_step(imports: Imports, database: Database) -> None:
    before = text(database)
    negroni = drink("Negroni", "1 oz gin", garnish="orange", description="bitter")
    found = applied(imports, RED, negroni, drink("Odd", "1 cup plonk", "2 slices foo"))
    assert text(database) != before
    imports.undo(ME, found.stored.id)
    assert text(database) == before
    with pytest.raises(ConflictError, match="not applied"):
        imports.undo(ME, found.stored.id)


def test_a_plan_that_is_applied_twice_at_once_is_applied_once(
    imports: Imports, database: Database
) -> None:
    found = start(imports, RED, rest="unsorted")
    first = imports.carry_out(found, found.plan.digest)
    after = text(database)
    second = imports.carry_out(found, found.plan.digest)
    assert (first.stored, text(database)) == (second.stored, after)


@pytest.mark.parametrize("touched", ["recipe", "ingredient"])
def test_what_was_touched_since_is_not_undone(
    imports: Imports, database: Database, touched: str
) -> None:
    found = applied(imports, RED)
    change: dict[str, Any] = {"format": "catalogue/2"}
    if touched == "recipe":
        change["recipes"] = [{"name": "Red Hook", "notes": "mine"}]
    else:
        change["ingredients"] = [{"name": "Orange Bitters", "description": "mine"}]
    import_document(database, change)
    before = text(database)
    with pytest.raises(ConflictError, match="changed since"):
        imports.undo(ME, found.stored.id)
    assert text(database) == before


def test_what_others_use_by_now_is_not_undone(imports: Imports, database: Database) -> None:
    found = applied(imports, RED)
    applied(imports, drink("Other", "1 dash orange bitters"))
    with pytest.raises(ConflictError, match="used by"):
        imports.undo(ME, found.stored.id)
    assert recipe(database, "Red Hook")


def test_what_named_an_ingredient_that_is_gone_by_now_is_not_undone(
    imports: Imports, database: Database
) -> None:
    with database.transaction() as tx:
        (gone,) = create_ingredients(tx, [IngredientDraft(name="Gone")], [""])
    applied(imports, drink("Odd", "1 oz gone"))
    found = applied(imports, drink("Odd", "1 oz gin"), on_conflict="replace")
    with database.transaction() as tx:
        delete_ingredient(tx, gone)
    before = text(database)
    with pytest.raises(ConflictError, match="there is no ingredient"):
        imports.undo(ME, found.stored.id)
    assert text(database) == before


def test_applying_again_changes_nothing(imports: Imports, database: Database) -> None:
    found = applied(imports, RED)
    once = text(database)
    assert imports.apply(ME, found.stored.id, found.plan.digest).stored.state == "applied"
    again = start(imports, RED)
    assert counts_of(again.plan) == {"unchanged": 1}
    imports.apply(ME, again.stored.id)
    assert text(database) == once


def test_a_plan_whose_grounds_have_changed_is_stale(imports: Imports, database: Database) -> None:
    found = start(imports, RED, drink("Negroni", "1 oz gin", glass="Rocks"), rest="unsorted")
    import_document(
        database, {"format": "catalogue/2", "recipes": [{"name": "Negroni", "notes": "mine"}]}
    )
    before = text(database)
    with pytest.raises(StalePlanError, match="look again"):
        imports.apply(ME, found.stored.id, found.plan.digest)
    assert text(database) == before


def test_a_change_that_a_plan_does_not_rest_on_leaves_it(
    imports: Imports, database: Database
) -> None:
    found = start(imports, RED, rest="unsorted")
    import_document(
        database, {"format": "catalogue/2", "recipes": [{"name": "Negroni", "notes": "mine"}]}
    )
    assert imports.apply(ME, found.stored.id, found.plan.digest).stored.state == "applied"


def test_conflicts_are_skipped_filled_or_replaced(imports: Imports, database: Database) -> None:
    said = drink("Negroni", "3 oz gin", instructions="Throw it.", garnish="orange slice")
    assert counts_of(start(imports, said, on_conflict="skip").plan) == {"leave": 1}
    before = recipe(database, "Negroni")
    applied(imports, said)
    filled = recipe(database, "Negroni")
    assert filled.garnish == "orange slice"
    assert (filled.instructions, filled.ingredients) == (before.instructions, before.ingredients)
    applied(imports, said, on_conflict="replace")
    replaced = recipe(database, "Negroni")
    assert replaced.instructions == "Throw it."
    assert [line.amount for line in replaced.ingredients] == [3]
    assert replaced.uid == before.uid


def test_a_second_version_is_made_only_if_confirmed(imports: Imports, database: Database) -> None:
    said = drink("Negroni", "3 oz gin", source="Elsewhere")
    assert counts_of(start(imports, said).plan)["second"] == 0
    applied(imports, said, second_versions=True)
    with database.reading() as connection:
        found = named(connection, "Negroni")
    assert {each.source for each in found} == {None, "Elsewhere"}


def test_a_drink_that_a_file_has_twice_is_made_once(imports: Imports) -> None:
    twice = start(imports, RED, RED, drink("Red Hook", "1 oz gin"))
    assert [target.action for target in twice.plan.targets] == ["create", "leave", "leave"]
    assert "second version" in twice.plan.targets[2].reason


def test_decisions_are_asked_by_name_and_open_ones_stop_it(imports: Imports) -> None:
    found = start(imports, drink("Odd", "1 oz Grumble", "2 oz orange bitters"))
    questions = {group.key: group.question for group in described(found).groups}
    assert any("under Bitters?" in question for question in questions.values())
    assert any("under Unsorted?" in question for question in questions.values())
    with pytest.raises(UndecidedError, match="2 names"):
        imports.apply(ME, found.stored.id)


def test_what_is_decided_becomes_another_name(imports: Imports, database: Database) -> None:
    odd = drink("Odd", "1 oz Grumble")
    found = start(imports, odd)
    (key,) = found.plan.resolved
    gin = ingredient(database, "Gin").id
    decided = imports.decide(ME, found.stored.id, Decisions(names={key: Answer(ingredient_id=gin)}))
    assert decided.plan.open_groups == []
    imports.apply(ME, found.stored.id)
    assert "Grumble" in ingredient(database, "Gin").aliases
    again = start(imports, drink("Odd Two", "2 oz grumble"))
    assert again.plan.groups == []
    assert [each.name for each in again.plan.resolved.values()] == ["Gin"]


@pytest.mark.parametrize("answer", [{"ingredient_id": 2**63 - 1}, {"parent_id": 999}])
def test_an_answer_that_names_no_ingredient_is_refused_with_its_place(
    imports: Imports, answer: dict[str, int]
) -> None:
    found = start(imports, drink("Odd", "1 oz Grumble"))
    (key,) = found.plan.resolved
    (field,) = answer
    with pytest.raises(InvalidError, match=rf"names\.\{key}\.{field}: there is no ingredient"):
        imports.decide(ME, found.stored.id, Decisions.model_validate({"names": {key: answer}}))
    assert imports.get(ME, found.stored.id).plan.decisions == Decisions()


def test_an_answer_whose_ingredient_is_deleted_since_is_asked_again(
    imports: Imports, database: Database
) -> None:
    found = start(imports, drink("Odd", "1 oz Grumble"))
    (key,) = found.plan.resolved
    with database.transaction() as tx:
        (gone,) = create_ingredients(tx, [IngredientDraft(name="Gone")], [""])
    imports.decide(ME, found.stored.id, Decisions(names={key: Answer(ingredient_id=gone)}))
    with database.transaction() as tx:
        delete_ingredient(tx, gone)
    assert len(imports.get(ME, found.stored.id).plan.open_groups) == 1
    with pytest.raises(UndecidedError, match="1 names"):
        imports.apply(ME, found.stored.id)


def test_a_line_whose_name_the_catalogue_would_not_take_is_kept_as_a_note(
    imports: Imports, database: Database
) -> None:
    lines = ("1 oz gin", "1 oz \u202eGrumble", f"1 oz {'q' * 300}", "1 oz Camp\u200barri")
    applied(imports, drink("Odd", *lines))
    odd = recipe(database, "Odd")
    assert [each.ingredient_id for each in odd.ingredients] == [ingredient(database, "Gin").id]
    assert (odd.notes or "").split("\n") == list(lines[1:])


def test_the_rest_goes_under_unsorted(imports: Imports, database: Database) -> None:
    applied(imports, drink("Odd", "1 oz Grumble", "1 oz Mumble"))
    unsorted = ingredient(database, "Unsorted")
    assert unsorted.shelf
    assert ingredient(database, "Grumble").parent_id == unsorted.id
    assert ingredient(database, "Mumble").parent_id == unsorted.id


def test_near_names_wait_for_a_decision(imports: Imports, database: Database) -> None:
    odd = drink("Odd", "1 oz Camparri")
    found = start(imports, odd)
    (group,) = found.plan.groups
    assert (group.kind, group.place) == ("near", "Campari")
    imports.decide(ME, found.stored.id, Decisions(groups={group.key: "proposal"}))
    imports.apply(ME, found.stored.id)
    (line,) = recipe(database, "Odd").ingredients
    assert line.ingredient_id == ingredient(database, "Campari").id


def test_juice_of_a_fruit_is_counted_as_the_catalogue_says(
    imports: Imports, database: Database
) -> None:
    document = {
        "format": "catalogue/2",
        "units": [
            {"name": "Each", "millilitres": None},
            {"name": "Millilitre", "millilitres": 1.0},
        ],
        "ingredients": [
            {"name": "Lime", "pieces": [{"unit": "Each", "millilitres": 25.0}]},
            {"name": "Lime Juice", "made_from": "Lime"},
        ],
    }
    import_document(database, document)
    applied(imports, drink("Limey", "juice of 1/2 lime"))
    (line,) = recipe(database, "Limey").ingredients
    assert line.ingredient_id == ingredient(database, "Lime Juice").id
    assert (line.amount, line.note) == (12.5, "juice of 1/2")
    applied(imports, drink("Sea", "juice of 1000000 limes"))  # more ml than an amount may be
    (line,) = recipe(database, "Sea").ingredients
    assert line.amount == 1_000_000


def test_what_a_file_says_of_ingredients_is_taken(imports: Imports, database: Database) -> None:
    said = [
        {"name": "Suze", "parent": "Bitters", "strength": 20, "description": "yellow"},
        {"name": "Gin", "parent": "Campari", "strength": 41},
    ]
    found = imports.start(
        ME, "pack.json", body(drink("Odd", "1 oz Suze", "1 oz gin"), ingredients=said),
        decisions=Decisions(rest="unsorted"),
    )  # fmt: skip
    imports.apply(ME, found.stored.id)
    suze, gin = ingredient(database, "Suze"), ingredient(database, "Gin")
    assert (suze.parent_id, suze.strength) == (ingredient(database, "Bitters").id, 20)
    assert (gin.parent_id, gin.strength) == (ingredient(database, "Spirit").id, 41)


def test_lines_that_name_nothing_are_kept_among_the_notes(
    imports: Imports, database: Database
) -> None:
    found = applied(imports, {**RED, "ingredients": [*RED["ingredients"], "12"]})
    assert described(found).unread[0].text == "12"
    assert recipe(database, "Red Hook").notes == "12"


def test_a_recipe_that_cannot_be_is_refused_by_name_and_the_others_made(imports: Imports) -> None:
    endless = drink("Endless", "1 oz gin", instructions="x" * 10_001)
    many = drink("Many", *(f"{n} oz gin" for n in range(1, 102)))
    view = described(start(imports, RED, endless, many))
    refused = {each.name: each.reason for each in view.recipes if each.action == "refuse"}
    assert set(refused) == {"Endless", "Many"}
    assert "10000" in refused["Endless"]
    assert view.counts == {"create": 1, "refuse": 2}


def test_a_recipe_has_no_more_lines_than_whoever_runs_the_server_allows(
    new_database: Callable[..., Database], clock: ManualClock
) -> None:
    database = new_database(limits=Limits(ingredients_per_recipe=1))
    view = described(
        start(Imports(database, clock), drink("One", "gin"), drink("Two", "gin", "rum"))
    )
    assert [(each.name, each.action, each.reason) for each in view.recipes] == [
        ("Two", "refuse", "it has 2 lines; at most 1"),
        ("One", "create", ""),
    ]


def test_a_link_that_is_none_is_kept_beside(imports: Imports, database: Database) -> None:
    applied(imports, RED | {"url": 'https://x.example/"quoted"'})
    made = recipe(database, "Red Hook")
    assert made.source_url is None
    assert made.extra == {"source_url": 'https://x.example/"quoted"'}


def test_imports_belong_to_their_makers(imports: Imports) -> None:
    found = start(imports, RED, rest="unsorted")
    assert imports.list(YOU) == []
    for attempt in (imports.get, imports.apply, imports.undo, imports.discard):
        with pytest.raises(NotFoundError):
            attempt(YOU, found.stored.id)  # type: ignore[operator]


def test_plans_last_an_hour_and_undoing_a_month(imports: Imports, clock: ManualClock) -> None:
    plan, done = start(imports, RED), applied(imports, drink("Other", "1 oz gin"))
    clock.advance(seconds=PLANNED_FOR.total_seconds() + 1)
    with pytest.raises(NotFoundError, match="hour"):
        imports.get(ME, plan.stored.id)
    clock.advance(seconds=(KEPT_FOR - PLANNED_FOR).total_seconds() - 60)
    imports.undo(ME, done.stored.id)
    clock.advance(seconds=120)
    with pytest.raises(NotFoundError):
        imports.get(ME, done.stored.id)


def test_somebody_has_only_so_many_plans(imports: Imports, clock: ManualClock) -> None:
    first = start(imports, RED)
    for _ in range(MOST_PLANS):
        clock.advance(seconds=1)
        start(imports, RED)
    with pytest.raises(NotFoundError):
        imports.get(ME, first.stored.id)


@pytest.mark.both_databases(False)
def test_few_are_worked_on_at_a_time_and_the_others_told_so(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = start(imports, drink("Sour", "1 oz Gin")).stored.id
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.01)
    reading, read = threading.Barrier(service.AT_ONCE + 1), threading.Event()
    really = service.read_in_child

    def slowly(*arguments: Any) -> Any:
        reading.wait(240)
        read.wait(240)
        return really(*arguments)

    monkeypatch.setattr(service, "read_in_child", slowly)
    with ThreadPoolExecutor(service.AT_ONCE) as threads:
        begun = [threads.submit(start, imports, drink("Sour")) for _ in range(service.AT_ONCE)]
        reading.wait(240)
        for ask in (lambda: start(imports, drink("Fizz")), lambda: imports.get(ME, known)):
            with pytest.raises(BusyError, match="2 imports are being worked on"):
                ask()
        read.set()
        assert all(each.result(240).plan for each in begun)
    assert imports.get(ME, known).plan


def test_decisions_are_kept_while_a_plan_lasts(imports: Imports) -> None:
    found = start(imports, drink("Odd", "1 oz Grumble"))
    imports.decide(ME, found.stored.id, Decisions(groups={"unplaced": "unsorted"}, source="Aunt"))
    again = imports.get(ME, found.stored.id)
    assert (again.plan.open_groups, again.plan.source) == ([], "Aunt")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def fail() -> None:
        def broken(*_: object) -> None:
            raise ConflictError("broken off")

        monkeypatch.setattr("cocktailspace.importing.applying.create_recipes", broken)

    return fail


def test_an_import_that_is_broken_off_leaves_nothing(
    imports: Imports, database: Database, failing: Callable[[], None]
) -> None:
    before = text(database)
    found = start(imports, RED, rest="unsorted")
    failing()
    with pytest.raises(ConflictError, match="broken off"):
        imports.apply(ME, found.stored.id)
    assert text(database) == before
    assert imports.get(ME, found.stored.id).stored.state == "planned"


def test_what_is_too_long_to_be_kept_says_how_much_it_was(
    imports: Imports, database: Database
) -> None:
    photo = {"name": "Photo Fizz", "ingredients": ["1 oz gin"], "photo": "A" * 60_000, "rating": 4}
    applied(imports, photo)
    assert recipe(database, "Photo Fizz").extra == {
        "photo": "60,002 characters, left out",
        "rating": 4,
    }
