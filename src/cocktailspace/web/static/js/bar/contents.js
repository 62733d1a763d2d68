// What is in the bar: typed in, or tapped on shelves.

import { combobox } from "../edit/combobox.js";
import { count } from "../format.js";
import { h } from "../html.js";
import { currentBar, withBar, withIngredients } from "./kept.js";
import { shelvesOf } from "./shelves.js";

/** Gives { node, show(bar) }. The field and the open shelves stay as they are while the bar changes. */
export function contents({ keeper, announce }, { usage }, catalogue) {
  const chips = h("ul", { class: "chips", "aria-label": "In the bar" });
  const staples = h("input", { type: "checkbox", onchange: () => keeper.change((kept) => withBar(kept, { staples: staples.checked })) });
  const field = adder(catalogue, usage, (item) => add([item]));
  const shelves = shelvesOf(usage).map((shelf) => shelfOf(shelf, { add, remove }));

  function add(more) {
    keeper.change((kept) => withBar(kept, { ingredients: withIngredients(currentBar(kept), more) }));
    announce(more.length === 1 ? `${more[0].name} is in the bar` : `${count(more.length)} more are in the bar`);
  }

  function remove(gone) {
    const ids = new Set(gone.map((each) => each.id ?? each.name));
    keeper.change((kept) => withBar(kept, { ingredients: currentBar(kept).ingredients.filter((each) => !ids.has(each.id ?? each.name)) }));
  }

  function show(bar) {
    const active = document.activeElement?.closest?.(".chips li");
    const place = active ? [...chips.children].indexOf(active) : -1;
    chips.replaceChildren(...bar.ingredients.map((each) => chip(each, () => remove([each]))));
    if (place >= 0) /** @type {any} */ (chips.children[Math.min(place, chips.children.length - 1)]?.querySelector("button") ?? field.input).focus();
    staples.checked = bar.staples;
    const there = new Set(bar.ingredients.map(({ id }) => id));
    for (const shelf of shelves) shelf.show(there);
  }

  const node = h("div", {},
    field.node, chips,
    h("label", { class: "staples" }, staples, " Ice, water, sugar and salt are there"),
    h("details", { class: "shelves" }, h("summary", {}, "Shelves"), shelves.map((shelf) => shelf.node)));
  return { node, show };
}

function adder(catalogue, usage, add) {
  const items = catalogue.flatMap((each) => {
    const uses = usage.byId.get(each.id)?.hierarchical_recipes ?? 0;
    const above = usage.byId.get(each.parent_id)?.name ?? "";
    const also = (each.aliases ?? []).map((alias) => ({ id: each.id, name: alias, note: each.name, uses }));
    return [{ id: each.id, name: each.name, note: above, uses }, ...also];
  });
  const name = new Map(catalogue.map((each) => [each.id, each.name]));
  const field = combobox(items, { label: "Add what you have", placeholder: "Gin, lime, mint …", exactFirst: true, onTake: take });
  field.node.classList.add("adder");

  function take(id) {
    queueMicrotask(() => field.write(""));
    add({ id, name: name.get(id) });
  }
  return field;
}

const chip = ({ id, name }, remove) => h("li", { class: id === null ? "lost" : null },
  h("span", { title: id === null ? "Not in this catalogue" : null }, name),
  h("button", { type: "button", "aria-label": `Take out ${name}`, onclick: remove }, "✕"));

function shelfOf({ name, kinds }, { add, remove }) {
  const rows = kinds.map((row) => ({ id: row.ingredient_id, name: row.name }));
  const buttons = rows.map((row) => h("button", {
    type: "button", class: "tap", onclick: (event) => (event.currentTarget.getAttribute("aria-pressed") === "true" ? remove([row]) : add([row])),
  }, row.name));
  const everything = h("button", { type: "button", class: "quiet", onclick: () => add(rows) }, `All of ${name}`);
  const tally = h("span", { class: "soft small number" });
  const node = h("details", { class: "shelf" }, h("summary", {}, name, " ", tally), h("div", { class: "taps" }, buttons, rows.length > 1 ? everything : null));
  return {
    node,
    show(there) {
      rows.forEach((row, place) => buttons[place].setAttribute("aria-pressed", String(there.has(row.id))));
      const held = rows.filter((row) => there.has(row.id)).length;
      tally.textContent = held ? `${count(held)} of ${count(rows.length)}` : "";
    },
  };
}
