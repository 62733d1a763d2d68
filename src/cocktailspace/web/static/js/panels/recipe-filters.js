// What the list of recipes is narrowed by: chips for what is chosen, and fields to choose more.

import { choices } from "../bar/mine.js";
import { combobox } from "../edit/combobox.js";
import { field } from "../edit/fields.js";
import { SORTS, changed, toggled } from "../filters.js";
import { count } from "../format.js";
import { h } from "../html.js";

const NUMBERS = [
  ["min_ingredients", "Ingredients, from"], ["max_ingredients", "Ingredients, to"],
  ["min_strength", "% vol before ice, from"], ["max_strength", "% vol before ice, to"],
];

/** Gives { node, show(state) }: the fields stay while the address changes, so that no click is lost. */
export function recipeFilters(context, usual, ingredients) {
  const { store, router } = context;
  const narrow = (filters) => router.go({ filters });
  const set = (name) => (value) => narrow(changed(store.get().route.filters, name, value));
  const toggle = (name) => (value) => narrow(toggled(store.get().route.filters, name, value));
  const names = new Map([...usual.base, ...ingredients].map(({ id, name }) => [id, name]));
  const chips = h("ul", { class: "chips", "aria-label": "Chosen" });
  const items = itemsOf(ingredients, store.get().mapData?.usage);

  const having = ingredientField("With", items, toggle("ingredient"));
  const lacking = ingredientField("Without", items, toggle("without"));
  const base = selectField("Built on", (id) => toggle("base")(Number(id)), "base", usual.base.map(({ id, name, recipes }) => [String(id), `${name} (${count(recipes)})`]));
  const alcohol = selectField("Alcohol", set("alcohol_free"), "alcohol_free", [["true", "Free of alcohol"], ["false", "With alcohol"]]);
  const singles = [selectField("Glass", set("glass"), "glass", usual.glass), selectField("Method", set("method"), "method", usual.method)];
  const several = [selectField("Tag", toggle("tag"), "tag", usual.tags), selectField("Free of", toggle("free_of"), "free_of", usual.free_of)];
  const mine = selectField("Mine", set("mine"), "mine");
  const numbers = NUMBERS.map(([name, label]) => numberField(name, label, set(name)));
  const sort = selectField("Sort", set("sort"), "sort", SORTS, null);
  const form = h("div", { class: "form filters" }, having.node, lacking.node, base.node, alcohol.node,
    [...singles, ...several].filter(({ values }) => values.length).map(({ node }) => node), numbers.map(({ node }) => node), mine.node,
    h("p", { class: "small soft" }, "A recipe whose strength nobody knows is left out by strength. ", h("a", { href: router.link({ view: "complexity", count: null, search: "" }) }, "How many ingredients recipes have")));
  const node = h("div", {}, chips, h("div", { class: "list-tools" }, h("details", {}, h("summary", {}, "Filters"), form), sort.node));

  function show({ route, kept }) {
    const { filters } = route;
    for (const { select } of [base, ...several]) select.value = ""; // what was taken is a chip
    mine.offer(choices(kept));
    for (const each of [...singles, alcohol, mine]) each.select.value = filters[each.name] ?? "";
    sort.select.value = filters.sort ?? (route.search ? "match" : "name");
    for (const each of numbers) if (document.activeElement !== each.input) each.input.value = filters[each.name] ?? "";
    showChips(chosen(route, names, kept, { narrow, router }));
  }

  /** The focus stays among the chips, or goes to the summary when none is left. */
  function showChips(all) {
    const active = document.activeElement?.closest?.(".chips li");
    const place = active?.parentElement === chips ? [...chips.children].indexOf(active) : -1;
    chips.replaceChildren(...all.map(({ text, remove }) => h("li", {}, h("span", {}, text), h("button", { type: "button", "aria-label": `Remove: ${text}`, onclick: remove }, "✕"))));
    if (all.length > 1) chips.append(h("li", { class: "clear" }, h("button", { type: "button", class: "quiet", onclick: () => router.go({ search: "", filters: {} }) }, "Clear all")));
    chips.hidden = !all.length;
    const next = place < 0 ? null : chips.children[Math.min(place, chips.children.length - 1)]?.querySelector("button") ?? node.querySelector("summary");
    /** @type {HTMLElement | null} */ (next)?.focus();
  }

  return { node, show };
}

/** What is chosen, each with how it is taken back: [{ text, remove }] */
function chosen({ search, filters }, names, kept, { narrow, router }) {
  const without = (name) => () => narrow(changed(filters, name, ""));
  const each = (name, say) => (filters[name] ?? []).map((value) => ({ text: say(value), remove: () => narrow(toggled(filters, name, value)) }));
  const one = (name, say) => (filters[name] === undefined ? [] : [{ text: say(filters[name]), remove: without(name) }]);
  const nameOf = (id) => names.get(id) ?? `ingredient ${id}`;
  return [
    ...(search ? [{ text: `“${search}”`, remove: () => router.go({ search: "" }) }] : []),
    ...each("ingredient", nameOf), ...each("without", (id) => `no ${nameOf(id)}`),
    ...each("base", (id) => `built on ${nameOf(id)}`),
    ...one("glass", (glass) => glass), ...one("method", (method) => method), ...each("tag", (tag) => `#${tag}`), ...each("free_of", (word) => `free of ${word}`),
    ...one("alcohol_free", (free) => (free === "true" ? "free of alcohol" : "with alcohol")),
    ...one("min_ingredients", (least) => `${least} ingredients or more`), ...one("max_ingredients", (most) => `${most} ingredients or fewer`),
    ...one("min_strength", (least) => `${least}\u00a0% vol or more`), ...one("max_strength", (most) => `${most}\u00a0% vol or less`),
    ...one("mine", (choice) => choices(kept).find(([value]) => value === choice)?.[1] ?? choice.replace("list:", "")),
  ];
}

function itemsOf(ingredients, usage) {
  return ingredients.flatMap(({ id, name, aliases }) => {
    const uses = usage?.byId.get(id)?.hierarchical_recipes ?? 0;
    return [{ id, name, note: "", uses }, ...(aliases ?? []).map((alias) => ({ id, name: alias, note: name, uses }))];
  });
}

/** A name typed ahead; what is taken leaves the field for a chip. */
function ingredientField(label, items, take) {
  const typed = combobox(items, { label: `${label} ingredient`, placeholder: `${label} …`, exactFirst: true, onTake: (id) => { queueMicrotask(() => typed.write("")); take(id); } });
  return { node: h("div", {}, h("span", { class: "label", "aria-hidden": "true" }, label), typed.node) };
}

/** values: what may be chosen, or [value, words]; the first choice is `none`, where there is one. */
function selectField(label, take, name, values = [], none = "any") {
  const select = h("select", { onchange: () => take(select.value) });
  let offered = "";
  function offer(some) {
    const text = JSON.stringify(some);
    if (text === offered) return; // somebody may be choosing
    offered = text;
    select.replaceChildren(...[...(none === null ? [] : [["", none]]), ...some.map((each) => (Array.isArray(each) ? each : [each, each]))]
      .map(([value, words]) => h("option", { value }, words)));
  }
  offer(values);
  return { name, values, select, offer, node: field(label, name, select).node };
}

function numberField(name, label, take) {
  const input = h("input", { type: "number", min: "0", max: "999", step: "any", inputmode: "decimal", onchange: () => take(input.value) });
  return { name, input, node: field(label, name, input).node };
}
