// Recipes that make an ingredient (a house syrup): the map of cocktails does not have them unless asked.

import { getJson } from "../data/api.js";
import { placeProvisionally, without } from "../data/provisional.js";
import { h } from "../html.js";

/** Recipes that make an ingredient, or any ingredient. */
export const houseMade = async (ingredientId = null) =>
  (await getJson(`/recipes/house-made${ingredientId === null ? "" : `?makes=${ingredientId}`}`)).items;

/** Links to them, below a heading; nothing where there are none. */
export function houseMadeSection(recipes, link) {
  if (!recipes.length) return [];
  return [h("h3", {}, "Made in the house"), h("ul", { class: "rows" }, recipes.map((each) =>
    h("li", {}, h("a", { class: "row", href: link({ view: "recipe", id: each.id, search: "" }) },
      h("span", { class: "name" }, each.name), each.source ? h("span", { class: "why" }, each.source) : null))))];
}

/** In the panel of such a recipe: what it makes, and a switch that shows it on the map. */
export function houseMadeNote(recipe, { usage }, { store, router }) {
  const { makes_id: id } = recipe;
  const shown = () => store.get().provisional.has(recipe.id);
  const button = h("button", { type: "button", class: "tap", "aria-pressed": String(shown()), onclick: toggle }, "On the map");
  async function toggle() {
    if (shown()) store.set({ provisional: without(store.get().provisional, recipe.id) });
    else await placeProvisionally(store, recipe);
    button.setAttribute("aria-pressed", String(shown()));
  }
  const made = h("a", { href: router.link({ view: "ingredient", id, search: "" }) }, usage.byId.get(id)?.name ?? "an ingredient");
  const hasPlace = recipe.ingredients.some((line) => line.volume_ml > 0);
  return h("p", {}, h("span", { class: "pill" }, "House-made"), " ", h("span", { class: "small" }, "It makes ", made, "."), " ", hasPlace ? button : null);
}
