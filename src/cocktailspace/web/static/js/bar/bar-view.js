// My bar: what is there, what can be made of it, what to buy next.

import { liveIngredients } from "../data/live.js";
import { h } from "../html.js";
import { askBar, followUnknown, unknownRecipes } from "./asking.js";
import { barTools } from "./bar-tools.js";
import { contents } from "./contents.js";
import { currentBar } from "./kept.js";
import { drinkLists, nextBottles } from "./drink-lists.js";
import { keptLists } from "./kept-lists.js";

export function barView(context) {
  return async (_route, mapData, signal) => {
    const { store, keeper } = context;
    const catalogue = await liveIngredients().catch(() => []);
    const place = h("div", { class: "bar" });
    const told = h("div", { role: "status" });
    let shown = null;
    let followed = "";

    /** Everything anew, but for the field that is typed in: that stays. */
    const held = contents(context, mapData, catalogue);
    const answers = h("div", { class: "answers", "aria-live": "polite" });
    const tools = h("div");
    const lists = h("div");
    place.append(tools, held.node, told, answers, lists);

    async function show() {
      const { kept } = store.get();
      if (kept === shown) return;
      shown = kept;
      const bar = JSON.stringify([kept.current, kept.bars.length]);
      if (tools.dataset.bar !== bar) tools.replaceChildren(...barTools(context, mapData, catalogue));
      tools.dataset.bar = bar;
      held.show(currentBar(kept));
      lists.replaceChildren(...keptLists(context));
      if (!currentBar(kept).ingredients.length) {
        return answers.replaceChildren(h("p", { class: "lede" }, "Add what you have, and see what it makes."));
      }
      answers.setAttribute("aria-busy", "true");
      try {
        const answer = await askBar(store);
        if (store.get().kept !== kept) return undefined;
        answers.replaceChildren(...drinkLists(answer, context), ...nextBottles(answer, context));
        await follow(answer.unknown.ingredients);
      } catch (error) {
        if (store.get().kept === kept) answers.replaceChildren(h("p", { class: "lede" }, error.code === "not_yet" ? "What bars can make is being computed; it follows within moments." : error.message));
      } finally {
        if (store.get().kept === kept) answers.removeAttribute("aria-busy");
      }
      return undefined;
    }

    /** What was merged or deleted is followed or said, once. */
    async function follow(ingredients) {
      const recipes = unknownRecipes(store.get().kept, mapData);
      const key = [...ingredients, ...recipes].join();
      if (!key || key === followed) return;
      followed = key;
      const said = [...await followUnknown("ingredients", ingredients, store, keeper), ...await followUnknown("recipes", recipes, store, keeper)];
      if (said.length) told.replaceChildren(...said.map((text) => h("p", { class: "small soft" }, text)));
    }

    store.subscribe(["kept"], show, signal);
    show();
    return { title: "My bar", nodes: [place] };
  };
}
