// Two that are one: choosing the one that stays, and what moves to it, before it is done.

import { getJson } from "../data/api.js";
import { counted } from "../format.js";
import { h } from "../html.js";
import { liveIngredients } from "../data/live.js";
import { toast } from "../shell/toast.js";
import { combobox } from "./combobox.js";
import { confirmDialog } from "./confirm-dialog.js";
import { forget } from "./delete-dialog.js";

const SAID = {
  kind: (total) => `${counted(total, "kind")} of it`,
  made_from: (total) => `${counted(total, "ingredient")} made from it`,
  line: (total) => `${counted(total, "recipe")} with it`,
  alternative: (total) => `${counted(total, "recipe")} with it as an alternative`,
  house_made: (total) => `${counted(total, "recipe")} that ${total === 1 ? "makes" : "make"} it`,
};

/** kind: "recipes" or "ingredients"; thing: the one that goes; etag: of what somebody has seen of it. */
export function mergeDialog(store, router, writer) {
  return async (kind, thing, etag) => {
    const ofRecipes = kind === "recipes";
    const [items, moves] = await Promise.all([ofRecipes ? recipesLike(thing) : otherIngredients(thing), ofRecipes ? null : movesOf(thing)]);
    const known = new Map(items.map((each) => [each.id, each]));
    const find = async (text) => {
      const found = text ? await recipesLike(thing, text) : items;
      for (const each of found) known.set(each.id, each);
      return found;
    };
    const label = ofRecipes ? "The recipe that stays" : "The ingredient that stays";
    const what = h("div", { class: "small" });
    const choice = combobox(ofRecipes ? find : items, { label, placeholder: label, onChange: show });
    const { button } = confirmDialog({
      title: `Merge ${thing.name}`, label: "Merge", keep: "Cancel", act: merge,
      nodes: [h("p", { class: "lede" }, `Both are the same? Choose the one that stays; ${thing.name} goes.`), choice.node, what],
    });
    const chosen = () => known.get(choice.value());
    choice.input.focus();
    show();

    function show() {
      const into = chosen();
      button.disabled = !into;
      what.replaceChildren(...(into ? consequences(kind, thing, into, moves) : []));
    }

    async function merge() {
      const into = chosen();
      const { body } = await writer.merge(`/${kind}/${thing.id}`, into.id, etag);
      forget(store, kind, thing.id);
      toast(`${thing.name} is ${body.name} now.`);
      router.go({ view: kind === "recipes" ? "recipe" : "ingredient", id: into.id, search: "" });
    }
  };
}

/** Recipes of the catalogue as it is now, the best match first; of several of one name the note tells which. */
async function recipesLike(thing, text = thing.name) {
  const { items } = await getJson(`/recipes?${new URLSearchParams({ q: text, limit: "9" })}`, { cache: "no-cache" });
  return items.filter(({ id }) => id !== thing.id).map(({ id, name, source, ingredients }) => ({ id, name, note: source ?? ingredients.map(({ ingredient }) => ingredient).join(", ") }));
}

async function otherIngredients(thing) {
  const all = await liveIngredients();
  const named = new Map(all.map((each) => [each.id, each.name]));
  return all.filter(({ id }) => id !== thing.id).map((each) => ({ id: each.id, name: each.name, note: named.get(each.parent_id) ?? "" }));
}

/** What names the ingredient: "12 recipes with it: Negroni, Hanky Panky and others". */
async function movesOf({ id }) {
  const { items } = await getJson(`/ingredients/${id}/uses`, { cache: "no-cache" });
  return items.map(({ need, total, names }) => `${SAID[need](total)}: ${names.join(", ")}${total > names.length ? " and others" : ""}`);
}

function consequences(kind, thing, into, moves) {
  if (kind === "recipes") {
    return [h("p", {}, `${into.name} stays as it is. What ${thing.name} says (its amounts, instructions, notes) is not kept; whoever opens its address gets ${into.name}. This cannot be undone here.`)];
  }
  const names = [thing.name, ...thing.aliases].map((name) => `“${name}”`).join(", ");
  return [
    h("p", {}, moves.length ? `To ${into.name} move:` : `Nothing names ${thing.name}.`),
    h("ul", { class: "moves" }, moves.map((each) => h("li", {}, each))),
    h("p", {}, `${names} ${thing.aliases.length ? "become other names" : "becomes another name"} of ${into.name}, and the old address leads there. This cannot be undone here.`),
  ];
}
