"""Entities as responses have them: JSON and its ETag; a cache of recipes in that form."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import Connection

from cocktailspace.api.recently_used import RecentlyUsed
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
        self._lock = threading.Lock()
        self._state: CatalogueState | None = None
        self._recipes = RecentlyUsed[int, Rendered](most_bytes, lambda each: len(each.body))

    def one(self, connection: Connection, recipe_id: int) -> Rendered:
        """A recipe; NotFoundError when there is none."""
        found = self.many(connection, [recipe_id])
        return found[recipe_id] if found else Rendered.of(get_recipe(connection, recipe_id))

    def many(self, connection: Connection, ids: Sequence[int]) -> dict[int, Rendered]:
        """The recipes with these ids; ids without a recipe are left out."""
        state = catalogue_state(connection)
        with self._lock:
            self._follow(connection, state)
            cached = ((each, self._recipes.get(each)) for each in ids)
            found = {each: recipe for each, recipe in cached if recipe is not None}
        missing = [each for each in ids if each not in found]
        if missing:
            loaded = load_recipes(connection, missing)
            made = {each: Rendered.of(recipe) for each, recipe in loaded.items()}
            with self._lock:
                if state == self._state:
                    for each, recipe in made.items():
                        self._recipes.add(each, recipe)
            found.update(made)
        return found

    def _follow(self, connection: Connection, state: CatalogueState) -> None:
        """Forget what is otherwise in this state than in the one that the cache is of."""
        known = self._state
        if state == known:
            return
        touched = (
            touched_after(connection, known.version)
            if known is not None and continues(connection, state, known)
            else None
        )
        if touched is not None and all(entity == "recipe" for entity, _ in touched):
            self._recipes.discard(recipe_id for _, recipe_id in touched)
        else:  # any recipe may show an ingredient, unit or method
            self._recipes.clear()
        self._state = state
