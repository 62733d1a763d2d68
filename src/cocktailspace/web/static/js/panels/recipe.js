// A recipe: its measures, how it is made, where it stands, and what is like it and why.

import { barSection, opinionSection } from "../bar/recipe-section.js";
import { request } from "../data/api.js";
import { liveUnits } from "../data/live.js";
import { agrees } from "../data/mapped-recipe.js";
import { placeOf, placeProvisionally } from "../data/provisional.js";
import { h } from "../html.js";
import { facts } from "./facts.js";
import { houseMadeNote } from "./house-made.js";
import { crumbs } from "./lists.js";
import { measures } from "./measures.js";
import { HEADING } from "./panel.js";
import { closeness, reason } from "./differences.js";
import { recipeText, takeAway } from "./take-away.js";

export function recipeView(context) {
  const { store, router } = context;
  return async ({ id }, mapData) => {
    const point = mapData.pointOf.get(id);
    const [{ body: recipe, etag }, units, published] = await Promise.all([request(`/recipes/${id}`), liveUnits(), point === undefined ? null : mapData.run.similar(id)]);
    const unitOf = new Map(units.map((unit) => [unit.id, unit]));
    const houseMade = recipe.makes_id !== null;
    const newer = !houseMade && (point === undefined || !agrees(recipe, mapData.columns, point));
    const similar = houseMade ? (await placeOf(recipe.ingredients, id).catch(() => null))?.neighbours : newer ? (await placeProvisionally(store, recipe)).neighbours : published;
    store.set({ similar: { id, list: newer || houseMade ? [] : similar ?? [] } });
    const likeIt = h("section", {});
    const showLikeIt = ({ units }) => likeIt.replaceChildren(...similarSection(similar, router, { units, counted: mapData.usage.counted }));
    const amounts = measures(recipe, unitOf, mapData, router, showLikeIt);
    showLikeIt(amounts.chosen);
    return {
      title: recipe.name,
      nodes: [
        family(recipe, mapData, router),
        HEADING,
        newer ? h("p", {}, h("span", { class: "pill" }, "Provisional"), " ", h("span", { class: "small soft" }, hint(recipe, point))) : null,
        houseMade ? houseMadeNote(recipe, mapData, context) : null,
        recipe.description ? h("p", { class: "lede" }, recipe.description) : null,
        amounts.node,
        ...barSection(recipe, context),
        recipe.instructions ? [h("h3", {}, "How it is made"), h("p", { class: "instructions" }, recipe.instructions)] : null,
        facts("recipe", recipe),
        recipe.source || recipe.source_url ? source(recipe) : null,
        takeAway(recipe, router, (address) => recipeText(recipe, unitOf, amounts.chosen, address)),
        hasVolume(recipe) ? likeIt : null,
        ...opinionSection(recipe, context),
        actions(recipe, etag, context),
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
function baseOf(recipe, { pointOf, columns }) {
  const point = pointOf.get(recipe.id);
  if (point !== undefined) return columns.bases[point];
  return recipe.ingredients.reduce((most, line) => (line.volume_ml > (most?.volume_ml ?? 0) ? line : most), null)?.ingredient_id;
}

function source({ source: name, source_url: address }) {
  const text = name || address;
  return h("p", { class: "small soft" }, "From ", address ? h("a", { href: address, rel: "noopener nofollow" }, text) : text);
}

function similarSection(similar, router, how) {
  const heading = h("h3", {}, "Similar cocktails");
  const note = (text) => h("p", { class: "small soft" }, text);
  if (!similar) return [heading, note("They are being computed, and appear here by themselves.")];
  if (!similar.length) return [heading, note("None is near: this one is of its own kind.")];
  return [heading, note("What to change in this one to make them."), h("ul", { class: "rows similar" }, similar.map((each) => similarRow(each, router, how)))];
}

function similarRow(each, router, how) {
  return h("li", {}, h("a", { class: "row", href: router.link({ view: "recipe", id: each.recipe_id, search: "" }) },
    h("span", { class: "name" }, each.name),
    h("span", { class: "value", title: `${each.likeness}\u00a0% alike` }, closeness(each)),
    h("span", { class: "why" }, reason(each, how))));
}

function actions(recipe, etag, { router, merge, remove }) {
  return h("div", { class: "actions" },
    h("a", { class: "button", href: router.link({ view: "recipe-form", id: recipe.id }) }, "Change"),
    h("button", { type: "button", class: "button", onclick: () => merge("recipes", recipe, etag) }, "Merge …"),
    h("button", { type: "button", class: "button", onclick: () => remove("recipes", recipe, etag) }, "Delete"));
}
