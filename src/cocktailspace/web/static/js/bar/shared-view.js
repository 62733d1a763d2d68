// A bar that somebody sent: shown, and taken only if wanted.

import { counted } from "../format.js";
import { h } from "../html.js";
import { liveIngredients } from "../data/live.js";
import { idsByName } from "./bar-tools.js";
import { joined, newBar } from "./kept.js";

export function sharedBarView({ keeper, router }) {
  return async ({ shared }, mapData) => {
    if (!shared) return { title: "No bar", nodes: [h("p", { class: "lede" }, "This link holds no bar, or too much of one.")] };
    const idOf = idsByName(mapData, await liveIngredients());
    const ingredients = shared.has.map((name) => ({ id: idOf.ingredient(name), name }));
    const unknown = ingredients.filter(({ id }) => id === null);
    return {
      title: shared.name || "A bar",
      nodes: [
        h("p", { class: "lede" }, `Somebody shares a bar of ${counted(ingredients.length, "ingredient")}. Your own stays as it is.`),
        h("ul", { class: "chips" }, ingredients.map(({ id, name }) => h("li", { class: id === null ? "lost" : null }, name))),
        unknown.length ? h("p", { class: "small soft" }, `Not in this catalogue: ${unknown.map(({ name }) => name).join(", ")}.`) : null,
        h("div", { class: "actions" },
          h("button", { type: "button", class: "button primary", onclick: take }, "Keep it beside mine"),
          h("a", { class: "button", href: "#/bar" }, "My bar")),
      ],
    };

    function take() {
      const bar = { ...newBar(shared.name || "Shared bar"), ingredients: shared.has.map((name) => ({ id: null, name })) };
      if (keeper.change((kept) => joined(kept, { current: 0, bars: [bar], opinions: [], lists: [] }, idOf))) router.go({ view: "bar", search: "" });
    }
  };
}
