"""What a line says besides: in brackets, after a name, of its strength."""

import re

from cocktailspace.importing.languages import is_preparation
from cocktailspace.importing.vocabulary import (
    clauses,
    garnish_words,
    spoken,
    unit_phrases,
    words_of,
)

_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_UNIT_IN_BRACKETS = re.compile(r"([^\W\d_]+\.?)\s*\(([^()\d]{1,20})\)")
_CLAUSE = re.compile(rf"\s+(?=(?:{'|'.join(clauses())})(?!\w))", re.IGNORECASE)
"""Where a name ends and what is done with it begins."""
_STRENGTH = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[.,]\d+)?\s?(?:%|°)\s*(?:vol\b\.?|abv\b|alc\w*\.?|(?:blue )?agave\b)?",
    re.IGNORECASE,
)
_NO_ALCOHOL = re.compile(r"(?<![\d.,])0(?:[.,]0+)?\s?%|(?<=\s)0[.,]00?(?=[\s)]|$)")
_GARNISH = re.compile(rf"^\s*({'|'.join(garnish_words())})\s*:\s*", re.IGNORECASE)


def in_words(text: str) -> str:
    """A text in which `0.0` and `0 %` are said in words: what has no alcohol is another thing."""
    return _NO_ALCOHOL.sub(" alcohol-free ", text)


def with_remarks(text: str) -> tuple[str, list[str]]:
    """A line without what is in brackets, says its strength or that it is the garnish."""
    notes: list[str] = []
    text = in_words(text)
    for remark in (_GARNISH, _STRENGTH):
        if (met := remark.search(text)) and (bare := remark.sub(" ", text, count=1)).strip(" ()"):
            notes.append(met[0].strip(" :"))
            text = bare
    for _ in range(3):  # brackets within brackets, no deeper
        text = _UNIT_IN_BRACKETS.sub(_without_brackets, text)
        notes += [(one or other).strip() for one, other in _BRACKETS.findall(text)]
        text = _BRACKETS.sub(" ", text)
    return " ".join(text.split()), [note for note in notes if note]


def _without_brackets(found: re.Match[str]) -> str:
    """`2 colheres (sopa)`: word and brackets together are a unit."""
    joined = f"{found[1]} {found[2]}"
    return joined if spoken(joined) in unit_phrases() else found[0]


def without_clause(name: str) -> list[str]:
    """A name, and what is said after it; `peeled and chopped ginger` is a name as a whole."""
    parts = _CLAUSE.split(name, maxsplit=1)
    first = words_of(parts[0])
    is_unit = spoken(parts[0]) in unit_phrases()
    is_name = (
        first
        and not is_unit
        and first[-1] not in ("and", "or")
        and not all(map(is_preparation, first))
    )
    return parts if is_name else [name]
