// How many ingredients recipes have.

import { needed } from "../data/run.js";
import { count, counted } from "../format.js";
import { h } from "../html.js";
import { questionFor } from "../shell/selection.js";
import { recipeList } from "./lists.js";

export function complexityView(context) {
  const { router, selection } = context;
  return async (route, mapData) => {
    const rows = await needed(mapData).run.complexity();
    const ids = route.count === null ? [] : await selection.ids(questionFor({ ...route, search: "" }));
    const list = recipeList(ids, context);
    await list.grow();
    const link = (patch) => router.link({ search: "", ...patch });
    return {
      title: "Ingredient count",
      nodes: [
        h("p", { class: "lede" }, typical(rows)),
        histogram(rows, route.count, link),
        h("p", { class: "small soft" }, "Recipes by their number of ingredients; choose one to see them."),
        ...(route.count === null ? [] : [
          h("h3", {}, `${counted(ids.length, "recipe")} with ${counted(route.count, "ingredient")}`),
          ...list.nodes,
        ]),
      ],
    };
  };
}

function typical(rows) {
  const total = rows.reduce((sum, row) => sum + row.recipe_count, 0);
  if (!total) return "No recipes yet.";
  const most = rows.reduce((best, row) => (row.recipe_count > best.recipe_count ? row : best));
  return `Most often a recipe has ${counted(most.ingredient_count, "ingredient")}: ${count(most.recipe_count)} of ${count(total)}.`;
}

function histogram(rows, chosen, link) {
  const most = Math.max(...rows.map((row) => row.recipe_count), 1);
  return h("ul", { class: "histogram" }, rows.map((row) =>
    h("li", {}, h("a", {
      href: link({ view: "complexity", count: row.ingredient_count }),
      "aria-current": row.ingredient_count === chosen ? "true" : null,
    }, h("span", {}, count(row.recipe_count), unseen(row.recipe_count === 1 ? " recipe with" : " recipes with")), h("i", { style: { height: `${(80 * row.recipe_count) / most}%` } }),
    h("span", {}, String(row.ingredient_count), unseen(row.ingredient_count === 1 ? " ingredient" : " ingredients"))))));
}

const unseen = (text) => h("span", { class: "hidden" }, text);
