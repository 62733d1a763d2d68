// What a plan says besides its questions: lists that are folded away, and what was not understood.

import { count, counted } from "../format.js";
import { h } from "../html.js";
import { mappingForm } from "./mapping.js";
import { nameRow } from "./names.js";
import { plan as planFile } from "./sending.js";
import { ACTION_TITLES } from "./words.js";

const MAPPED = 30; // columns that are asked about

/** Names that need no decision. */
export function certainNames({ certain }, context) {
  if (!certain.length) return [];
  const list = h("ul", { class: "names" });
  const fill = (event) => {
    if (event.target.open && !list.children.length) list.replaceChildren(...certain.map((name) => nameRow(name, context).node));
  };
  const named = certain.length === 1 ? "1 name is certain" : `${count(certain.length)} names are certain`;
  return [h("details", { "data-key": "certain", ontoggle: fill }, h("summary", {}, named), list)];
}

/** Recipes by what becomes of them. */
export function recipeLists({ recipes, counts }) {
  return Object.entries(ACTION_TITLES).map(([action, title]) => {
    const named = recipes.filter((recipe) => recipe.action === action);
    if (!named.length) return null;
    const more = counts[action] - named.length;
    return h("details", { "data-key": action }, h("summary", {}, `${title}: ${counted(counts[action], "recipe")}`),
      h("ul", { class: "names" }, named.map(({ name, reason, origin }) => h("li", {}, name, " ", h("small", { class: "soft" }, reason || origin))),
        more > 0 ? h("li", { class: "soft" }, `and ${count(more)} more`) : null));
  }).filter(Boolean);
}

/** Lines that name nothing, word for word. */
export function unread({ unread: lines, unread_lines: total }) {
  if (!total) return null;
  return h("details", { open: true, "data-key": "unread" }, h("summary", {}, `Not understood: ${counted(total, "line")}`),
    h("p", { class: "small soft" }, "They are kept among the notes of their recipes, word for word."),
    h("ul", { class: "names" }, lines.map(({ recipe, text }) => h("li", {}, `“${text}” `, h("small", { class: "soft" }, recipe))),
      total > lines.length ? h("li", { class: "soft" }, `and ${count(total - lines.length)} more`) : null));
}

/** Keys of the file that no field shows; of what was sent in this tab they can be given a meaning. */
export function notShown({ not_shown: keys }, sent, { writer, router }) {
  if (!keys.length) return null;
  const form = sent && keys.length <= MAPPED && mappingForm(keys.map(({ key }) => key), {
    question: "If one of them is something after all, say what.",
    said: sent.mapping,
    send: async (meanings) => router.go({ view: "import", id: (await planFile(writer, sent.file, meanings)).id }),
  });
  return h("details", { "data-key": "keys" }, h("summary", {}, `Kept, but shown nowhere: ${counted(keys.length, "key")}`),
    h("ul", { class: "names" }, keys.map(({ key, recipes }) => h("li", {}, key, " ", h("small", { class: "soft" }, counted(recipes, "recipe"))))), form || null);
}
