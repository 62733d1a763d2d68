// Lists that several panels show.

import { madeOf } from "../bar/lighting.js";
import { getJson } from "../data/api.js";
import { count } from "../format.js";
import { h } from "../html.js";

const AT_ONCE = 40;

/**
 * Recipes by id, in that order, as links with what is in them, a page at a time; empty until `grow` was called.
 * @returns {{ nodes: any[], grow: (many?: number) => Promise<void>, shown: () => number }}
 */
export function recipeList(ids, { store, router }) {
  const list = h("ul", { class: "rows" });
  const more = h("button", { type: "button", class: "button", hidden: true, onclick: () => growFurther() });
  let shown = 0;

  async function grow(many = AT_ONCE) {
    more.disabled = true;
    try {
      const rows = await rowsOf(ids.slice(shown, shown + many), store.get(), router);
      list.append(...rows);
      shown = Math.min(shown + many, ids.length);
      more.hidden = shown === ids.length;
      more.textContent = `Show more (${count(ids.length - shown)})`;
    } catch (error) {
      more.hidden = false;
      more.textContent = `${error.message} Try again`;
    }
    more.disabled = false;
  }

  /** The button goes with the last page; who used it goes on at the first new row. */
  async function growFurther() {
    const before = list.children.length;
    await grow();
    if (more.hidden) list.children[before]?.querySelector("a").focus({ preventScroll: true });
  }

  return { nodes: [list, more], grow, shown: () => shown };
}

/** Some recipes as the catalogue has them now; those deleted meanwhile are left out. */
async function rowsOf(ids, state, router) {
  if (!ids.length) return [];
  const { items } = await getJson(`/recipes?limit=${ids.length}&${new URLSearchParams(ids.map((id) => ["id", String(id)]))}`);
  const found = new Map(items.map((recipe) => [recipe.id, recipe]));
  return ids.filter((id) => found.has(id)).map((id) => recipeRow(found.get(id), state, router));
}

function recipeRow(recipe, state, router) {
  const names = [...new Set(recipe.ingredients.map((line) => line.ingredient))];
  return h("li", {}, h("a", { class: "row", href: router.link({ view: "recipe", id: recipe.id, search: "" }) },
    h("span", { class: "name" }, dot(recipe.id, state.mapData), recipe.name),
    h("span", { class: "value small" }, saysOf(recipe)),
    h("span", { class: "why" }, names.slice(0, 6).join(", ") + (names.length > 6 ? " …" : "")),
    h("span", { class: "why made", "data-recipe": String(recipe.id) }, madeOf(state, recipe.id))));
}

/** In the colour that it has on the map, where it is there. */
function dot(id, mapData) {
  const point = mapData?.pointOf.get(id);
  if (point === undefined) return null;
  return h("span", { class: "dot", style: { background: `var(--family-${mapData.families.list[mapData.families.of[point]].colour})` } });
}

/** Glass and strength before ice, by which the list is sorted and narrowed. */
function saysOf({ glass, calculated: { alcohol_free: free, strength } }) {
  const strong = free ? "free of alcohol" : strength === null ? null : `${count(strength)}\u00a0%`;
  return [glass, strong].filter(Boolean).join(" · ");
}

/**
 * A row with a name, a value and a bar of one or two lengths (fractions of 1); `spoken` is what
 * the value says to who does not see the bar.
 */
export function barRow({ name, href, value, spoken, bars }) {
  return h("li", {}, h("a", { class: "row", href },
    h("span", { class: "name" }, name), h("span", { class: "value" }, value, h("span", { class: "hidden" }, ` ${spoken}`)),
    h("span", { class: "bar", "aria-hidden": "true" }, bars.map((length) => h("i", { style: { width: `${100 * length}%` } })))));
}

export const crumbs = (...parts) => h("nav", { class: "crumbs", "aria-label": "Path" }, parts);
