"""Plain text and Markdown: several recipes, each a name, lines of ingredients, and what to do."""

import re
from dataclasses import dataclass, field
from typing import Any

from cocktailspace.importing.lines import is_known_name
from cocktailspace.importing.quantities import read_quantity
from cocktailspace.importing.readers.keys import folded, names_of, sections
from cocktailspace.importing.readers.menus import priced, with_menu_as_lists
from cocktailspace.importing.readers.text_lines import (
    IMAGE,
    STEP,
    Line,
    is_sentence,
    lines_of_text,
)
from cocktailspace.importing.readers.text_rows import FIELD, spread, without_tables
from cocktailspace.importing.readers.values import list_of, number_of
from cocktailspace.importing.rows import Collection, LineRow, RecipeRow, UnreadableError
from cocktailspace.importing.vocabulary import plain
from cocktailspace.wording import listed

_NUMBERED_NAME = re.compile(r"^(?:(?:#|no\.?|nr\.?)\s*)?\d{1,3}[.):]\s+", re.IGNORECASE)
_GARNISHED = re.compile(r"^garnish(?:ed)? with (?:an? |the )?([^.]{3,60})\.?$", re.IGNORECASE)
_LONGEST_NAME = 200


def read_text(text: str, name: str = "") -> Collection:
    """The recipes of a text. name: of the recipe that its first lines are of, if that is known."""
    lines = list(lines_of_text(spread(with_menu_as_lists(without_tables(text)))))
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
        remarks=(f"passed over: {listed(passed)}",) if passed else (),
    )


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

    def add(self, line: Line) -> None:
        """Take a line for what it says, or for what the section is that it stands in."""
        if line.section and not line.content:
            self.section = line.section
            return
        if line.section and line.content:
            if line.section == "ingredients":
                self.lines += [LineRow(text=part.strip()) for part in line.content.split(",")]
            else:
                self.said.setdefault(line.section, []).append(line.content)
                if line.section in ("instructions", "notes") and self.lines:  # else these come
                    self.section = line.section
            return
        if image := IMAGE.match(line.text):
            self.extra.setdefault("images", []).append({"address": image[2], "credit": image[1]})
        elif (garnish := _GARNISHED.match(line.text)) and not self.said.get("garnish"):
            self.said["garnish"] = [garnish[1]]
        elif self._is_line(line):
            self.lines.append(LineRow(text=line.text))
        else:
            self._say(line)

    def _is_line(self, line: Line) -> bool:
        if line.heading or self.section not in ("", "ingredients"):
            return False
        if line.is_ingredient:
            return True
        if line.is_done or (not self.section and self.said.get("instructions")):
            return False
        if self.section == "ingredients" or (self.lines and not line.after_blank):
            return line.bullet or (self._is_short(line) and not STEP.match(line.text))
        return line.bullet and not line.is_link and self._is_short(line)

    @staticmethod
    def _is_short(line: Line) -> bool:
        return len(line.text) < 50 and not is_sentence(line.text)

    def _say(self, line: Line) -> None:
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


def _drafts(lines: list[Line], name: str) -> list[_Draft]:
    drafts = [_Draft(name, 1, 1)] if name else []
    headed = any(0 < each.heading < 6 and not each.section for each in lines)
    for place, line in enumerate(lines):
        current = drafts[-1] if drafts else None
        if _is_name(lines, place, current, headed=headed):
            said = _NUMBERED_NAME.sub("", _named(line.text)).strip(" :")
            said, price = priced(said)
            drafts.append(_Draft(said, line.number, line.heading))
            if price:
                drafts[-1].extra["price"] = price
        elif current is not None:
            current.add(line)
    return drafts


def _is_name(lines: list[Line], place: int, current: _Draft | None, *, headed: bool) -> bool:
    """Whether a line is a recipe's name: a heading, or a short line before ingredients."""
    line = lines[place]
    if line.section or line.bullet or len(line.text) > _LONGEST_NAME or IMAGE.match(line.text):
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
    if headed or begun or not stands_alone or is_sentence(line.text):
        return False
    return _begins_recipe(lines, place)


def _begins_recipe(lines: list[Line], place: int) -> bool:
    """Whether a line that stands alone is a name, by what it says and what comes next."""
    line = lines[place]
    if line.is_ingredient:  # unless it is a title: `SPRITZ VENEZIANO`, `BATCHED GIMLET, 2 L`
        below = next((each for each in lines[place + 1 : place + 4] if not each.content), line)
        is_title = line.text.isupper() or line.text.istitle()
        is_amount = any(map(str.isnumeric, line.text)) or _is_poured_on(line.text)
        stands_out = line.text.isupper() and line.text[0].isalpha() and not below.text.isupper()
        return (
            is_title
            and (stands_out or not is_amount)
            and below.is_ingredient
            and not below.after_blank
        )
    return _ingredients_follow(lines, place) or _is_above_ingredients(lines, place)


def _is_poured_on(text: str) -> bool:
    return read_quantity(text, is_known_name).unit in ("top", "float", "rinse")


def _is_above_ingredients(lines: list[Line], place: int) -> bool:
    """Whether a line is the first of what stands, without a gap, above a list with a heading."""
    for line in lines[place + 1 : place + 9]:
        if line.after_blank or line.heading or line.is_ingredient:
            return False
        if line.section == "ingredients":
            return True
    return False


def _ingredients_follow(lines: list[Line], place: int) -> bool:
    """Whether ingredients come next, after a description of a line or two."""
    for line in [each for each in lines[place + 1 : place + 9] if not each.content][:3]:
        if line.is_ingredient or line.section == "ingredients" or line.bullet:
            return True
        if line.heading or line.section == "instructions":
            return False
        if line.after_blank and not is_sentence(line.text) and len(line.text) < _LONGEST_NAME:
            return False
    return False
