// Somebody else saved first: both versions side by side, and a choice.

import { h } from "../html.js";

/**
 * fields: [{ label, mine, theirs }] as text, one item a line. Gives { box, heading }; its buttons call
 * keepMine or takeTheirs.
 */
export function conflictBox(fields, { keepMine, takeTheirs }) {
  const heading = h("h3", { tabindex: "-1" }, "Somebody changed it meanwhile");
  const box = h("section", { class: "problem", role: "group", "aria-label": "Conflict" },
    heading,
    h("p", {}, "Nothing of yours is saved yet, and nothing is lost. What differs is marked."),
    h("table", { class: "conflict" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "hidden" }, "Field")), h("th", { scope: "col" }, "Yours"), h("th", { scope: "col" }, "Saved by others"))),
      h("tbody", {}, fields.map(row))),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button primary", onclick: keepMine }, "Save mine over it"),
      h("button", { type: "button", class: "button", onclick: takeTheirs }, "Take theirs")));
  return { box, heading };
}

function row({ label, mine, theirs }) {
  const differs = mine !== theirs;
  return h("tr", { class: differs ? "differs" : null },
    h("th", { scope: "row" }, label), h("td", {}, marked(mine, theirs, "ins")), h("td", {}, marked(theirs, mine, "del")));
}

/** The lines of a text, those that the other does not have marked. */
function marked(text, other, tag) {
  if (!text) return "–";
  const theirs = new Set(other.split("\n"));
  return text.split("\n").flatMap((line, place) => [place ? "\n" : "", theirs.has(line) ? line : h(tag, {}, line)]);
}
