// The first evening: one's own recipes beside those that a new catalogue begins with, or instead of them.

import { getJson } from "../data/api.js";
import { count, counted } from "../format.js";
import { h } from "../html.js";
import { confirmDialog } from "../edit/confirm-dialog.js";
import { explain, CancelledError } from "../edit/writer.js";
import { toast } from "../shell/toast.js";

export function startView(context) {
  const { router } = context;
  return async () => {
    const { recipes: left } = await getJson("/catalogue/starter", { cache: "no-cache" });
    const add = h("a", { class: "button primary", href: router.link({ view: "recipe-form", id: null }) }, "Add a recipe");
    const bring = h("a", { class: "button", href: "#/import" }, "Bring in a file");
    return {
      title: "Start with your own recipes",
      nodes: [
        left ? h("p", { class: "lede" }, `${counted(left, "recipe is", "recipes are")} here to begin with, so that there is something to see.`) : null,
        left ? h("h3", {}, "Beside these") : null,
        h("p", { class: "small soft" }, "Write one down, or bring in what you have: a spreadsheet, an export of another app, a web page, a text."),
        h("div", { class: "actions" }, add, bring),
        ...(left ? without(left, context) : []),
      ],
    };
  };
}

function without(left, context) {
  return [
    h("h3", {}, "Without these"),
    h("p", { class: "small soft" }, `The ${count(left)} go. Ingredients and units stay, so that yours can be written at once; so do recipes that somebody has changed.`),
    h("div", { class: "actions" }, h("button", { type: "button", class: "button", onclick: () => ask(left, context) }, "Start empty …")),
  ];
}

function ask(left, { router, store, writer }) {
  confirmDialog({
    title: "Start empty?", label: "Take them away", keep: "Keep them",
    nodes: h("p", { class: "lede" }, `${counted(left, "recipe goes", "recipes go")}; the map follows with the next refresh.`),
    async act() {
      const { recipes } = await getJson("/catalogue/export?format=catalogue/2", { cache: "no-cache" });
      const { body: { uids } } = await writer.remove("/catalogue/starter");
      const gone = new Set(uids);
      const again = { format: "catalogue/2", units: [], ingredients: [], recipes: recipes.filter(({ uid }) => gone.has(uid)) };
      toast(`${counted(uids.length, "recipe is", "recipes are")} gone.`, { label: "Undo", act: () => bringBack(again, writer) });
      const { mapData, deleted } = store.get();
      if (uids.length === mapData?.columns.count) store.set({ deleted: new Set([...deleted, ...mapData.columns.ids]) });
      router.go({ view: "map", search: "" });
    },
  });
}

async function bringBack(document, writer) {
  try {
    await writer.bring(document);
    toast("They are here again; the map follows with the next refresh.");
  } catch (error) {
    if (!(error instanceof CancelledError)) toast(explain(error));
  }
}
