"""The plan of an import at the terminal: it is shown, and asked about group by group."""

from collections.abc import Iterator
from itertools import groupby

import typer
from rich.console import Console
from rich.text import Text

from cocktailspace.catalogue.imports import COMMAND_LINE
from cocktailspace.cli.common import listed
from cocktailspace.cli.views import plan_table
from cocktailspace.importing.decisions import Answer, Decisions, Group, Take
from cocktailspace.importing.plan_view import PlanView, described, question
from cocktailspace.importing.planning import Plan, counts_of
from cocktailspace.importing.service import Import, Imports
from cocktailspace.terminal import printable
from cocktailspace.wording import counted


def described_counts(plan: Plan) -> str:
    """How many recipes become what, in words."""
    words = {
        "create": "created", "second": "second versions", "fill": "filled", "replace": "replaced",
        "unchanged": "unchanged", "leave": "left alone", "refuse": "refused",
    }  # fmt: skip
    counts = counts_of(plan)
    said = [f"{counts[key]:,} {word}" for key, word in words.items() if counts[key]]
    return "recipes: " + (", ".join(said) or "none")


def show(console: Console, found: Import) -> None:
    """Print a plan."""
    view = described(found)
    console.print(plan_table(f"{view.file}: {view.format}", _plan_rows(view, found.plan)))


def _plan_rows(view: PlanView, plan: Plan) -> Iterator[tuple[str, str]]:
    yield "recipes", described_counts(plan).removeprefix("recipes: ")
    yield "lines", f"{view.lines:,}, {view.unread_lines:,} not understood"
    yield "source", f"{view.source} (where a recipe names none)"
    for action, recipes in groupby(view.recipes, lambda each: each.action):
        shown = [f"{each.name}{f' ({each.reason})' if each.reason else ''}" for each in recipes]
        yield action, listed(shown, view.counts[action])
    certain = [
        f"{each.said[0]} = {each.name}" for each in view.certain if each.said[0] != each.name
    ]
    yield "the same", listed(certain, len(certain))
    units = ", ".join(view.new_units) or "none"
    yield "new", f"{counted(view.new_ingredients, 'ingredient')}; units: {units}"
    for group in plan.groups:
        yield "decide" if group in plan.open_groups else "decided", _question(group, plan)
    if view.unread:
        said = [f"{each.recipe}: {each.text}" for each in view.unread]
        yield "not understood", listed(said, view.unread_lines)
    if view.not_shown:
        keys = [f"{each.key} ({each.recipes})" for each in view.not_shown]
        yield "kept, not shown", listed(keys, len(keys))
    for remark in view.remarks:
        yield "remark", remark


def _question(group: Group, plan: Plan) -> str:
    shown = []
    for each in group.meanings:
        place = plan.view.known.by_id.get(each.match.place_id or 0)
        exact = place is not None and place.name != group.place
        shown.append(each.match.name + (f" under {place.name}" if place and exact else ""))
    names = "" if group.kind == "near" else f" {listed(shown, len(shown))}"
    return f"{question(group)}{names} ({counted(group.lines, 'line')})"


def ask(console: Console, imports: Imports, found: Import) -> Import:
    """Ask about each group that is open; an answer is kept at once."""
    decisions = found.plan.decisions.model_copy(deep=True)
    if any(target.source == found.plan.source for target in found.plan.targets):
        said = typer.prompt("source of recipes that name none", default=found.plan.source)
        decisions.source = said
    for group in list(found.plan.open_groups):
        console.print(Text(printable(_question(group, found.plan))))
        while True:
            reply = typer.prompt(
                "y takes it, n makes new ones where they would hang, u puts them under Unsorted, "
                "a takes all that is left; or the name of an ingredient",
                default="y",
            ).strip()
            if _reply(reply, group, decisions, found.plan):
                break
            console.print(Text(f"there is no ingredient {printable(reply)!r}"))
        if decisions.rest is not None:
            break
    return imports.decide(COMMAND_LINE, found.stored.id, decisions)


def _reply(reply: str, group: Group, decisions: Decisions, plan: Plan) -> bool:
    """Take a reply into the decisions; False where it says nothing."""
    takes: dict[str, Take] = {
        "y": "proposal" if group.kind == "near" else "new", "n": "new", "u": "unsorted"
    }  # fmt: skip
    if reply == "a":
        decisions.rest = "unsorted"
        return True
    if reply in takes:
        decisions.groups[group.key] = takes[reply]
        return True
    met = plan.view.known.called(reply)
    if met is None:
        return False
    for each in group.meanings:
        decisions.names[each.key] = (
            Answer(ingredient_id=met) if group.kind == "near" else Answer(parent_id=met)
        )
    return True
