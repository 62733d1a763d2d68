// All recipes as a list, narrowed as one likes: the map shows the same ones.

import { currentBar } from "../bar/kept.js";
import { getJson } from "../data/api.js";
import { liveIngredients } from "../data/live.js";
import { narrows, questionOf } from "../filters.js";
import { counted } from "../format.js";
import { h } from "../html.js";
import { versionOf } from "../shell/selection.js";
import { recipeList } from "./lists.js";
import { recipeFilters } from "./recipe-filters.js";
import { copy } from "./take-away.js";

const MOST_AT_ONCE = 200; // that the API gives

export function recipesView(context) {
  const { store } = context;
  return async (_route, _mapData, signal) => {
    const [usual, ingredients] = await Promise.all([
      getJson("/recipes/suggestions").catch(() => ({ glass: [], method: [], tags: [], free_of: [], base: [] })), liveIngredients().catch(() => []),
    ]);
    const filters = recipeFilters(context, usual, ingredients);
    const said = h("p", { class: "lede", role: "status" }), results = h("div"), links = h("div", { class: "actions small" });
    const node = h("div", { class: "recipes" }, said, filters.node, results, links);
    const show = follower(context, { filters, said, results, links });
    store.subscribe(["route", "mapData", "kept", "freshness"], (state) => state.route.view === "recipes" && show(state), signal);
    addEventListener("online", () => show(store.get()), { signal });
    await show(store.get());
    return { title: "Recipes", nodes: [node] };
  };
}

/** Keeps the list on what the address asks for and on the catalogue as it is. */
function follower(context, { filters, said, results, links }) {
  let shownKey = "", list = null, ids = [], onMap = false;

  return async function show(state) {
    const { route, mapData, kept } = state;
    const { mine = null } = route.filters;
    filters.show(state);
    const asked = JSON.stringify([route.search, route.filters]);
    const key = JSON.stringify([asked, versionOf(state), mapData?.run.id, mine && kept]);
    if (key === shownKey) return;
    const again = list !== null && JSON.parse(shownKey || "[]")[0] === asked;
    shownKey = key;
    results.setAttribute("aria-busy", "true");
    try {
      const found = await context.selection.ids(questionOf(route.search, route.filters), mine);
      if (shownKey !== key) return;
      said.replaceChildren(...summary(found.length, state, context.router));
      links.replaceChildren(...linksOf(route));
      if (again && onMap === Boolean(mapData) && String(found) === String(ids)) return; // dots come with the map
      const next = recipeList(found, context);
      await next.grow(again ? Math.min(MOST_AT_ONCE, list.shown()) || undefined : undefined);
      if (shownKey !== key) return;
      [ids, list, onMap] = [found, next, Boolean(mapData)];
      results.replaceChildren(...next.nodes);
    } catch (error) {
      if (error.name === "AbortError" || shownKey !== key) return;
      if (said.textContent !== error.message) said.textContent = error.message; // which is read out
      results.replaceChildren();
      [ids, list] = [[], null];
      if (error.status === 0 || error.status >= 500) shownKey = ""; // the next look at the server asks again
    } finally {
      if (shownKey === key || !shownKey) results.removeAttribute("aria-busy");
    }
  };
}

function summary(total, { route: { search, filters }, kept }, router) {
  if (!search && !narrows(filters)) return [total ? `${counted(total, "recipe")} in all.` : "There are no recipes yet."];
  if (total) return [`${counted(total, "recipe")}, bright on the map.`];
  if (filters.mine === "can-make" && !currentBar(kept).ingredients.length) return ["Your bar is empty. ", h("a", { href: router.link({ view: "bar", search: "" }) }, "Add what you have"), "."];
  return ["No recipe has all of that. Take something away."];
}

const linksOf = (route) => [
  h("button", { type: "button", class: "quiet", onclick: () => copy(location.href, "The link is copied.") }, "Copy link"),
  h("a", { class: "quiet", href: `/recipes?${questionOf(route.search, route.filters)}` }, "Plain page"),
];
