"""`cocktailspace bar`: what can be made of what is there, what comes near, what to buy next."""

import json
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from cocktailspace.analytics.bar.answer import Bar, read_bars
from cocktailspace.analytics.bar.wishes import liked_weights, wish_of
from cocktailspace.analytics.published import PublishedRun
from cocktailspace.artifacts.store import MissingError
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.cli.common import published_run_id, say
from cocktailspace.cli.compare import described as described_difference
from cocktailspace.cli.naming import RecipeNames, ingredients_named
from cocktailspace.settings import read_settings
from cocktailspace.storage import choose_store
from cocktailspace.wording import counted

MOST_NAMES = 500
_FILE_CHARACTERS = 100_000


def bar(
    names: Annotated[
        list[str] | None, typer.Argument(help="What is there, by name", show_default=False)
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A file of names, one a line; # begins a comment")
    ] = None,
    staples: Annotated[bool, typer.Option(help="Ice, water, sugar and salt are there, too")] = True,
    like: Annotated[
        list[str] | None, typer.Option(help="A recipe that is liked: bottles are weighed by these")
    ] = None,
    wish: Annotated[
        str | None, typer.Option(help="A recipe to have, or else what is nearest to it")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=200, help="How many each list names")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, with lines")] = False,
) -> None:
    """Say what can be made of these ingredients, with stand-ins, and what to buy next.

    Reads the published analytics: run `cocktailspace refresh` first where there are none.
    """
    wanted = [*(names or []), *(_names_in(file) if file else [])]
    if not wanted:
        raise typer.BadParameter("name what is there, or a file with --file")
    if len(wanted) > MOST_NAMES:
        raise typer.BadParameter(f"{len(wanted)} names are too many; at most {MOST_NAMES}")
    store = choose_store(read_settings())
    run_id = published_run_id(store)
    try:
        bars = read_bars(store, run_id)
    except MissingError:
        raise NotFoundError(
            "the analytics are of an older version; `cocktailspace refresh` makes them anew"
        ) from None
    run = cache(lambda: PublishedRun(store, run_id))
    places = ingredients_named(bars.index, wanted)
    asked = bars.of((int(bars.index.ids[each]) for each in places), staples=staples)
    named = {"bar": [bars.index.names[each] for each in places]}
    answer = named | answer_of(asked, like or [], wish, most=most, open_run=run)
    if as_json:
        typer.echo(json.dumps(answer))
    else:
        nearest = answer.get("wish") and answer["wish"]["nearest"]
        say(described(answer, run().counted_in_pieces if nearest else ()))


def _names_in(path: Path) -> list[str]:
    with sys.stdin if str(path) == "-" else path.open(encoding="utf-8-sig") as file:
        text = file.read(_FILE_CHARACTERS + 1)
    if len(text) > _FILE_CHARACTERS:
        raise NotFoundError(f"{path} is longer than {_FILE_CHARACTERS:,} characters")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def answer_of(
    bar: Bar,
    likes: Sequence[str],
    wish: str | None,
    *,
    most: int,
    open_run: Callable[[], PublishedRun],
) -> dict[str, Any]:
    """What the bar makes of everything, and of a wish.

    Raises NotFoundError with every name that is not a recipe's, or could be several's.
    """
    index = bar.bars.index
    recipes = RecipeNames(index.recipe_names, index.recipe_ids.tolist())
    ids = recipes.ids_of([*likes, *([] if wish is None else [wish])])
    liked = ids[: len(likes)]
    weights = liked_weights(open_run(), liked, index.recipe_ids) if liked else None
    answer = bar.answer(most, weights)
    if wish is not None:
        answer["wish"] = wish_of(bar, ids[-1], open_run)
    return answer


def described(answer: dict[str, Any], counted: Collection[str] = ()) -> str:
    """The lists, a drink or a bottle a line, what can be made first.

    counted: names of what recipes count in pieces.
    """
    counts = answer["counts"]
    lines = [
        *_listed("can make", answer["can_make"], counts["can_make"], _name),
        *_listed("with stand-ins", answer["with_stand_ins"], counts["with_stand_ins"], _swaps),
        *_listed("one bottle short", answer["one_short"], counts["one_short"], _without),
        *_listed("two bottles short", answer["two_short"], counts["two_short"], _without),
        *_listed("buy next", answer["next_bottles"], len(answer["next_bottles"]), _bottle),
    ]
    if answer.get("wish"):
        lines += _wish(answer["wish"], counted)
    return "\n".join([*lines, f"in the bar: {', '.join(answer['bar'])}"])


def _listed(
    title: str, rows: list[dict[str, Any]], count: int, say: Callable[[dict[str, Any]], str]
) -> Iterator[str]:
    """A heading with how many there are, then a line for each of the rows, the first of them."""
    yield f"{title}: {count:,}" if count else f"{title}: nothing"
    yield from (f"  {say(each)}" for each in rows)
    if count > len(rows):
        yield f"  and {count - len(rows):,} more"


def _wish(wish: dict[str, Any], pieces: Collection[str]) -> Iterator[str]:
    """Whether it can be made and how, or what it lacks and what is nearest to it."""
    swaps = [_swap(line) for line in wish["lines"] if line["how"] == "stand_in"]
    doing = f"; stand-ins: {'; '.join(swaps)}" if swaps else ""
    lacks = " and ".join(each["name"] for each in wish["missing"])
    yield f"wish: {wish['name']} " + (f"lacks {lacks}{doing}" if lacks else "can be made")
    for each in wish["nearest"]:
        yield f"nearest to it: {each['name']} ({described_difference(each, pieces)})"


def _name(row: dict[str, Any]) -> str:
    name: str = row["name"]
    return name


def _swaps(drink: dict[str, Any]) -> str:
    swaps = [_swap(line) for line in drink["lines"] if line["how"] == "stand_in"]
    return f"{drink['name']}: {'; '.join(swaps)}"


def _swap(line: dict[str, Any]) -> str:
    pairs = line["pairs"]
    evidence = f"{counted(pairs, 'pair')} of recipes" if pairs else "by kind"
    adds = f", adds {' and '.join(line['adds'])}" if line["adds"] else ""
    return f"{line['stand_in']} for {line['ingredient']}, {evidence}{adds}"


def _without(drink: dict[str, Any]) -> str:
    return f"{drink['name']}: {' and '.join(map(_name, drink['missing']))}"


def _bottle(bottle: dict[str, Any]) -> str:
    drinks = ", ".join(each["name"] for each in bottle["drinks"])
    nearer = f"brings {bottle['nearer']:,} within one bottle" if bottle["nearer"] else ""
    more = ", …" if bottle["opens"] > len(bottle["drinks"]) else ""
    opens = f"completes {bottle['opens']:,} ({drinks}{more})" if bottle["opens"] else ""
    return f"{bottle['name']}: {', '.join(filter(None, [opens, nearer])) or 'completes none yet'}"
