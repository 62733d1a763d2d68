"""A file's recipes become drafts of the catalogue, once it is known what their names mean."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cocktailspace.catalogue.models import LineDraft, RecipeDraft
from cocktailspace.catalogue.values import MAX_QUANTITY, MOST_WORDS, Extra, Name, Url
from cocktailspace.importing.catalogue_view import CatalogueView
from cocktailspace.importing.rows import RecipeRow
from cocktailspace.importing.targets import Action, Target
from cocktailspace.importing.understanding import UnderstoodLine

_LONGEST_NOTE = 200
_LONGEST_EXTRA, _MOST_KEYS = 300, 50
"""Of each, where all of it is too much."""
_TEXTS = ("instructions", "description", "garnish")
_NAMES = ("glass", "method")
_URL: TypeAdapter[str] = TypeAdapter(Url)
_NAME: TypeAdapter[str] = TypeAdapter(Name)
_EXTRA: TypeAdapter[Any] = TypeAdapter(Extra)


class Drafter:
    """Makes drafts of recipes.

    ingredients: ids by the key of what a line means. units: ids by the key of a unit.
    """

    def __init__(
        self, view: CatalogueView, ingredients: Mapping[str, int], units: Mapping[str, int]
    ) -> None:
        self._view = view
        self._ingredients = ingredients
        self._units = units
        self._lines: dict[int, tuple[UnderstoodLine, LineDraft, list[str]]] = {}

    def draft(
        self,
        recipe: RecipeRow,
        lines: Iterable[UnderstoodLine],
        target: Target,
        unread: Iterable[str] = (),
    ) -> RecipeDraft:
        """The draft that a recipe of a file means; ValidationError where it cannot be one.

        unread: lines that name nothing; they are kept among the notes, word for word.
        """
        notes = [recipe.notes, *unread]
        made = [self._line(line, notes) for line in lines]
        fields = self.fields(recipe, target, notes)
        return fields.model_copy(update={"ingredients": tuple(made)})

    def fields(self, recipe: RecipeRow, target: Target, notes: Sequence[str] = ()) -> RecipeDraft:
        """The draft without its lines; ValidationError where it cannot be one."""
        notes = list(notes)
        values: dict[str, Any] = {"name": recipe.name}
        extra = dict(recipe.extra)
        for each in _TEXTS:
            if text := getattr(recipe, each):
                values[each] = text
        for each in _NAMES:
            if text := " ".join(getattr(recipe, each).split()):
                values[each] = text[:_LONGEST_NOTE]
                if len(text) > _LONGEST_NOTE:
                    notes.append(text)
        if target.source:
            values["source"] = target.source
        if recipe.source_url:
            values |= _checked(_URL, "source_url", recipe.source_url, extra)
        if recipe.tags:
            tags = [tag for tag in map(_name, recipe.tags) if tag]
            values["tags"] = tags[:MOST_WORDS]
            extra |= {"tags": tags[MOST_WORDS:]} if tags[MOST_WORDS:] else {}
        if recipe.servings:
            values["servings"] = max(1, min(1_000, round(recipe.servings)))
        if said := {str(n): dict(row.extra) for n, row in enumerate(recipe.lines, 1) if row.extra}:
            extra["lines"] = said
        if extra:
            values["extra"] = _kept(json.loads(json.dumps(extra, default=str)))
        if text := "\n".join(note for note in notes if note):
            values["notes"] = text
        return RecipeDraft.model_validate(values)

    def _line(self, line: UnderstoodLine, notes: list[str]) -> LineDraft:
        """The draft of a line; a collection says most of them time and again."""
        if (made := self._lines.get(id(line))) is None:
            own: list[str] = []
            made = self._lines[id(line)] = (line, self._make_line(line, own), own)
        notes += made[2]
        return made[1]

    def _make_line(self, line: UnderstoodLine, notes: list[str]) -> LineDraft:
        ingredient_id = self._ingredients[line.meaning]
        amount, amount_max, unit = line.amount, line.amount_max, line.unit
        if unit is None and amount is not None and self._has_each(ingredient_id):
            unit = "each"
        squeezed = line.juice and unit in (None, "each")
        fruit = self._view.fruit_ml.get(ingredient_id) if squeezed else None
        most = max(amount or 0, amount_max or 0)
        if amount is not None and fruit is not None and most * fruit <= MAX_QUANTITY:
            amount, unit = amount * fruit, "ml"
            amount_max = None if amount_max is None else amount_max * fruit
        note = ", ".join(" ".join(each.split()) for each in line.notes)
        if len(note) > _LONGEST_NOTE:
            notes.append(f"{line.spelling}: {note}")
            note = f"{note[: _LONGEST_NOTE - 1]}…"
        others = tuple(each for each in line.alternatives if each != ingredient_id)
        return LineDraft.model_construct(
            ingredient_id=ingredient_id,
            amount=amount,
            amount_max=amount_max,
            unit_id=None if unit is None else self._units[unit],
            note=_name(note),
            optional=line.optional,
            alternatives=others[:20],
        )

    def _has_each(self, ingredient_id: int) -> bool:
        """Whether a bare number of it is of whole ones: the catalogue says what one comes to."""
        each, ingredient = self._units.get("each"), self._view.ingredients.get(ingredient_id)
        return ingredient is not None and any(p.unit_id == each for p in ingredient.pieces)


def _name(text: str) -> str | None:
    try:
        return _NAME.validate_python(text[:_LONGEST_NOTE]) if text.strip() else None
    except ValidationError:
        kept = "".join(each for each in text if each.isprintable()).strip()
        return kept[:_LONGEST_NOTE] or None


def _kept(extra: dict[str, Any]) -> dict[str, Any]:
    """Keys without a place; of what the catalogue has no room for (a photo), how much it was."""
    try:
        _EXTRA.validate_python(extra)
    except ValidationError:
        sizes = {key: len(json.dumps(value)) for key, value in extra.items()}
        return {
            key: value if sizes[key] < _LONGEST_EXTRA else f"{sizes[key]:,} characters, left out"
            for key, value in list(extra.items())[:_MOST_KEYS]
        }
    return extra


def _checked(
    kind: TypeAdapter[Any], name: str, value: Any, otherwise: dict[str, Any]
) -> dict[str, Any]:
    """The value, if the catalogue takes it; else it is kept elsewhere."""
    try:
        return {name: kind.validate_python(value)}
    except ValidationError:
        otherwise[name] = value
        return {}


def merged(current: RecipeDraft, said: RecipeDraft, action: Action) -> RecipeDraft:
    """A recipe that is there, with what a file says of it: what it lacks, or all of that."""
    return _filled(current, said) if action == "fill" else _replaced(current, said)


def _filled(current: RecipeDraft, said: RecipeDraft) -> RecipeDraft:
    """A recipe with what it lacks from another; what it has stays."""
    lacking = {
        name: value
        for name in RecipeDraft.model_fields
        if name not in ("name", "uid")
        and not getattr(current, name)
        and (value := getattr(said, name))
    }
    return current.model_copy(update=lacking)


def _replaced(current: RecipeDraft, said: RecipeDraft) -> RecipeDraft:
    """A recipe with all that another says; what that leaves out stays."""
    kept = {name: getattr(said, name) for name in said.model_fields_set if getattr(said, name)}
    return current.model_copy(update={**kept, "name": current.name, "uid": current.uid})
