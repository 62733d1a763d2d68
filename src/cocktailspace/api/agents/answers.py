"""What tools answer, where that is less than the API does."""

from pydantic import BaseModel, Field

from cocktailspace.api.routes.bar import BottleOut, Counts, DrinkOut, Unknown, WishOut
from cocktailspace.catalogue.models import Recipe, RecipeDraft
from cocktailspace.catalogue.search import NamedIngredient
from cocktailspace.catalogue.values import Name


class FoundRecipe(BaseModel):
    """A recipe in a list."""

    id: int
    name: str
    source: str | None
    ingredients: list[str]


class FoundRecipes(BaseModel):
    """A page of recipes, the best match first."""

    recipes: list[FoundRecipe]
    total: int = Field(description="How many there are on all pages")
    next_cursor: str | None = Field(description="Of the next page; null at the end")


class VersionedRecipe(BaseModel):
    """A recipe, and the version of it that was read."""

    version: str = Field(description="Goes into a change of this recipe")
    recipe: Recipe


class RecipeChanges(RecipeDraft):
    """Fields of a recipe as they are to be; those that are left out stay as they are."""

    name: Name | None = None  # type: ignore[assignment] # the one that a draft must have


class FoundIngredients(BaseModel):
    """What a name may mean, the most likely first."""

    name: str
    ingredients: list[NamedIngredient]


class AllFoundIngredients(BaseModel):
    """What each name may mean."""

    found: list[FoundIngredients]


class CanMake(BaseModel):
    """What can be made of what is there."""

    counts: Counts
    can_make: list[DrinkOut]
    with_stand_ins: list[DrinkOut]
    one_short: list[DrinkOut]
    wish: WishOut | None = None
    unknown: Unknown = Field(description="Ids that the published recipes do not know")


class NextBottles(BaseModel):
    """What to buy next, each given those before it."""

    next_bottles: list[BottleOut]
    unknown: Unknown = Field(description="Ids that the published recipes do not know")
