"""Tables that say by ids what belongs together: recipes, their lines, ingredients, units."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cocktailspace.importing.readers.keys import Mapped, folded, names_of, words_of_lists
from cocktailspace.importing.readers.values import number_of, text_of
from cocktailspace.wording import counted, listed

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
_ID = re.compile(r"id(.+)|(.+?)(?:uuid|uid|ids?|key|ref)")
_TABLE = re.compile(r"^tbl(?=.)")
"""Of `tblDrinks`, as databases of an office have it."""
_OWN_ID = ("id", "uuid", "uid", "key", "slug", "code")
_BARE = ("ref", "id", "_id", "key", "slug")
_UNIT_NAMES = ("abbreviation", "abbr", "symbol", "short", "shortname")
_ANY = ("data", "items", "results", "graph", "entries", "records", "collection", "content")
"""What files call lists of recipes, and of anything else."""
_RECIPE, _INGREDIENT = "recipe", "ingredient"
_SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Joined:
    """Recipes and ingredients with what other tables say of them."""

    document: Row
    """The same as in a file that holds all in one."""
    used: frozenset[str]
    """Names of the tables that were joined."""
    remarks: tuple[str, ...] = ()


def tables_of(document: Any) -> dict[str, list[Row]]:
    """The tables of a document: lists of objects by name, objects by their ids, or a list of
    objects that say of which they are (`{"model": "bar.drink", "pk": 1, "fields": {…}}`).
    """
    found: dict[str, list[Row]] = {}
    for each in document if isinstance(document, list) else ():
        if not (isinstance(each, Mapping) and isinstance(each.get("fields"), Mapping)):
            return {}
        table = text_of(each.get("model")).rpartition(".")[2]  # `bar.cocktail`
        found.setdefault(table, []).append({"id": each.get("pk"), **each["fields"]})
    for key, value in document.items() if isinstance(document, Mapping) else ():
        rows: list[Row] = []
        if isinstance(value, list):
            rows = [each for each in value if isinstance(each, Mapping)]
        elif isinstance(value, Mapping) and all(isinstance(x, Mapping) for x in value.values()):
            rows = [{"id": inner, **each} for inner, each in value.items()]
        if rows:
            found[str(key)] = rows
    return found


def joined(tables: Tables, mapped: Mapped) -> Joined | None:
    """Recipes whose lines refer to other tables, with what those say; None where none do."""
    join = _Join(_renamed(tables, mapped))
    if _RECIPE not in join.names or len(tables) < 2:
        return None
    lines = next(filter(None, map(join.lines_of, tables)), {})
    if not lines and not join.refers_within():
        return None
    lists = {_without_recipe(name): join.texts_of(name) for name in tables}
    recipes = []
    for row in join.rows(_RECIPE):
        own = join.id_of(row, _RECIPE)
        said = {name: texts.pop(own) for name, texts in lists.items() if own in texts}
        recipes.append({**said, **join.recipe(row, lines.pop(own, ()))})
    ingredients = [join.resolved(row, _INGREDIENT) for row in join.rows(_INGREDIENT)]
    remarks = []
    if lines:
        many = counted(sum(map(len, lines.values())), "line")
        which = listed([f"id {each}" for each in lines])
        remarks.append(f"passed over: {many} of recipes that the file does not have ({which})")
    if join.missing:
        which = listed([f"id {each}" for each in join.missing])
        remarks.append(f"passed over: lines of ingredients that the file does not have ({which})")
    document = {"recipes": recipes, "ingredients": ingredients}
    return Joined(document, frozenset(join.used), tuple(remarks))


def _renamed(tables: Tables, mapped: Mapped) -> Tables:
    """Tables whose columns are called as somebody said that they are meant."""
    said = {folded(key): field for field, key in mapped.fields.items()}
    if not said:
        return tables
    return {
        name: [
            {said.get(folded(str(key)), key): value for key, value in row.items()} for row in rows
        ]
        for name, rows in tables.items()
    }


@dataclass(slots=True)
class _Join:
    """Finds what rows refer to."""

    tables: Tables
    names: dict[str, str] = field(default_factory=dict)
    """Of the table of each kind of thing."""
    used: set[str] = field(default_factory=set)
    missing: dict[str, None] = field(default_factory=dict)
    """Ids of ingredients that lines refer to in vain."""
    _by_id: dict[str, dict[str, Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.tables:
            self.names.setdefault(_thing(name), name)

    def rows(self, thing: str) -> Sequence[Row]:
        """All of a kind of thing."""
        return self.tables[self.names[thing]] if thing in self.names else ()

    def id_of(self, row: Row, thing: str) -> str:
        """By which others refer to a row."""
        own = (key for key in row if folded(str(key)) in _OWN_ID or _referred(str(key)) == thing)
        return text_of(row.get(next(own, ""))) or _name_in(row, thing)

    def by_id(self, thing: str) -> Mapping[str, Row]:
        """All of a kind of thing, by id."""
        if thing not in self._by_id:
            rows = self.rows(thing)
            self._by_id[thing] = {said: row for row in rows if (said := self.id_of(row, thing))}
        return self._by_id[thing]

    def target(self, key: Any, value: Any) -> str:
        """What a value refers to, if it does: `ingredient_id`, or `ingredient` with an id."""
        if folded(str(key)) in _OWN_ID or isinstance(value, list | Mapping):
            return ""
        thing = _referred(str(key))
        if thing not in self.names:
            thing = _thing(str(key))
            if thing not in self.names or text_of(value) not in self.by_id(thing):
                return ""
        return thing

    def _rows_by_recipe(self, name: str) -> tuple[dict[str, list[Row]], Row]:
        """The rows of a table by the recipe that they refer to, in order, and its keys."""
        rows = self.tables[name]
        keys = {key: value for row in reversed(rows[:_SAMPLE]) for key, value in row.items()}
        of = next(
            (
                key
                for key, value in keys.items()
                if _referred(str(key)) == _RECIPE or self.target(key, value) == _RECIPE
            ),
            None,
        )
        found: dict[str, list[Row]] = {}
        if of is None or name == self.names[_RECIPE]:
            return found, {}
        for row in sorted(rows, key=_order):
            said = {key: value for key, value in row.items() if key != of}
            found.setdefault(text_of(row.get(of)), []).append(said)
        return found, keys

    def lines_of(self, name: str) -> dict[str, list[Row]]:
        """The lines of each recipe, if a table is of lines."""
        found, keys = self._rows_by_recipe(name)
        fields = {names_of("line").get(folded(str(key))) for key in keys}
        refers = any(self.target(key, value) == _INGREDIENT for key, value in keys.items())
        measured = fields & {"ingredient", "text"} and fields & {"amount", "measure"}
        if not refers and not measured:
            return {}
        self.used.add(name)
        return found

    def texts_of(self, name: str) -> dict[str, list[str]]:
        """What a table says of each recipe besides: its tags, its steps."""
        if name in self.used:
            return {}
        found, _ = self._rows_by_recipe(name)
        if found:
            self.used.add(name)
        return {recipe: [text for row in rows if (text := self._text_of(row))]
                for recipe, rows in found.items()}  # fmt: skip

    def _text_of(self, row: Row) -> str:
        said = self.resolved(row, "")
        texts = (text_of(value) for key, value in said.items() if not _is_number_of_row(key))
        return " ".join(filter(None, texts))

    def refers_within(self) -> bool:
        """Whether lines within recipes refer to ingredients: `{"ingredient_id": 3, …}`, or `3`."""
        known = self.by_id(_INGREDIENT)
        lines = (line for row in self.rows(_RECIPE)[:_SAMPLE] for line in _lines_within(row))
        return any(
            self.target(key, value) == _INGREDIENT and text_of(value) in known
            for line in lines
            for key, value in self._with_bare_id(
                line if isinstance(line, Mapping) else {_INGREDIENT: line}
            ).items()
        )

    def _with_bare_id(self, line: Row) -> Row:
        """A line that says nothing but an id of what it is of: `{"ref": "gin", "amount": 2}`."""
        says = any(
            self.target(key, value) == _INGREDIENT
            or names_of("line").get(folded(str(key))) in ("ingredient", "text")
            for key, value in line.items()
        )
        known = self.by_id(_INGREDIENT)
        bare = next((key for key in _BARE if text_of(line.get(key)) in known), None)
        if says or bare is None:
            return line
        return {_INGREDIENT if key == bare else key: value for key, value in line.items()}

    def recipe(self, row: Row, lines: Sequence[Row]) -> Row:
        """A recipe with its lines, its own and those of another table."""
        own = [
            self._with_bare_id(line) if isinstance(line, Mapping) else
            {_INGREDIENT if text_of(line) in self.by_id(_INGREDIENT) else "text": line}
            for line in _lines_within(row)
        ]  # fmt: skip
        said = self.resolved(row, _RECIPE)
        if not own and not lines:
            return said
        others = {key: value for key, value in said.items() if not _is_of_lines(key)}
        return {**others, "ingredients": [*filter(None, map(self._line, (*own, *lines)))]}

    def _line(self, row: Row) -> Row | None:
        """A line with the names of what it refers to; None where that is not there."""
        for key, value in row.items():
            if self.target(key, value) == _INGREDIENT and text_of(value) not in self.by_id(
                _INGREDIENT
            ):
                self.missing[text_of(value)] = None
                return None
        said = {key: value for key, value in row.items() if folded(str(key)) not in _OWN_ID}
        return self.resolved(said, "")

    def resolved(self, row: Row, thing: str) -> dict[str, Any]:
        """A row with names where it refers to others.

        thing: what the row is itself; its own name is called so.
        """
        if thing in self.names:
            self.used.add(self.names[thing])
        found: dict[str, Any] = {}
        for key, value in row.items():
            word = folded(str(key))
            refers = self.target(key, value)
            other = self.by_id(refers).get(text_of(value)) if refers else None
            above = self.by_id(thing).get(text_of(value)) if word.startswith("parent") else None
            if thing and _thing(word.removesuffix("name")) == thing and word.endswith("name"):
                found["name"] = value
            elif above is not None:
                found["parent"] = _name_in(above, thing)
            elif other is not None and refers != thing:
                self.used.add(self.names[refers])
                found[refers] = _name_in(other, refers) or value
            else:
                found[str(key)] = value
        return found


@cache
def _thing(name: str) -> str:
    """What a table, or a key, is of: `cocktails` and `Drink` of a recipe."""
    word = _TABLE.sub("", folded(name))
    ends = "es" if word.endswith("sses") else "" if word.endswith("ss") else "s"
    for each in (word, word.removesuffix(ends), word[:-1]):
        if names_of("recipe").get(each) == "ingredients":
            return _INGREDIENT
        if each in ("name", "title", *_ANY):
            break
        if names_of("recipe").get(each) == "name":
            return _RECIPE
        if names_of("line").get(each) in (_INGREDIENT, "unit"):
            return names_of("line")[each]
    is_recipe = word in words_of_lists("recipes") and word not in _ANY
    return _RECIPE if is_recipe else word.removesuffix(ends)


@cache
def _referred(key: str) -> str:
    """What a key says that it refers to: `recipe_id`, `idDrink`."""
    found = _ID.fullmatch(folded(key))
    return _thing(found[1] or found[2]) if found else ""


def _without_recipe(name: str) -> str:
    """What a table says of recipes: `recipe_tags`, `tags`."""
    parts = [part for part in re.split(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", name) if part]
    return " ".join(part for part in parts if _thing(part) != _RECIPE) or name


def _is_of_lines(key: str) -> bool:
    return _thing(key) == _INGREDIENT or _referred(key) == _INGREDIENT


def _lines_within(row: Row) -> Iterator[Any]:
    for key, value in row.items():
        if isinstance(value, list) and _is_of_lines(str(key)):
            yield from value


def _name_in(row: Row, thing: str) -> str:
    said = {folded(str(key)): value for key, value in row.items()}
    first = (*(_UNIT_NAMES if thing == "unit" else ()), "name", "title", f"{thing}name")
    others = (word for word in said if word.endswith("name"))
    return next((text_of(said[each]) for each in (*first, *others) if said.get(each)), "")


def _is_number_of_row(key: str) -> bool:
    word = folded(key)
    return word in _OWN_ID or bool(_referred(key)) or names_of("line").get(word) == "order"


def _order(row: Row) -> float:
    said = (row[key] for key in row if names_of("line").get(folded(str(key))) == "order")
    return next((number for each in said if (number := number_of(each)) is not None), 0)
