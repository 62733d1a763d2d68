"""What a generated client does with a server: list, search, read, write, ask a bar.

`scripts/try-client.sh` generates the client, checks the types of this file, and runs it.
"""

import os
import sys
from http import HTTPStatus

from cocktailspace_client import AuthenticatedClient, Client
from cocktailspace_client.api.bar import ask_bar
from cocktailspace_client.api.ingredients import list_ingredients
from cocktailspace_client.api.recipes import (
    create_recipe,
    delete_recipe,
    get_recipe,
    list_recipes,
    replace_recipe,
    search,
)
from cocktailspace_client.models import (
    BarAnswer,
    BarQuestion,
    ErrorAnswer,
    IngredientList,
    LineDraft,
    Meant,
    Recipe,
    RecipeDraft,
    RecipeList,
)


def read(client: Client, wanted: list[str]) -> list[int]:
    """List, search and read recipes; returns the ids of the ingredients that are wanted."""
    listed = list_recipes.sync(client=client, q="gin", limit=3)
    assert isinstance(listed, RecipeList), listed
    assert len(listed.items) == 3
    assert all(
        "Gin" in str([line.ingredient for line in each.ingredients]) for each in listed.items
    )
    meant = search.sync(client=client, q="negro")
    assert isinstance(meant, Meant), meant
    assert meant.recipes[0].name == "Negroni"
    found = get_recipe.sync(meant.recipes[0].id, client=client)
    assert isinstance(found, Recipe), found
    assert found.calculated.strength is not None
    missing = get_recipe.sync(10**9, client=client)
    assert isinstance(missing, ErrorAnswer), missing
    assert missing.error.code == "not_found"
    every = list_ingredients.sync(client=client)
    assert isinstance(every, IngredientList), every
    ids = {each.name: each.id for each in every.items}
    return [ids[name] for name in wanted]


def ask(client: Client, bar: list[int]) -> None:
    """Ask what a bar makes."""
    answer = ask_bar.sync(client=client, body=BarQuestion(ingredients=bar))
    assert isinstance(answer, BarAnswer), answer
    assert "Negroni" in [each.name for each in answer.can_make]
    assert answer.next_bottles[0].name not in ("London Dry Gin", "Campari", "Sweet Vermouth")


def write(client: AuthenticatedClient, gin: int) -> None:
    """Create, change and delete a recipe, each as it was read."""
    draft = RecipeDraft(name="Neat", ingredients=[LineDraft(ingredient_id=gin, amount=60.0)])
    made = create_recipe.sync_detailed(client=client, body=draft)
    assert made.status_code == HTTPStatus.CREATED, made
    assert isinstance(made.parsed, Recipe)
    recipe_id, read_as = made.parsed.id, made.headers["ETag"]
    draft.garnish = "none"
    changed = replace_recipe.sync_detailed(recipe_id, client=client, body=draft, if_match=read_as)
    assert isinstance(changed.parsed, Recipe), changed
    assert changed.parsed.garnish == "none"
    stale = delete_recipe.sync_detailed(recipe_id, client=client, if_match=read_as)
    assert stale.status_code == HTTPStatus.PRECONDITION_FAILED
    gone = delete_recipe.sync_detailed(recipe_id, client=client, if_match=changed.headers["ETag"])
    assert gone.status_code == HTTPStatus.NO_CONTENT, gone


def be_refused(client: AuthenticatedClient) -> None:
    """Write with a token that is none."""
    refused = create_recipe.sync(client=client, body=RecipeDraft(name="Neat"))
    assert isinstance(refused, ErrorAnswer), refused
    assert refused.error.code == "not_authenticated"


if __name__ == "__main__":
    address = sys.argv[1]
    gin, *others = read(Client(address), ["London Dry Gin", "Campari", "Sweet Vermouth"])
    ask(Client(address), [gin, *others])
    write(AuthenticatedClient(address, token=os.environ["TOKEN"]), gin)
    be_refused(AuthenticatedClient(address, token="wrong"))
    print("the generated client has listed, searched, read, created, changed, deleted and asked")
