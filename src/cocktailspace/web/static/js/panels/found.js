// Everything that a search finds, as a list beside the map.

import { counted } from "../format.js";
import { h } from "../html.js";
import { searched } from "../shell/highlights.js";
import { byName, recipeList } from "./lists.js";

export function foundView({ router }) {
  return async ({ search }, atlas) => {
    const points = search ? byName(searched(search, atlas), atlas) : [];
    return {
      title: search ? `“${search}”` : "Search",
      nodes: [
        h("p", { class: "lede" }, points.length ? `${counted(points.length, "recipe")}, by name or ingredient.` : "Nothing matches. Fewer letters find more."),
        ...recipeList(points, atlas, (patch) => router.link(patch)),
      ],
    };
  };
}
