"""What the lines of a whole collection mean: each distinct ingredient once, however often said."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from cocktailspace.catalogue.values import Name
from cocktailspace.importing.catalogue_view import CatalogueView
from cocktailspace.importing.families import Families
from cocktailspace.importing.lines import Candidate, ReadLine, read_line
from cocktailspace.importing.matching import Match, Matcher
from cocktailspace.importing.rows import Collection, IngredientRow, LineRow, RecipeRow
from cocktailspace.importing.vocabulary import key_of, words_of

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_OF_LINES = [name for name in LineRow.__slots__ if name != "extra"]


@dataclass(slots=True)
class Meaning:
    """A distinct ingredient of a collection, and what it was matched to."""

    key: str
    match: Match
    lines: int = 0
    spellings: Counter[str] = field(default_factory=Counter)
    """How the file writes it."""


@dataclass(frozen=True, slots=True)
class UnderstoodLine:
    """A line that names an ingredient."""

    meaning: str
    spelling: str
    amount: float | None
    amount_max: float | None
    unit: str | None
    notes: tuple[str, ...]
    optional: bool
    juice: bool
    alternatives: tuple[int, ...]


@dataclass(slots=True)
class Understood:
    """A collection that was understood as far as it can be."""

    recipes: list[tuple[RecipeRow, tuple[UnderstoodLine, ...]]]
    meanings: dict[str, Meaning]
    unread: list[tuple[int, str]]
    """Lines that name nothing: the number of their recipe, and what they say."""
    ingredients: dict[str, IngredientRow]
    """What the file says of ingredients, by the key of a meaning."""


def understand(found: Collection, view: CatalogueView) -> Understood:
    """What the lines of a collection mean in this catalogue."""
    matcher = Matcher(view.known, _families(found.ingredients, view))
    result = Understood([], {}, [], {})
    seen: dict[tuple[object, ...], list[UnderstoodLine | str]] = {}
    for number, recipe in enumerate(found.recipes):
        lines = []
        for line_row in recipe.lines:
            key = tuple(getattr(line_row, each) for each in _OF_LINES)
            if key not in seen:
                seen[key] = [
                    _understood(line_row, read, matcher, result) for read in read_line(line_row)
                ]
            for line in seen[key]:
                if isinstance(line, str):
                    result.unread += [(number, line)] if line else []
                else:
                    _count(line, result)
                    lines.append(line)
        result.recipes.append((recipe, tuple(lines)))
    for row in found.ingredients:
        meaning = meaning_of(matcher.match((Candidate(row.name),)), row.name)
        result.ingredients.setdefault(meaning, row)
    return result


def meaning_of(match: Match, spelling: str) -> str:
    """The key of what a line means: an ingredient that is there, a new one, or perhaps either."""
    if match.how == "near":
        return f"~{key_of(words_of(spelling))}"
    if match.ingredient_id is not None:
        return f"#{match.ingredient_id}"
    return f"+{key_of(words_of(match.name)) or match.name.casefold()}"


def _families(rows: Iterable[IngredientRow], view: CatalogueView) -> Families:
    parents, categories = {}, {}
    for row in rows:
        key = key_of(words_of(row.name))
        if row.parent:
            parents[key] = row.parent
        if row.category:
            categories[key] = row.category
    return Families(view.known, parents, categories)


def _count(line: UnderstoodLine, result: Understood) -> None:
    meaning = result.meanings[line.meaning]
    meaning.lines += 1
    meaning.spellings[line.spelling] += 1


def _understood(
    row: LineRow, read: ReadLine, matcher: Matcher, result: Understood
) -> UnderstoodLine | str:
    """A line that names an ingredient; the text of one that does not."""
    match = matcher.match_line(read)
    spelling = _spelling(row, read)
    may_be_new = match.ingredient_id is None or match.how == "near"
    if match.how == "unread" or (may_be_new and not (_is_name(match.name) and _is_name(spelling))):
        return read.text.strip()
    key = meaning_of(match, spelling)
    result.meanings.setdefault(key, Meaning(key, match))
    quantity = read.quantity
    others, notes = _alternatives(read.alternatives, match, matcher)
    return UnderstoodLine(
        key,
        spelling,
        quantity.amount,
        quantity.amount_max,
        match.unit if match.unit and quantity.unit in (None, "each") else quantity.unit,
        tuple(dict.fromkeys(filter(None, (match.note, *quantity.notes, *notes)))),
        quantity.optional,
        quantity.juice,
        others,
    )


def _is_name(text: str) -> bool:
    """Whether the catalogue takes an ingredient that is called so."""
    try:
        _NAME.validate_python(text)
    except ValidationError:
        return False
    return True


def _spelling(row: LineRow, read: ReadLine) -> str:
    return row.label or row.ingredient or (read.candidates[0].name if read.candidates else "")


def _alternatives(
    names: Sequence[str], match: Match, matcher: Matcher
) -> tuple[tuple[int, ...], list[str]]:
    """Alternatives that are there; others stay words."""
    ids, notes = [], []
    for name in names:
        other = matcher.match((Candidate(name),))
        if other.certain and other.ingredient_id is not None:
            if other.ingredient_id != match.ingredient_id:
                ids.append(other.ingredient_id)
        else:
            notes.append(f"or {name}")
    return tuple(dict.fromkeys(ids)), notes
