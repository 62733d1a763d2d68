"""Lines of a recipe, however a file writes them: texts, objects, measures by name."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cocktailspace.importing.languages import is_preparation, is_quality
from cocktailspace.importing.lines import is_known_name
from cocktailspace.importing.quantities import read_quantity
from cocktailspace.importing.readers.keys import Mapped, folded, names_of, parted
from cocktailspace.importing.readers.values import cleaned, list_of, number_of, text_of
from cocktailspace.importing.rows import LineRow
from cocktailspace.importing.vocabulary import words_of

Object = Mapping[str, Any]
_KINDS = ("type", "kind", "booze", "alcohol", "base", "category")
"""What a line may call its ingredient, where nothing else says it."""
_LONGEST_LIST = 20_000
ROWS = re.compile(r"\r?\n|\s*[;|•·]\s*|\s*<br\s*/?>\s*")
_COMMA = re.compile(r",\s+(?![^()]{0,200}\))")
_LISTED = re.compile(r",(?!\d)\s*(?![^()]{0,200}\))")
_AND = re.compile(r"^(?:and|und|et|y|e)\s+|\s+(?:and|&|und|et|y|e)\s+(?=[^\W\d])", re.IGNORECASE)
_SIGNS = (",", "/", "+")
_SIGN = re.compile(r"\s+[/+]\s+")
AMOUNT = re.compile(r"[.,]?[\d½¼¾⅓⅔⅛]")
_MEASURED = re.compile(r"[.,]?[\d½¼¾⅓⅔⅛][\d\s./,½¼¾⅓⅔⅛–-]{0,12}[^\W\d]+")
_AMOUNT_LAST = re.compile(
    r"[^\W\d].*[\d½¼¾⅓⅔⅛]\s?(?:ml|cl|oz|tsp|tbsp|bsp|dash(?:es)?|drops?|parts?)\.?\)?$",
    re.IGNORECASE,
)
_BARE = re.compile(r"([\d./½¼¾⅓⅔⅛ –-]{1,12})(?=[^\W\d])(.*)", re.DOTALL)
FIGURES = re.compile(r"[\d\s.,/½¼¾⅓⅔⅛–-]+")


def lines_of(content: Any, mapped: Mapped) -> list[LineRow]:
    """The lines that a value says: a list of texts or objects, a text, or measures by name."""
    if isinstance(content, str):
        if texts := listed_in(content):
            return lines_of(texts, mapped)
        parts = [part for part in map(cleaned, ROWS.split(content)) if part]
        if len(parts) == 1:  # a list, whether it says how much or not
            return [LineRow(text=each) for each in parts_of_cell(parts[0])]
        return [LineRow(text=each) for part in parts for each in parts_of_row(part)]
    if isinstance(content, Mapping):
        return _lines_of_object(content, mapped)
    if isinstance(content, Sequence):
        return [line for each in content for line in _lines_of_one(each, mapped)]
    return []


def _lines_of_object(content: Object, mapped: Mapped) -> list[LineRow]:
    """A line in parts, or measures by name: `{"gin": "1 oz", "campari": "1 oz"}`."""
    if len(content) == 1 and (within := _list_within(content, mapped)):
        return lines_of(within, mapped)
    content = _with_ingredient(content, mapped)
    fields = {mapped.field_of(str(key), "line")[0] for key in content}
    if fields & {"ingredient", "text"}:
        return [line_of(content, mapped)]
    if content and all(says_ingredient(each, mapped) for each in content.values()):
        return lines_of(list(content.values()), mapped)  # {"1": {"name": "gin", …}, "2": …}
    if fields & {"amount", "unit", "measure"}:
        return [LineRow()]  # of what, nobody knows: it is kept as it is
    return [
        line_of({"ingredient": name, **measure}, mapped)
        if isinstance(measure, Mapping)
        else LineRow(measure=text_of(measure), ingredient=cleaned(str(name)))
        for name, measure in content.items()
    ]


def _with_ingredient(content: Object, mapped: Mapped) -> Object:
    """A line that calls what it is of otherwise: `{"type": "gin", "brand": "Ours", "oz": 2}`."""
    fields = {mapped.field_of(str(key), "line")[0]: key for key in content}
    if fields.keys() & {"ingredient", "text"} or not fields.keys() & {"amount", "measure", "unit"}:
        return content
    said = {folded(str(key)): key for key in content if isinstance(content[key], str)}
    key = next((said[each] for each in _KINDS if each in said), fields.get("label"))
    return {"ingredient" if each == key else each: value for each, value in content.items()}


def says_ingredient(value: Any, mapped: Mapped) -> bool:
    """Whether an object says itself what it is of."""
    return isinstance(value, Mapping) and any(
        mapped.field_of(str(key), "line")[0] in ("ingredient", "text") for key in value
    )


def are_lines(value: Any) -> bool:
    """Whether a value is a recipe's lines and nothing else: `["60 ml gin", …]`, or measures by
    name. Most say how much, else it may be a list of anything.
    """
    if isinstance(value, Mapping):
        said = list(value.values())
        return len(said) > 1 and all(isinstance(each, str) and _is_measure(each) for each in said)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return False
    return sum(bool(_MEASURED.match(each)) for each in value) * 2 > len(value)


def _is_measure(text: str) -> bool:
    found = read_quantity(text)
    return found.unit is not None and not found.rest and bool(AMOUNT.match(text))


def says_lines(value: Any) -> bool:
    """Whether a text is of several lines that say how much: `2 oz gin, 1 oz lime juice`."""
    if not isinstance(value, str):
        return False
    rows = [part for row in ROWS.split(value) for part in parts_of_row(row.strip())]
    return sum(bool(_MEASURED.match(row)) for row in rows) > 1


def with_unit(line: LineRow, unit: str) -> LineRow:
    """A line whose bare number is of the unit that a header says: `Ingredients (oz)`. Eggs are
    counted.
    """
    found = _BARE.match(line.text) if unit else None
    if found is None or "egg" in words_of(found[2]) or read_quantity(line.text).unit is not None:
        return line
    return replace(line, text=f"{found[1].strip()} {unit} {found[2]}")


def says_amount(line: LineRow) -> bool:
    """Whether a line says how much."""
    return line.amount is not None or bool(line.measure or AMOUNT.search(line.text))


def listed_in(text: str) -> list[str]:
    """The texts of a list that was written into a cell: `['2 oz gin', '1 oz lime']`."""
    said = text.strip()
    if not (said.startswith("[") and said.endswith("]") and len(said) < _LONGEST_LIST):
        return []
    try:
        found = ast.literal_eval(said)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return found if isinstance(found, list) and all(isinstance(x, str) for x in found) else []


def _list_within(content: Object, mapped: Mapped) -> list[Any]:
    """Of `<ingredients><ingredient/><ingredient/></ingredients>` the lines."""
    ((key, inner),) = content.items()
    is_line = mapped.field_of(str(key), "line")[0] in ("ingredient", "text")
    return inner if is_line and isinstance(inner, list) else []


def parts_of_row(row: str) -> list[str]:
    """`6 cl rum, 3 cl lime juice, mint`: a row of several lines, where two of them say how much.

    What is only done with one (`chilled`) stays with it.
    """
    if not any(sign in row for sign in _SIGNS):  # as most
        return [row]
    splits = (each.split(row) for each in (_COMMA, _SIGN))
    tries = [[part.strip() for part in split if part.strip()] for split in splits]
    parts = next(filter(_are_lines, tries), None)
    return [row] if parts is None else _with_remarks(parts)


def parts_of_cell(row: str) -> list[str]:
    """`Gin, Campari and red vermouth`: what a drink is made of, parted by commas."""
    if len(row) > _LONGEST_LIST:
        return [row]  # which is kept as a note
    parts = parts_of_row(row)
    if len(parts) > 1:
        return parts
    parts = [part.strip() for part in _LISTED.split(row) if part.strip()]
    if len(parts) > 1 and not is_known_name(parts[-1]):
        parts[-1:] = _AND.split(parts[-1])
    return _with_remarks(parts)


def _with_remarks(parts: Sequence[str]) -> list[str]:
    """Parts of a list, what is only done with one of them as its remark."""
    found: list[str] = []
    for part in parts:
        words = words_of(part)
        if found and (all(map(is_preparation, words)) or all(map(is_quality, words))):
            found[-1] += f", {part}"
        else:
            found.append(part)
    return found


def _are_lines(parts: Sequence[str]) -> bool:
    """Whether two say first how much, or two last: `Lime - 15 ml`, `Gin (45 ml)`."""
    return any(
        sum(bool(amount.match(part)) for part in parts) > 1 for amount in (AMOUNT, _AMOUNT_LAST)
    )


def _lines_of_one(each: Any, mapped: Mapped) -> list[LineRow]:
    if isinstance(each, Mapping):
        return _lines_of_object(each, mapped)
    if isinstance(each, str):
        said = cleaned(each)
        return [LineRow(text=part) for part in parts_of_row(" ".join(said.split())) if part]
    if isinstance(each, Sequence) and all(isinstance(part, str | int | float) for part in each):
        return [LineRow(text=" ".join(map(text_of, each)))]  # ["2 oz", "gin"]
    return []


def line_of(value: Object, mapped: Mapped) -> LineRow:
    """The line that an object says."""
    parts: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, content in _with_parts_of_amount(value, mapped).items():
        met, _ = mapped.field_of(str(key), "line")
        if content in (None, "", [], {}):
            continue
        if isinstance(content, Mapping) and met == "ingredient":  # {"ingredient": {"name": …}}
            content = _name_in(content) or text_of(content)  # noqa: PLW2901
        if met is not None and met not in parts:
            add_part(parts, met, str(key), content)
        elif folded(str(key)) not in names_of("ingredient") and str(key) != "_id":
            extra[str(key)] = content  # else it is of the ingredient, wherever that is used
    return line_of_parts(parts, extra)


def add_part(parts: dict[str, Any], field: str, key: str, content: Any) -> None:
    """Take what a key says of a line; of figures alone, the key may say the unit (`ml`)."""
    parts.setdefault(field, content)
    unit = parted(key)[1] if field == "amount" and parts["amount"] is content else ""
    if unit and FIGURES.fullmatch(text_of(content)):
        parts.setdefault("unit", unit)


def _with_parts_of_amount(value: Object, mapped: Mapped) -> Object:
    """`{"quantity": {"value": 2, "unit": "oz"}, …}` with the parts beside the rest."""
    of_amount = ("amount", "measure")
    nested = [
        key
        for key, content in value.items()
        if isinstance(content, Mapping) and mapped.field_of(str(key), "line")[0] in of_amount
    ]
    flat = {key: content for key, content in value.items() if key not in nested}
    return flat | {part: said for key in nested for part, said in value[key].items()}


def _name_in(value: Object) -> Any:
    known = names_of("ingredient")
    return next((each for key, each in value.items() if known.get(folded(str(key))) == "name"), "")


def line_of_parts(parts: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> LineRow:
    """The line that parts say, each by its field."""
    said = {each: " ".join(text_of(content).split()) for each, content in parts.items()}
    amount, unit = number_of(parts.get("amount")), said.get("unit", "")
    measure = said.get("measure", "")
    if amount is None and said.get("amount"):
        measure = " ".join(filter(None, (said["amount"], unit, measure)))
        unit = ""
    elif amount is not None and measure and not unit:
        if AMOUNT.search(measure):  # that says it all
            amount = None
        else:
            measure, unit = "", measure
    elif amount is None and unit:
        of_unit = (measure, unit) if measure[-1:].isdigit() else (unit, measure)  # `4`, `cl`
        measure, unit = " ".join(filter(None, of_unit)), ""
    text, ingredient = said.get("text", ""), said.get("ingredient", "")
    if text and not ingredient and (amount is not None or measure) and not text[0].isdigit():
        ingredient = text  # `<ingredient amount="3" unit="cl">Campari</ingredient>`
    others = parts.get("alternatives")
    return LineRow(
        text="" if ingredient else text,
        measure=measure,
        ingredient=ingredient,
        label=said.get("label", ""),
        amount=amount,
        amount_max=number_of(parts.get("amount_max")),
        unit=unit,
        note=said.get("note", ""),
        optional=str(parts.get("optional", "")).strip().casefold() in ("true", "1", "yes", "x"),
        alternatives=tuple(list_of(others)) if others else (),
        extra=extra or {},
    )
