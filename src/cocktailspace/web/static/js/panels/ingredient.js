// Ingredients: how much each is used, down through the taxonomy; what can stand in for one.

import { request } from "../data/api.js";
import { liveUnits } from "../data/live.js";
import { needed } from "../data/run.js";
import { count, counted } from "../format.js";
import { h } from "../html.js";
import { questionFor } from "../shell/selection.js";
import { facts, formatLinks } from "./facts.js";
import { icicle } from "./icicle.js";
import { houseMade, houseMadeSection } from "./house-made.js";
import { barRow, crumbs, recipeList } from "./lists.js";
import { HEADING } from "./panel.js";

const MOST_SUBSTITUTES = 6;

export function ingredientView(context) {
  return async ({ id }, mapData) => (id === null ? all(needed(mapData), context, await houseMade()) : one(id, mapData, context));
}

function all({ usage, families }, { router }, made) {
  const link = (patch) => router.link(patch);
  return {
    title: "Ingredients",
    nodes: [
      h("p", { class: "lede" }, `${counted(usage.rows.length, "ingredient")} in ${counted(usage.roots.length, "family", "families")}. Open one to see its kinds.`),
      icicle(null, usage, families, link),
      ...kinds(usage.roots, link),
      ...houseMadeSection(made, link),
      h("div", { class: "actions" }, h("a", { class: "button", href: link({ view: "ingredient-form", id: null }) }, "Add ingredient")),
      h("p", { class: "small soft" }, "The whole catalogue as ", formatLinks("/catalogue/export", ["catalogue/2", "catalogue/1", "csv", "markdown", "json-ld"]).flatMap((link) => [link, " "])),
    ],
  };
}

async function one(id, mapData, context) {
  const { router, merge, remove, selection } = context;
  const [{ body: ingredient, etag }, substitutes, units, made, ids] = await Promise.all([
    request(`/ingredients/${id}`), mapData.run.substitutes(), liveUnits(), houseMade(id),
    selection.ids(questionFor({ view: "ingredient", id, count: null, search: "" })),
  ]);
  const list = recipeList(ids, context);
  await list.grow();
  const link = (patch) => router.link({ search: "", ...patch });
  const row = mapData.usage.byId.get(id);
  return {
    title: ingredient.name,
    nodes: [
      crumbs(h("a", { href: link({ view: "ingredient", id: null }) }, "Ingredients"),
        ingredient.ancestors.map((above) => h("a", { href: link({ view: "ingredient", id: above.id }) }, above.name))),
      HEADING,
      ingredient.description ? h("p", { class: "lede" }, ingredient.description) : null,
      facts("ingredient", ingredient, { ingredients: mapData.usage.rows.map(({ ingredient_id, name }) => ({ id: ingredient_id, name })), units }),
      usedIn(ids.length, row),
      ...(row?.children.length ? [icicle(row, mapData.usage, mapData.families, link), ...kinds(row.children.map((each) => mapData.usage.byId.get(each)), link)] : []),
      ...houseMadeSection(made, link),
      ...substitutesSection(substitutes, id, link),
      ...(ids.length ? [h("h3", {}, counted(ids.length, "recipe")), ...list.nodes] : []),
      h("div", { class: "actions" },
        ids.length ? h("a", { class: "button", href: link({ view: "recipes", filters: { ingredient: [id] } }) }, "Filter these") : null,
        h("a", { class: "button", href: link({ view: "ingredient-form", id }) }, "Change"),
        h("button", { type: "button", class: "button", onclick: () => merge("ingredients", ingredient, etag) }, "Merge …"),
        h("button", { type: "button", class: "button", onclick: () => remove("ingredients", ingredient, etag) }, "Delete"),
        h("a", { class: "quiet", href: `/ingredient/${id}` }, "Page to share")),
    ],
  };
}

/** row: as the run has it; none for a new one. */
function usedIn(all, row) {
  const direct = row?.direct_recipes ?? 0;
  const kinds = direct ? `${count(direct)} ${direct === 1 ? "names" : "name"} it, the others one of its kinds` : "each names one of its kinds";
  return h("p", { class: "lede" }, !all ? "No recipe uses it yet." : `In ${counted(all, "recipe")}${row?.children.length ? `: ${kinds}` : ""}.`);
}

/** Rows of the kinds, the most used first: how many recipes name it, and it or a kind of it. */
function kinds(rows, link) {
  const sorted = [...rows].sort((one, other) => other.hierarchical_recipes - one.hierarchical_recipes || one.name.localeCompare(other.name));
  const most = Math.max(1, sorted[0]?.hierarchical_recipes ?? 0);
  return [
    h("p", { class: "key", "aria-hidden": "true" }, h("span", {}, h("i", { class: "direct" }), "recipes by name"), "/", h("span", {}, h("i", {}), "with its kinds")),
    h("ul", { class: "rows kinds" }, sorted.map((row) => barRow({
      name: row.children.length ? `${row.name} ›` : row.name,
      href: link({ view: "ingredient", id: row.ingredient_id }),
      value: row.direct_recipes === row.hierarchical_recipes ? count(row.hierarchical_recipes) : `${count(row.direct_recipes)} / ${count(row.hierarchical_recipes)}`,
      spoken: row.direct_recipes === row.hierarchical_recipes ? "recipes" : "recipes by name, and with all its kinds",
      bars: [row.hierarchical_recipes / most, row.direct_recipes / most],
    }))),
  ];
}

function substitutesSection(substitutes, id, link) {
  const heading = h("h3", {}, "What can stand in for it");
  const note = (text) => h("p", { class: "small soft" }, text);
  if (!substitutes) return [heading, note("It is being computed, and appears here by itself.")];
  const nearest = substitutes.get(id)?.nearest.slice(0, MOST_SUBSTITUTES) ?? [];
  if (!nearest.length) return [];
  return [
    heading,
    note("The best first, each with how many pairs of similar recipes have the one where the other is."),
    h("ul", { class: "rows substitutes" }, nearest.map((each) => barRow({
      name: each.name, href: link({ view: "ingredient", id: each.ingredient_id }),
      value: each.pairs ? `${counted(each.pairs, "pair")} of recipes` : "by kind", spoken: each.pairs ? "say so" : "only", bars: [each.share / nearest[0].share],
    }))),
  ];
}
