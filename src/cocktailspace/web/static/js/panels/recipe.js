// A recipe: its measures, how it is made, where it stands, and what is like it and why.

import { getJson, request } from "../data/api.js";
import { agrees } from "../data/map-columns.js";
import { placeProvisionally } from "../data/provisional.js";
import { amount, millilitres, ounces } from "../format.js";
import { h } from "../html.js";
import { crumbs } from "./lists.js";
import { HEADING } from "./panel.js";
import { likenessOf, reason } from "./differences.js";

const POUR_ML = 4; // less than this is counted in dashes, not measured in ounces

export function recipeView({ store, router, remove }) {
  return async ({ id }, mapData) => {
    const point = mapData.pointOf.get(id);
    const [{ body: recipe, etag }, short, published] = await Promise.all([request(`/recipes/${id}`), abbreviations(), point === undefined ? null : mapData.run.similar(id)]);
    const newer = point === undefined || !agrees(recipe, mapData.columns, point);
    const similar = newer ? (await placeProvisionally(store, recipe)).neighbours : published;
    store.set({ similar: { id, list: newer ? [] : similar ?? [] } });
    return {
      title: recipe.name,
      nodes: [
        family(recipe, mapData, router),
        HEADING,
        newer ? h("p", {}, h("span", { class: "pill" }, "Provisional"), " ", h("span", { class: "small soft" }, hint(recipe, point))) : null,
        recipe.description ? h("p", { class: "lede" }, recipe.description) : null,
        measures(recipe, short, mapData, router),
        recipe.instructions ? [h("h3", {}, "How it is made"), h("p", { class: "instructions" }, recipe.instructions)] : null,
        recipe.source || recipe.source_url ? source(recipe) : null,
        hasVolume(recipe) ? similarSection(similar, router) : null,
        actions(recipe, etag, router, remove),
      ].flat(),
    };
  };
}

const hasVolume = ({ ingredients }) => ingredients.some((line) => line.volume_ml > 0);

function hint(recipe, point) {
  if (!hasVolume(recipe)) return "Without a volume it has no place on the map.";
  return point === undefined ? "The next refresh gives it its place." : "Changed since the map was made; the next refresh moves it.";
}

/** Where it sits in the taxonomy: the path of the ingredient that it is built on. */
function family(recipe, mapData, router) {
  const { usage } = mapData;
  const main = baseOf(recipe, mapData);
  if (!usage.byId.has(main)) return null;
  const path = [...usage.ancestors(main), usage.byId.get(main)];
  return crumbs(path.map((row) => h("a", { href: router.link({ view: "ingredient", id: row.ingredient_id, search: "" }) }, row.name)));
}

/** As the map has it; of a recipe that it does not have, the largest. */
function baseOf(recipe, { pointOf, families }) {
  const point = pointOf.get(recipe.id);
  if (point !== undefined) return families.bases[point];
  return recipe.ingredients.reduce((most, line) => (line.volume_ml > (most?.volume_ml ?? 0) ? line : most), null)?.ingredient_id;
}

function measures(recipe, short, mapData, router) {
  const total = recipe.ingredients.reduce((sum, line) => sum + line.volume_ml, 0);
  const head = ["Ingredient", "As written", "ml", "oz"].map((text) => h("th", { scope: "col" }, text));
  return h("table", { class: "measures" },
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, recipe.ingredients.map((line) => measure(line, short, total, mapData, router))),
    h("tfoot", {}, h("tr", {}, h("td", {}, "In all, before ice"), h("td", {}), h("td", {}, millilitres(total)), h("td", {}, ounces(total)))));
}

function measure(line, short, total, { usage, families }, router) {
  const path = usage.ancestors(line.ingredient_id).map((row) => row.name).join(" › ");
  const written = [line.amount === null ? "" : amount(line.amount), short.get(line.unit_id) ?? ""].join(" ").trim();
  const colour = families.list.find((each) => each.key === familyOf(line.ingredient_id, families, usage))?.colour ?? 11;
  return h("tr", {},
    h("td", {}, h("a", { href: router.link({ view: "ingredient", id: line.ingredient_id, search: "" }) }, line.ingredient),
      path ? h("span", { class: "path" }, path) : null,
      h("span", { class: "share", "aria-hidden": "true", style: { width: `${total ? (100 * line.volume_ml) / total : 0}%`, background: `var(--family-${colour})` } })),
    h("td", {}, written),
    h("td", {}, millilitres(line.volume_ml)),
    h("td", {}, line.volume_ml < POUR_ML ? "–" : ounces(line.volume_ml)));
}

/** How each unit is written, by id. */
const abbreviations = async () => new Map((await getJson("/units")).items.map((unit) => [unit.id, unit.abbreviation ?? unit.name]));

const familyOf = (id, { list }, usage) => {
  const keys = new Set(list.map((family) => family.key));
  return [...usage.ancestors(id).map((row) => row.ingredient_id), id].findLast((each) => keys.has(each));
};

function source({ source: name, source_url: address }) {
  const text = name || address;
  return h("p", { class: "small soft" }, "From ", address ? h("a", { href: address, rel: "noopener nofollow" }, text) : text);
}

function similarSection(similar, router) {
  const heading = h("h3", {}, "Similar cocktails");
  const note = (text) => h("p", { class: "small soft" }, text);
  if (!similar) return [heading, note("They are being computed, and appear here by themselves.")];
  if (!similar.length) return [heading, note("None is near: this one is of its own kind.")];
  return [heading, note("What to change in this one to make them."), h("ul", { class: "rows similar" }, similar.map((each) => similarRow(each, router)))];
}

function similarRow(each, router) {
  return h("li", {}, h("a", { class: "row", href: router.link({ view: "recipe", id: each.recipe_id, search: "" }) },
    h("span", { class: "name" }, each.name),
    h("span", { class: "value", title: "100 % is the same drink" }, likenessOf(each)),
    h("span", { class: "why" }, reason(each))));
}

function actions(recipe, etag, router, remove) {
  return h("div", { class: "actions" },
    h("a", { class: "button", href: router.link({ view: "recipe-form", id: recipe.id }) }, "Change"),
    h("button", { type: "button", class: "button", onclick: () => remove("recipes", recipe, etag) }, "Delete"),
    h("a", { class: "quiet", href: `/recipe/${recipe.id}` }, "Page to share"));
}
