"""`cocktailspace bar`: what can be made of what is there, what comes near, what to buy next."""

import json
import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from cocktailspace.analytics.bar.answer import Bars, read_bars
from cocktailspace.analytics.bar.index import BarIndex
from cocktailspace.artifacts.store import MissingError
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.names import did_you_mean, name_key
from cocktailspace.cli.common import published_run_id, say
from cocktailspace.settings import read_settings
from cocktailspace.storage import choose_store

MOST_NAMES = 500
_FILE_CHARACTERS = 100_000
_SHOWN_CHOICES = 5


def bar(
    names: Annotated[
        list[str] | None, typer.Argument(help="What is there, by name", show_default=False)
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A file of names, one a line; # begins a comment")
    ] = None,
    staples: Annotated[bool, typer.Option(help="Ice, water, sugar and salt are there, too")] = True,
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
    try:
        bars = read_bars(store, published_run_id(store))
    except MissingError:
        raise NotFoundError(
            "the analytics are of an older version; `cocktailspace refresh` makes them anew"
        ) from None
    answer = answer_of(bars, wanted, staples=staples, most=most)
    if as_json:
        typer.echo(json.dumps(answer))
    else:
        say(described(answer))


def _names_in(path: Path) -> list[str]:
    with sys.stdin if str(path) == "-" else path.open(encoding="utf-8-sig") as file:
        text = file.read(_FILE_CHARACTERS + 1)
    if len(text) > _FILE_CHARACTERS:
        raise NotFoundError(f"{path} is longer than {_FILE_CHARACTERS:,} characters")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def answer_of(bars: Bars, wanted: Sequence[str], *, staples: bool, most: int) -> dict[str, Any]:
    """What the bar of these names makes of everything.

    Raises NotFoundError with every name that is not an ingredient's, or could be several's.
    """
    places = named(bars.index, wanted)
    asked = bars.of((int(bars.index.ids[each]) for each in places), staples=staples)
    return {"bar": [bars.index.names[each] for each in places], **asked.answer(most)}


def named(index: BarIndex, wanted: Iterable[str]) -> list[int]:
    """Places of the ingredients that are meant: by name or alias, else the only one that begins
    with the words, else the only one that has them.
    """
    known = {name_key(alias): place for place, own in enumerate(index.aliases) for alias in own}
    known |= {name_key(name): place for place, name in enumerate(index.names)}
    spelled = [*index.names, *chain.from_iterable(index.aliases)]
    problems, found = [], []
    for name in wanted:
        choices = _meant(name, known)
        if len(choices) == 1:
            found.append(choices.pop())
        elif choices:
            some = [index.names[each] for each in sorted(choices)]
            said = " or ".join(repr(each) for each in some[:_SHOWN_CHOICES])
            more = len(some) - _SHOWN_CHOICES
            also = f", or one of {more} more" if more > 0 else ""
            problems.append(f"{name!r} could be several: did you mean {said}{also}?")
        else:
            problems.append(f"there is no ingredient {name!r}{did_you_mean(name, spelled)}")
    if problems:
        raise NotFoundError("\n".join(problems))
    return list(dict.fromkeys(found))


def _meant(name: str, known: dict[str, int]) -> set[int]:
    key = name_key(name)
    if key in known:
        return {known[key]}
    if not key:
        return set()
    words = key.split()
    begins = {place for each, place in known.items() if each.split()[: len(words)] == words}
    return begins or {place for each, place in known.items() if set(words) <= set(each.split())}


def described(answer: dict[str, Any]) -> str:
    """The lists, one a line, what can be made first."""

    def line(title: str, name: str, said: Iterable[str]) -> str:
        listed = ", ".join(said) or "nothing"
        more = answer["counts"][name] - len(answer[name])
        return f"{title}: {listed}" + (f", and {more:,} more" if more > 0 else "")

    lines = [
        line("can make", "can_make", (each["name"] for each in answer["can_make"])),
        line("with stand-ins", "with_stand_ins", map(_with_stand_ins, answer["with_stand_ins"])),
        line("one bottle short", "one_short", map(_without, answer["one_short"])),
        line("two bottles short", "two_short", map(_without, answer["two_short"])),
    ]
    bottles = "; ".join(map(_bottle, answer["next_bottles"])) or "nothing"
    return "\n".join([*lines, f"buy next: {bottles}", f"in the bar: {', '.join(answer['bar'])}"])


def _with_stand_ins(drink: dict[str, Any]) -> str:
    swaps = [_swap(line) for line in drink["lines"] if line["how"] == "stand_in"]
    return f"{drink['name']} ({'; '.join(swaps)})"


def _swap(line: dict[str, Any]) -> str:
    pairs = line["pairs"]
    evidence = f"{pairs} pairs of recipes" if pairs else "by kind"
    adds = f", adds {' and '.join(line['adds'])}" if line["adds"] else ""
    return f"{line['stand_in']} for {line['ingredient']}, {evidence}{adds}"


def _without(drink: dict[str, Any]) -> str:
    return f"{drink['name']} ({' and '.join(each['name'] for each in drink['missing'])})"


def _bottle(bottle: dict[str, Any]) -> str:
    drinks = ", ".join(each["name"] for each in bottle["drinks"])
    opens = f"completes {bottle['opens']}: {drinks}" if bottle["opens"] else "completes none yet"
    return f"{bottle['name']} ({opens}{', …' if bottle['opens'] > len(bottle['drinks']) else ''})"
