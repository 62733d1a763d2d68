"""Lines of people's collections, drawn by a seed and answered by hand before they were read.

A row of `answers/*.tsv` is a line as its file has it and what a bartender says that it means:
`matches` are names of the starter catalogue that are right, `new` where it has none.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cocktailspace.catalogue.transfer import starter_file
from cocktailspace.importing.families import Families
from cocktailspace.importing.known_ingredients import KnownIngredients, Named
from cocktailspace.importing.lines import ReadLine, read_line
from cocktailspace.importing.matching import Match, Matcher
from cocktailspace.importing.rows import LineRow

FOLDER = Path(__file__).with_name("answers")
COLLECTIONS = tuple(sorted(path.stem for path in FOLDER.glob("*.tsv")))
_CLOSE = 0.001


@dataclass(frozen=True)
class Answer:
    """A line, and what it says."""

    lines: int
    row: LineRow
    amount: float | None
    amount_max: float | None
    unit: str
    note: str
    matches: tuple[str, ...]
    optional: bool
    alternatives: tuple[str, ...]

    @property
    def said(self) -> str:
        """The line in one piece."""
        return " | ".join(
            part
            for part in (self.row.measure or self.row.text, self.row.ingredient, self.row.label)
            if part
        )


def answers(collection: str) -> Iterator[Answer]:
    """The drawn lines of a collection."""
    with (FOLDER / f"{collection}.tsv").open(encoding="utf-8", newline="") as file:
        for each in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            parts = {"measure": each["measure"], "ingredient": each["ingredient"]}
            row = LineRow(
                label=each["label"], **(parts if each["ingredient"] else {"text": each["measure"]})
            )
            yield Answer(
                int(each["lines"]),
                row,
                float(each["amount"]) if each["amount"] else None,
                float(each["amount_max"]) if each["amount_max"] else None,
                each["unit"],
                each["note"],
                tuple(each["matches"].split("/")),
                each["optional"] == "optional",
                tuple(each["alternatives"].split("/")) if each["alternatives"] else (),
            )


def starter_matcher() -> Matcher:
    """Matches against the starter catalogue."""
    rows = starter_file().ingredients
    ids = {row.name: number for number, row in enumerate(rows, 1)}
    named = [
        Named(
            ids[row.name], row.name, ids.get(row.parent or ""), tuple(getattr(row, "aliases", ()))
        )
        for row in rows
    ]
    known = KnownIngredients.of(named)
    return Matcher(known, Families(known))


@dataclass
class Marks:
    """How well a collection's lines were understood."""

    lines: int = 0
    amounts: int = 0
    existing: int = 0
    matched: int = 0
    wrong: int = 0
    needless: int = 0
    words: int = 0
    """Lines of which every word of the note was kept."""

    def shares(self) -> dict[str, float]:
        """The four figures that are judged, in percent."""
        return {
            "amount and unit right": 100 * self.amounts / self.lines,
            "existing ingredient matched": 100 * self.matched / max(self.existing, 1),
            "silent wrong merges": 100 * self.wrong / self.lines,
            "needless new ones": 100 * self.needless / self.lines,
            "remarks kept": 100 * self.words / self.lines,
        }


def mark(collection: str, matcher: Matcher) -> tuple[Marks, list[str]]:
    """The marks of a collection, and its misses."""
    marks, misses = Marks(), []
    for answer in answers(collection):
        read = read_line(answer.row)[0]
        match = matcher.match_line(read)
        marks.lines += answer.lines
        right = _amount_is_right(answer, read, match)
        marks.amounts += answer.lines * right
        if not right:
            misses.append(
                f"amount  {answer.said}: {read.quantity.amount} {read.quantity.unit} {match.unit}"
            )
        marks.words += answer.lines * _note_is_kept(answer, read, match)
        _mark_match(answer, match, marks, misses)
    return marks, misses


def _mark_match(answer: Answer, match: Match, marks: Marks, misses: list[str]) -> None:
    met = match.certain and match.name in answer.matches
    is_new = match.ingredient_id is None
    if "new" not in answer.matches:
        marks.existing += answer.lines
        marks.matched += answer.lines * met
        marks.needless += answer.lines * (is_new and match.how != "near")
    if match.certain and not is_new and not met:
        marks.wrong += answer.lines
        misses.append(f"MERGED  {answer.said}: {match.name}, not {answer.matches}")
    elif "new" not in answer.matches and not met:
        misses.append(f"missed  {answer.said}: {match.how} {match.name}, not {answer.matches}")


def _note_is_kept(answer: Answer, read: ReadLine, match: Match) -> bool:
    kept = " ".join((*read.quantity.notes, match.note, match.name)).casefold()
    return all(word in kept for word in answer.note.casefold().replace(".", "").split())


def _amount_is_right(answer: Answer, read: ReadLine, match: Match) -> bool:
    said = read.quantity
    unit = match.unit if said.unit in (None, "each") and match.unit else said.unit
    return (
        _close(said.amount, answer.amount)
        and _close(said.amount_max, answer.amount_max)
        and (unit or "each") == (answer.unit or "each")
        and said.optional == answer.optional
    )


def _close(one: float | None, other: float | None) -> bool:
    return one is other or (one is not None and other is not None and abs(one - other) < _CLOSE)
