// Everything that a search finds, as a list beside the map.

import { counted } from "../format.js";
import { h } from "../html.js";
import { searched } from "../shell/highlights.js";
import { byName, recipeList } from "./lists.js";

export function searchResultsView({ router }) {
  return async ({ search }, mapData) => {
    const points = search ? byName(searched(search, mapData), mapData) : [];
    return {
      title: search ? `“${search}”` : "Search",
      nodes: [
        h("p", { class: "lede" }, points.length ? `${counted(points.length, "recipe")}, by name or ingredient.` : "Nothing matches. Fewer letters find more."),
        ...recipeList(points, mapData, (patch) => router.link(patch)),
      ],
    };
  };
}
