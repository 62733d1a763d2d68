// A list of one's own as a menu, to be printed: names, and what is in each.

import { getJson } from "../data/api.js";
import { linesOf } from "../data/mapped-recipe.js";
import { h } from "../html.js";
import { FAVOURITES, namedRecipes } from "./kept-lists.js";

export function menuView({ store, router }) {
  return async ({ id: name }, mapData) => {
    const recipes = namedRecipes(store.get().kept, name).filter(({ id }) => id !== null);
    const drinks = await Promise.all(recipes.map((each) => drinkOf(each, mapData)));
    const link = (id) => router.link({ view: "recipe", id, search: "" });
    return {
      title: name === FAVOURITES ? "Menu" : name,
      nodes: [
        recipes.length ? h("ul", { class: "menu" }, drinks.map(({ id, name: drink, has }) => h("li", {}, h("a", { href: link(id) }, drink), h("p", { class: "soft" }, has.join(" · ")))))
          : h("p", { class: "lede" }, "Nothing is on this list yet: recipes have a place for it."),
        h("div", { class: "actions" },
          h("button", { type: "button", class: "button primary", onclick: () => print() }, "Print"),
          h("a", { class: "button", href: "#/bar" }, "My bar")),
      ],
    };
  };
}

/** A drink and its ingredients, the most of it first; of what the map does not have, as the server has it. */
async function drinkOf({ id, name }, { columns, pointOf }) {
  const point = pointOf.get(id);
  if (point !== undefined) return { id, name: columns.names[point], has: linesOf(columns, point).map((line) => line.name) };
  const found = await getJson(`/recipes/${id}`).catch(() => null);
  return found ? { id, name: found.name, has: found.ingredients.map((line) => line.ingredient) } : { id, name, has: [] };
}
