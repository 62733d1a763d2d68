// A recipe's amounts: in the units and for the servings that somebody chooses.

import { counted } from "../format.js";
import { h, uniqueId } from "../html.js";
import { UNITS, measureOf, volume } from "../measures.js";
import { lineSays } from "./facts.js";
import { keepUnits, readUnits } from "../shell/units.js";

const MOST_SERVINGS = 99;

/**
 * Gives { node, chosen: { units, times } }. unitOf: units by id; onChange(chosen) is called when another
 * unit is chosen, or another number of servings.
 */
export function measures(recipe, unitOf, mapData, router, onChange) {
  const servings = recipe.servings ?? 1;
  const chosen = { units: readUnits(), times: 1 };
  const table = h("table", { class: "measures" }), many = h("output", {});
  let wanted = servings;

  function show() {
    chosen.times = wanted / servings;
    many.textContent = counted(wanted, "serving");
    table.replaceChildren(...rows(recipe, unitOf, mapData, router, chosen));
  }

  function change() {
    show();
    onChange(chosen);
  }

  function step(by) {
    wanted = Math.min(Math.max(wanted + by, 1), MOST_SERVINGS);
    change();
  }

  const group = uniqueId("units");
  const choices = Object.entries(UNITS).map(([units, label]) => {
    const input = h("input", { type: "radio", name: group, value: units });
    input.checked = units === chosen.units;
    input.addEventListener("change", () => { chosen.units = units; keepUnits(units); change(); });
    return h("label", {}, input, label);
  });
  show();
  const less = h("button", { type: "button", class: "round", "aria-label": "Fewer servings", onclick: () => step(-1) }, "−");
  const more = h("button", { type: "button", class: "round", "aria-label": "More servings", onclick: () => step(1) }, "+");
  const tools = h("div", { class: "measure-tools" },
    h("fieldset", { class: "segments" }, h("legend", { class: "hidden" }, "Amounts in"), choices),
    h("div", { class: "servings", role: "group", "aria-label": "Servings" }, less, many, more));
  return { node: [tools, table], chosen };
}

function rows(recipe, unitOf, mapData, router, chosen) {
  const total = recipe.ingredients.reduce((sum, line) => sum + line.volume_ml, 0);
  return [
    h("thead", {}, h("tr", {}, ["Ingredient", "Amount"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, recipe.ingredients.map((line) => row(line, measureOf(line, unitOf.get(line.unit_id), chosen), total, mapData, router))),
    h("tfoot", {}, h("tr", {}, h("td", {}, "In all, before ice"), h("td", {}, volume(total * chosen.times, chosen.units)))),
  ];
}

function row(line, measure, total, { usage, families }, router) {
  const path = usage.ancestors(line.ingredient_id).map((each) => each.name).join(" › ");
  const colour = families.list.find((each) => each.key === familyOf(line.ingredient_id, families, usage))?.colour ?? 11;
  return h("tr", {},
    h("td", {}, h("a", { href: router.link({ view: "ingredient", id: line.ingredient_id, search: "" }) }, line.ingredient),
      lineSays(line) ? h("span", { class: "says" }, lineSays(line)) : null,
      path ? h("span", { class: "path" }, path) : null,
      h("span", { class: "share", "aria-hidden": "true", style: { width: `${total ? (100 * line.volume_ml) / total : 0}%`, background: `var(--family-${colour})` } })),
    h("td", {}, measure));
}

const familyOf = (id, { list }, usage) => {
  const keys = new Set(list.map((family) => family.key));
  return [...usage.ancestors(id).map((each) => each.ingredient_id), id].findLast((each) => keys.has(each));
};
