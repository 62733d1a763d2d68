"""Lines of a text, and what each may be: a heading, an amount of something, a section's word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cocktailspace.importing.lines import is_known_name
from cocktailspace.importing.quantities import read_quantity
from cocktailspace.importing.readers.keys import doing, sections
from cocktailspace.importing.readers.text_rows import FIELD, Row
from cocktailspace.importing.vocabulary import plain, says_unit, spoken

_HEADING = re.compile(r"^(#{1,6})\s*(.+?)\s*#*$")
_WIKI_HEADING = re.compile(r"^(={2,6})\s*([^=\s][^=]*?)\s*={2,6}$")
_UNDERLINE = re.compile(r"^(=+|-{3,}|\*{3,}|_{3,}|~{3,})$")
_BULLET = re.compile(r"^\s*(?:[-*+•·–▪‣]|\[[ x]\])\s+(.+)$")
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
_WIKI_LINK = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]|]+))?\]\]")
_DASHED = re.compile(r"^([^\W\d]{4,15})\s+[-–—]\s+(\S.*)$")
_DASHED_FIELDS = ("glass", "garnish", "method")
_ONLY_LINK = re.compile(r"\[\[[^\[\]]+\]\]|\[[^\[\]]+\]\([^()\s]+\)")
_EMPHASIS = re.compile(r"(\*\*|__|`)(.+?)\1|(?<!\w)[*_](.+?)[*_](?!\w)")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_FIGURE = re.compile(r"[\d.,¼-¾⅐-⅞]")
_LONGEST_LINE = 120
IMAGE = re.compile(r"^!\[([^\]]*)\]\(([^)\s]+)[^)]*\)$")
STEP = re.compile(r"^\s*(?:\d{1,2}[.)]|step \d+:?)\s+(.+)$", re.IGNORECASE)
SENTENCE = re.compile(r"[.!?]$")
_RULES = re.compile(r"[-=]{2,}(?:\s+[-=]{2,})+")
"""Below the header of a table in plain text."""
_POURED_ON = ("top", "float", "rinse", "dash", "splash", "pinch")
_FEW = 8
"""Words of a line of a recipe, even if it ends as sentences do: `2 oz. gin.`"""


@dataclass(slots=True)
class Line:
    """A line of the text, and what it may be."""

    text: str
    number: int
    heading: int = 0
    """How deep a heading it is, 1 the highest; 0 of any other line."""
    bullet: bool = False
    is_link: bool = False
    after_blank: bool = False
    section: str = ""
    content: str = ""
    """What stands after a section's word: `Glass: coupe`."""
    _is_ingredient: bool | None = None

    @property
    def is_ingredient(self) -> bool:
        """Whether it says an amount of something."""
        if self._is_ingredient is None:
            self._is_ingredient = not (self.heading or self.section) and _says_amount(self.text)
        return self._is_ingredient

    @property
    def is_done(self) -> bool:
        """Whether it says what to do: `Shake, strain.`"""
        return says_to_do(self.text)


def says_to_do(text: str) -> bool:
    """Whether a text says what to do: `Shake, strain.`"""
    words = spoken(text)
    first, last = doing()
    return words[:1] in first or words[:2] in first or not last.isdisjoint(words[-1:])


def _says_amount(text: str) -> bool:
    in_figures = bool(_FIGURE.match(text))
    if len(text) > _LONGEST_LINE or STEP.match(text):
        return False
    if not in_figures and not says_unit(spoken(text)):
        return False  # most lines of a long text: no need to read them
    found = read_quantity(text, is_known_name)
    is_done = found.amount is None and found.unit not in _POURED_ON and says_to_do(text)
    if (
        not found.rest
        or is_done
        or (is_sentence(text) and not (in_figures and len(text.split()) < _FEW))
    ):
        return False
    return found.unit is not None or (found.amount is not None and in_figures)


def is_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return bool(SENTENCE.search(text)) and len(text.split()) > 2


def lines_of_text(rows: list[Row]) -> Iterator[Line]:
    """The lines of a text that say something, and what each may be."""
    blank = True
    known = sections()
    for place, (number, each) in enumerate(rows, 1):
        said = each.strip()
        if not said:
            blank = True
            continue
        below = rows[place][1].strip() if place < len(rows) else ""
        above = rows[place - 2][1].strip() if place > 1 else ""
        is_banner = _is_rule(above) and _is_rule(below)
        if _UNDERLINE.match(said) or _RULES.fullmatch(said) or _RULES.fullmatch(below):
            blank = True
            continue
        line = Line("", number, after_blank=blank)
        if heading := _HEADING.match(said):
            line.heading, said = len(heading[1]), heading[2]
        elif heading := _WIKI_HEADING.match(said):
            line.heading, said = len(heading[1]) - 1, heading[2]
        elif (
            _is_rule(below) and not is_banner and not _BULLET.match(each) and not _says_amount(said)
        ):
            line.heading = 1 if below[0] == "=" else 2
        elif re.fullmatch(r"\*\*[^*]+\*\*:?|__[^_]+__:?", said):
            line.heading = 6
        if bullet := _BULLET.match(each):
            line.bullet, said = True, bullet[1]
        line.is_link = bool(_ONLY_LINK.fullmatch(said))
        line.text = said if IMAGE.match(said) else _plain(said)
        _find_section(line, known)
        blank = False
        yield line


def _is_rule(said: str) -> bool:
    return bool(re.fullmatch(r"=+|-{3,}", said))


def _plain(text: str) -> str:
    text = _WIKI_LINK.sub(lambda link: link[2] or link[1], text)
    text = _LINK.sub(lambda link: f"{link[1]}: {link[2]}" if link[1] else link[2], text)
    return _EMPHASIS.sub(lambda found: found[2] or found[3], text).strip()


def _find_section(line: Line, known: Mapping[str, str]) -> None:
    word = plain(_BRACKETS.sub("", line.text).rstrip(": ").strip())  # `Ingrédients (1 verre) :`
    if word in known and (line.heading or line.text.endswith(":") or len(line.text) < 30):
        line.section = known[word]
    elif found := FIELD.match(line.text):
        word = plain(found[1].strip())
        if word in known and found[2].strip():
            line.section, line.content = known[word], found[2].strip()
        elif word == "method" and not line.heading:
            line.section, line.content = "method", found[2].strip()
    elif (found := _DASHED.match(line.text)) and not line.heading:
        word = plain(found[1])
        if known.get(word) in _DASHED_FIELDS:
            line.section, line.content = known[word], found[2]
    is_word = line.bullet or word == "method"
    if line.section == "instructions" and is_word and 0 < len(line.content) < 20:
        line.section = "method"
