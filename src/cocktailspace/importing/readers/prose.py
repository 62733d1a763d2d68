"""Plain text and Markdown: several recipes, each a name, lines of ingredients, and what to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cocktailspace.importing.lines import is_known_name
from cocktailspace.importing.quantities import read_quantity
from cocktailspace.importing.readers.keys import doing, folded, names_of, sections
from cocktailspace.importing.readers.text_rows import FIELD, Row, spread, without_tables
from cocktailspace.importing.readers.values import list_of, number_of
from cocktailspace.importing.rows import Collection, LineRow, RecipeRow, UnreadableError
from cocktailspace.importing.vocabulary import plain, says_unit, spoken
from cocktailspace.wording import listed

_HEADING = re.compile(r"^(#{1,6})\s*(.+?)\s*#*$")
_UNDERLINE = re.compile(r"^(=+|-{3,}|\*{3,}|_{3,}|~{3,})$")
_BULLET = re.compile(r"^\s*(?:[-*+•·–▪‣]|\[[ x]\])\s+(.+)$")
_STEP = re.compile(r"^\s*(?:\d{1,2}[.)]|step \d+:?)\s+(.+)$", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
_WIKI_LINK = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]|]+))?\]\]")
_ONLY_LINK = re.compile(r"\[\[[^\[\]]+\]\]|\[[^\[\]]+\]\([^()\s]+\)")
_IMAGE = re.compile(r"^!\[([^\]]*)\]\(([^)\s]+)[^)]*\)$")
_EMPHASIS = re.compile(r"(\*\*|__|`)(.+?)\1|(?<!\w)[*_](.+?)[*_](?!\w)")
_NUMBERED_NAME = re.compile(r"^(?:#\s*)?\d{1,3}[.)]\s+")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_LONGEST_NAME = 80
_SENTENCE = re.compile(r"[.!?]$")
_FIGURE = re.compile(r"[\d.,¼-¾⅐-⅞]")
_RULES = re.compile(r"[-=]{2,}(?:\s+[-=]{2,})+")
"""Below the header of a table in plain text."""
_LONGEST_LINE = 120
_NAMED = 5
_FEW = 8
"""Words of a line of a recipe, even if it ends as sentences do: `2 oz. gin.`"""


@dataclass(slots=True)
class _Line:
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
        words = spoken(self.text)
        first, last = doing()
        return words[:1] in first or words[:2] in first or not last.isdisjoint(words[-1:])


def _says_amount(text: str) -> bool:
    in_figures = bool(_FIGURE.match(text))
    if len(text) > _LONGEST_LINE or _STEP.match(text):
        return False
    if not in_figures and not says_unit(spoken(text)):
        return False  # most lines of a long text: no need to read them
    found = read_quantity(text, is_known_name)
    if not found.rest or (_is_sentence(text) and not (in_figures and len(text.split()) < _FEW)):
        return False
    return found.unit is not None or (found.amount is not None and in_figures)


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE.search(text)) and len(text.split()) > 2


def read_text(text: str, name: str = "") -> Collection:
    """The recipes of a text. name: of the recipe that its first lines are of, if that is known."""
    lines = list(_lines(spread(without_tables(text))))
    markdown = any(line.heading for line in lines)
    drafts = _drafts(lines, name)
    recipes = [recipe for draft in drafts if (recipe := draft.finished())]
    if not recipes:
        raise UnreadableError(
            "no recipes were found in this text: a recipe is a name on a line of its own, then a "
            "line for each ingredient, such as `45 ml gin`"
        )
    passed = [line.text for line in lines if line.number < drafts[0].number]
    passed += [draft.name for draft in drafts if not draft.lines and draft.name != name]
    return Collection(
        "Markdown" if markdown else "plain text",
        recipes=tuple(recipes),
        remarks=(f"passed over: {listed(passed, _NAMED)}",) if passed else (),
    )


def _lines(rows: list[Row]) -> Iterator[_Line]:
    blank = True
    known = sections()
    for place, (number, each) in enumerate(rows, 1):
        said = each.strip()
        if not said:
            blank = True
            continue
        below = rows[place][1].strip() if place < len(rows) else ""
        if _UNDERLINE.match(said) or _RULES.fullmatch(said) or _RULES.fullmatch(below):
            blank = True
            continue
        line = _Line("", number, after_blank=blank)
        if heading := _HEADING.match(said):
            line.heading, said = len(heading[1]), heading[2]
        elif re.fullmatch(r"=+|-{3,}", below) and not _BULLET.match(each):
            line.heading = 1 if below[0] == "=" else 2
        elif re.fullmatch(r"\*\*[^*]+\*\*:?|__[^_]+__:?", said):
            line.heading = 6
        if bullet := _BULLET.match(each):
            line.bullet, said = True, bullet[1]
        line.is_link = bool(_ONLY_LINK.fullmatch(said))
        line.text = said if _IMAGE.match(said) else _plain(said)
        _find_section(line, known)
        blank = False
        yield line


def _plain(text: str) -> str:
    text = _WIKI_LINK.sub(lambda link: link[2] or link[1], text)
    text = _LINK.sub(lambda link: f"{link[1]}: {link[2]}" if link[1] else link[2], text)
    return _EMPHASIS.sub(lambda found: found[2] or found[3], text).strip()


def _find_section(line: _Line, known: Any) -> None:
    word = plain(_BRACKETS.sub("", line.text).rstrip(": ").strip())  # `Ingrédients (1 verre) :`
    if word in known and (line.heading or line.text.endswith(":") or len(line.text) < 30):
        line.section = known[word]
    elif found := FIELD.match(line.text):
        word = plain(found[1].strip())
        if word in known and found[2].strip():
            line.section, line.content = known[word], found[2].strip()
        elif word == "method" and not line.heading:
            line.section, line.content = "method", found[2].strip()
    if line.section == "instructions" and line.content and len(line.content) < 20 and line.bullet:
        line.section = "method"


@dataclass(slots=True)
class _Draft:
    """A recipe as far as it has been read."""

    name: str
    number: int
    heading: int
    said: dict[str, list[str]] = field(default_factory=dict)
    lines: list[LineRow] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    section: str = ""

    def add(self, line: _Line) -> None:
        """Take a line for what it says, or for what the section is that it stands in."""
        if line.section and not line.content:
            self.section = line.section
            return
        if line.section and line.content:
            if line.section == "ingredients":
                self.lines += [LineRow(text=part.strip()) for part in line.content.split(",")]
            else:
                self.said.setdefault(line.section, []).append(line.content)
                if line.section in ("instructions", "notes"):
                    self.section = line.section
            return
        if image := _IMAGE.match(line.text):
            self.extra.setdefault("images", []).append({"address": image[2], "credit": image[1]})
        elif self._is_line(line):
            self.lines.append(LineRow(text=line.text))
        else:
            self._say(line)

    def _is_line(self, line: _Line) -> bool:
        if line.heading or self.section not in ("", "ingredients"):
            return False
        if line.is_ingredient:
            return True
        if line.is_done or (not self.section and self.said.get("instructions")):
            return False
        if self.section == "ingredients" or (self.lines and not line.after_blank):
            return line.bullet or (self._is_short(line) and not _STEP.match(line.text))
        return line.bullet and not line.is_link and self._is_short(line)

    @staticmethod
    def _is_short(line: _Line) -> bool:
        return len(line.text) < 50 and not _is_sentence(line.text)

    def _say(self, line: _Line) -> None:
        section = self.section
        if section == "ingredients" or (not section and self.lines):
            section = "instructions"
        elif not section:
            section = "description"
        text = line.text
        if section in ("garnish", "glass") and self.said.get(section):
            section = "instructions"
        if field_said := FIELD.match(text):
            name = field_said[1].strip()
            if line.bullet and len(name.split()) <= 2 and plain(name) not in sections():
                self.extra[name] = field_said[2].strip()
                return
        self.said.setdefault(section, []).append(text)

    def finished(self) -> RecipeRow | None:
        """The recipe, if it is made of something."""
        if not self.lines:
            return None
        said = {each: "\n".join(texts) for each, texts in self.said.items()}
        source = said.pop("source", "")
        url = re.search(r"https?://\S+", source)
        servings = re.search(r"\d+", said.pop("servings", ""))
        return RecipeRow(
            self.name,
            tuple(self.lines),
            f"line {self.number}",
            source="" if url else source,
            source_url=url[0] if url else "",
            servings=number_of(servings[0]) if servings else None,
            tags=tuple(list_of(said.pop("tags", ""))),
            extra=self.extra,
            **{each: text for each, text in said.items() if each != "ingredients"},
        )


def _named(text: str) -> str:
    """A name without the word that says that it is one: `Title: Rusty Nail`."""
    found = FIELD.match(text)
    is_name = found is not None and names_of("recipe").get(folded(found[1])) == "name"
    return found[2] if found is not None and is_name else text


def _drafts(lines: list[_Line], name: str) -> list[_Draft]:
    drafts = [_Draft(name, 1, 1)] if name else []
    headed = any(0 < each.heading < 6 and not each.section for each in lines)
    for place, line in enumerate(lines):
        current = drafts[-1] if drafts else None
        if _is_name(lines, place, current, headed=headed):
            said = _NUMBERED_NAME.sub("", _named(line.text)).strip(" :")
            drafts.append(_Draft(said, line.number, line.heading))
        elif current is not None:
            current.add(line)
    return drafts


def _is_name(lines: list[_Line], place: int, current: _Draft | None, *, headed: bool) -> bool:
    """Whether a line is a recipe's name: a heading, or a short line before ingredients."""
    line = lines[place]
    if line.section or line.bullet or len(line.text) > _LONGEST_NAME or _IMAGE.match(line.text):
        return False
    if line.heading:
        if (
            current is not None
            and current.heading
            and line.heading > current.heading
            and current.lines
        ):
            return False
        return not line.is_ingredient
    begun = current is not None and not current.lines
    stands_alone = line.after_blank or place == 0
    if headed or begun or not stands_alone or line.is_ingredient or _is_sentence(line.text):
        return False
    return _ingredients_follow(lines, place)


def _ingredients_follow(lines: list[_Line], place: int) -> bool:
    """Whether ingredients come next, after a description of a line or two."""
    for line in [each for each in lines[place + 1 : place + 9] if not each.content][:3]:
        if line.is_ingredient or line.section == "ingredients" or line.bullet:
            return True
        if line.heading or line.section == "instructions":
            return False
        if line.after_blank and not _is_sentence(line.text) and len(line.text) < _LONGEST_NAME:
            return False
    return False
