"""Entities as responses have them: JSON and its ETag; a cache of recipes in that form."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import Connection

from cocktailspace.catalogue.changes import (
    CatalogueState,
    catalogue_state,
    continues,
    touched_after,
)
from cocktailspace.catalogue.recipes import get_recipe, load_recipes

CACHED_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Rendered:
    """An entity's JSON, and the strong ETag that is a digest of it."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, entity: BaseModel) -> "Rendered":
        """As it is now."""
        body = entity.model_dump_json().encode()
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


class RenderedRecipes:
    """Recipes as they are in what a connection reads. Those that were asked for last are cached
    until the change log says that they, or anything besides recipes, changed.
    """

    def __init__(self, most_bytes: int = CACHED_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._state: CatalogueState | None = None
        self._recipes: OrderedDict[int, Rendered] = OrderedDict()
        self._bytes = 0

    def one(self, connection: Connection, recipe_id: int) -> Rendered:
        """A recipe; NotFoundError when there is none."""
        found = self.many(connection, [recipe_id])
        return found[recipe_id] if found else Rendered.of(get_recipe(connection, recipe_id))

    def many(self, connection: Connection, ids: Sequence[int]) -> dict[int, Rendered]:
        """The recipes with these ids; ids without a recipe are left out."""
        state = catalogue_state(connection)
        with self._lock:
            self._follow(connection, state)
            found = self._cached(ids)
        missing = [each for each in ids if each not in found]
        if missing:
            loaded = load_recipes(connection, missing)
            made = {each: Rendered.of(recipe) for each, recipe in loaded.items()}
            with self._lock:
                if state == self._state:
                    self._add(made)
            found.update(made)
        return found

    def _follow(self, connection: Connection, state: CatalogueState) -> None:
        """Forget what is otherwise in this state than in the one that the cache is of."""
        known = self._state
        if state == known:
            return
        if known is not None and continues(connection, state, known):
            touched = touched_after(connection, known.version)
            stale = {recipe_id for entity, recipe_id in touched if entity == "recipe"}
            if len(stale) < len(touched):  # any recipe may show an ingredient, unit or method
                stale = set(self._recipes)
        else:
            stale = set(self._recipes)
        for recipe_id in stale & self._recipes.keys():
            self._bytes -= len(self._recipes.pop(recipe_id).body)
        self._state = state

    def _add(self, made: Mapping[int, Rendered]) -> None:
        for recipe_id, rendered in made.items():
            if recipe_id not in self._recipes:
                self._recipes[recipe_id] = rendered
                self._bytes += len(rendered.body)
        while self._bytes > self._most_bytes:
            _, oldest = self._recipes.popitem(last=False)
            self._bytes -= len(oldest.body)

    def _cached(self, ids: Sequence[int]) -> dict[int, Rendered]:
        found = {each: self._recipes[each] for each in ids if each in self._recipes}
        for each in found:
            self._recipes.move_to_end(each)
        return found
