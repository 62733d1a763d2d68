// The lines of a recipe in its form: amount, unit, ingredient; as many as one likes.

import { amount } from "../format.js";
import { h } from "../html.js";
import { combobox } from "./combobox.js";
import { errorFor } from "./fields.js";
import { parseAmount } from "./quantities.js";

/**
 * Gives { node, read(), fields(), set(lines) }; read() gives the lines as the API wants them.
 * make(name): adds an ingredient that is not there yet; resolves to it, or to null.
 */
export function recipeLines({ ingredients, units, onChange, make }) {
  const list = h("ul", { class: "lines" });
  let rows = [];

  function add(line = {}) {
    const row = lineRow({ ingredients, units, onChange, line, make: makeForAll, remove: () => drop(row) });
    rows.push(row);
    list.append(row.node);
    return row;
  }

  async function makeForAll(name) {
    const made = await make(name);
    if (!made) return null;
    ingredients.push(made);
    rows.forEach((row) => row.ingredient.add(made));
    return made;
  }

  function drop(row) {
    rows = rows.filter((each) => each !== row);
    row.node.remove();
    if (!rows.length) add();
    rows.at(-1).ingredient.input.focus();
    onChange();
  }

  const more = h("button", { type: "button", class: "quiet", onclick: () => add().amount.focus() }, "+ Another ingredient");
  const filled = () => rows.filter((row) => !row.isEmpty());
  return {
    node: h("div", { role: "group", "aria-label": "Ingredients" }, list, more),
    read: () => filled().map((row) => row.read()),
    fields: () => filled().flatMap((row, place) => row.fields(`ingredients[${place}]`)),
    set(lines) {
      rows = [];
      list.replaceChildren();
      lines.forEach((line) => add(line));
      while (rows.length < 3) add();
    },
  };
}

function lineRow({ ingredients, units, onChange, line, make, remove }) {
  const quantity = h("input", { type: "text", inputmode: "decimal", "aria-label": "Amount", placeholder: "Amount", value: line.amount == null ? "" : amount(line.amount), oninput: onChange });
  const unit = h("select", { "aria-label": "Unit", onchange: onChange }, h("option", { value: "" }, "(ml)"), units.map((each) => h("option", { value: each.id }, each.abbreviation ?? each.name)));
  unit.value = line.unit_id ?? (line.ingredient_id ? "" : usualUnit(units));
  const ingredient = combobox(ingredients, { label: "Ingredient", placeholder: "Ingredient", onChange, make });
  if (line.ingredient_id) ingredient.set(line.ingredient_id);
  const node = h("li", {}, quantity, unit, ingredient.node,
    h("button", { type: "button", class: "round", "aria-label": "Remove this ingredient", onclick: remove }, "✕"));
  const tied = [quantity, unit, ingredient.input].map((input) => ({ input, own: errorFor(input) }));
  tied.forEach(({ own }) => node.append(own));
  return {
    node, amount: quantity, ingredient,
    isEmpty: () => !quantity.value.trim() && !ingredient.input.value.trim(),
    read: () => ({ ingredient_id: ingredient.value(), amount: parseAmount(quantity.value), unit_id: unit.value ? Number(unit.value) : null }),
    fields: (place) => ["amount", "unit_id", "ingredient_id"].map((name, index) => ({ place: `${place}.${name}`, input: tied[index].input, error: tied[index].own })),
  };
}

const usualUnit = (units) => (units.find((unit) => unit.name === "Ounce") ?? units[0])?.id ?? "";

/** What the form itself can tell is wrong, in the API's shape. */
export function lineProblems(lines) {
  return lines.flatMap((line, place) => [
    line.ingredient_id === null ? { place: `ingredients[${place}].ingredient_id`, message: "Choose an ingredient from the list." } : null,
    Number.isNaN(line.amount) ? { place: `ingredients[${place}].amount`, message: "Write an amount such as 1.5, 1½ or 1 1/2." } : null,
  ]).filter(Boolean);
}
