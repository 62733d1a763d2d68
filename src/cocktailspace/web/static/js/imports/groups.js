// The questions of a plan: some names at once, by radio buttons; or one by one.

import { h, uniqueId } from "../html.js";
import { combobox } from "../edit/combobox.js";
import { nameRow } from "./names.js";
import { linesText } from "./words.js";

const NAMED = 8;

/** A question as a fieldset: { key, node, show(open) }. context: as of a name. */
export function groupCard(group, context) {
  const radios = uniqueId("group");
  const takes = { near: [["proposal", `It is ${group.names[0].name}`], ["new", "It is new"]], new: [["new", `Under ${group.place}`], ["unsorted", "Under Unsorted"]], unplaced: [["unsorted", "Under Unsorted"]] }[group.kind];
  const options = takes.map(([take, words]) => option(take, words));
  const box = combobox(context.ingredients, { label: group.kind === "near" ? "Which ingredient" : "Which family", exactFirst: true, onTake: takeAll });
  const whole = group.names.length === group.total;
  const other = whole ? option("other", group.kind === "near" ? "Another …" : "Elsewhere …") : null;
  const boxPlace = h("div", { hidden: true }, box.node);
  const state = h("span", { class: "state" });
  const rows = [];
  const list = h("ul", { class: "names" });
  const each = h("details", { ontoggle: fillRows }, h("summary", {}, group.names.length > 1 ? "One by one" : "Another answer"), list);
  const node = h("fieldset", { class: "decision", onchange: chosen },
    h("legend", {}, group.question, " ", h("small", { class: "soft" }, linesText(group.lines)), " ", state),
    group.kind === "near" ? null : h("p", { class: "small" }, named(group)),
    h("div", { class: "options" }, options.map(({ label }) => label), other?.label ?? null), boxPlace, each);

  function option(value, words) {
    const input = h("input", { type: "radio", name: radios, value });
    return { value, input, label: h("label", { class: "check" }, input, words) };
  }

  function chosen(event) {
    if (event.target.name !== radios) return;
    boxPlace.hidden = event.target.value !== "other";
    if (event.target.value === "other") box.input.focus();
    else context.change((decisions) => {
      decisions.groups[group.key] = event.target.value;
      for (const { key } of group.names) delete decisions.names[key];
    });
  }

  function takeAll(id) {
    context.change((decisions) => {
      delete decisions.groups[group.key];
      for (const { key } of group.names) decisions.names[key] = group.kind === "near" ? { ingredient_id: id } : { parent_id: id };
    });
  }

  function fillRows() {
    if (rows.length || !each.open) return;
    rows.push(...group.names.map((name) => nameRow(name, context)));
    list.replaceChildren(...rows.map((row) => row.node));
  }

  /** Say whether it is open; what was decided elsewhere is shown here, too. */
  function show(open) {
    const { groups, rest } = context.decisions();
    node.classList.toggle("open", open);
    state.textContent = open ? "" : groups[group.key] || !rest ? "decided" : "left to the rest";
    for (const { value, input } of options) input.checked = groups[group.key] === value;
    for (const row of rows) row.show();
  }

  return { key: group.key, node, show };
}

function named({ names, total }) {
  const shown = names.slice(0, NAMED).map(({ name, place }) => (place ? `${name} (${place})` : name)).join(", ");
  return total > NAMED ? `${shown} and ${total - NAMED} more` : shown;
}
