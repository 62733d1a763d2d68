// The lines of a recipe in its form: amount, unit, ingredient; as many as one likes.

import { amount } from "../format.js";
import { h } from "../html.js";
import { combobox } from "./combobox.js";
import { errorFor } from "./fields.js";
import { fieldsOf, modelField } from "./model-fields.js";
import { readAmount, readUnit } from "./quantities.js";
import { reorderHandle } from "./reorder.js";

/**
 * Gives { node, read(), problems(), fields(), set(lines), capture(), restore(values) }; read() gives the
 * lines as the API wants them, capture() what is typed.
 * usualUnit: what a new line is in. make(name): adds an ingredient that is not there yet; resolves to it, or to null.
 */
export function recipeLines({ ingredients, units, usualUnit, onChange, make }) {
  const list = h("ul", { class: "lines" });
  let rows = [];

  function add(line = {}) {
    const row = lineRow({ ingredients, units, usualUnit, onChange, line, make: makeForAll, remove: () => drop(row), moved });
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

  function moved() {
    rows = [...list.children].map((node) => rows.find((row) => row.node === node));
    onChange();
  }

  const more = h("button", { type: "button", class: "quiet", onclick: () => add().amount.focus() }, "+ Another ingredient");
  const filled = () => rows.filter((row) => !row.isEmpty());
  return {
    node: h("div", { role: "group", "aria-label": "Ingredients" }, list, more),
    read: () => filled().map((row) => row.read()),
    fields: () => filled().flatMap((row, place) => row.fields(`ingredients[${place}]`)),
    problems: () => filled().flatMap((row, place) => row.problems(`ingredients[${place}]`)),
    set(lines) {
      rows = [];
      list.replaceChildren();
      lines.forEach((line) => add(line));
      while (rows.length < 3) add();
    },
    capture: () => rows.map((row) => row.capture()),
    restore(values) {
      rows = [];
      list.replaceChildren();
      values.forEach((typed) => add(typed.line).restore(typed));
    },
  };
}

function lineRow({ ingredients, units, usualUnit, onChange, line, make, remove, moved }) {
  const shown = line.amount == null ? "" : amount(line.amount);
  const quantity = h("input", { type: "text", "aria-label": "Amount", placeholder: "Amount", value: shown, oninput: onChange, onchange: takeApart });
  const unit = h("select", { "aria-label": "Unit", onchange: onChange }, h("option", { value: "" }, "(ml)"), units.map((each) => h("option", { value: each.id }, each.abbreviation ?? each.name)));
  unit.value = line.unit_id ?? (line.ingredient_id ? "" : usualUnit ?? "");
  const ingredient = combobox(ingredients, { label: "Ingredient", placeholder: "Ingredient", onChange, make });
  if (line.ingredient_id) ingredient.set(line.ingredient_id);
  const node = h("li", {});
  node.append(reorderHandle(node, { label: "Move this ingredient: drag, or arrow keys", moved }), quantity, unit, ingredient.node,
    h("button", { type: "button", class: "round", "aria-label": "Remove this ingredient", onclick: remove }, "✕"));
  const extras = fieldsOf("line").filter(({ name }) => !IN_THE_ROW.includes(name)).map((spec) => modelField(spec, { ingredients, units }));
  extras.forEach((each) => {
    each.load(line[each.place]);
    each.input.addEventListener("change", onChange);
  });
  const says = extras.some((each) => each.text(line[each.place]) && each.text(line[each.place]) !== "no");
  const tied = [quantity, unit, ingredient.input].map((input) => ({ input, own: errorFor(input) }));
  tied.forEach(({ own }) => node.append(own));
  node.append(h("details", { class: "line-more", open: says }, h("summary", {}, "More about this line"), extras.map((each) => each.node)));
  const unitProblem = (rest) => (rest ? `No unit is called “${rest}”; choose one from the list.` : "");

  /** What stands after the number is the unit, and after that the ingredient. */
  function takeApart() {
    const { amount: number, rest, problem } = readAmount(quantity.value);
    const { unit: named, rest: name } = readUnit(rest, units);
    if (problem || !named || (name && ingredient.input.value.trim())) return;
    quantity.value = amount(number);
    if (readAmount(quantity.value).amount !== number) quantity.value = String(number);
    unit.value = named.id;
    if (name) ingredient.write(name);
    onChange();
  }

  /** The number in the field; as it was, unless somebody changed what is shown. */
  const readQuantity = () => (quantity.value === shown ? { amount: line.amount ?? null, rest: "", problem: "" } : readAmount(quantity.value));

  function problems(place) {
    takeApart();
    const { rest, problem } = readQuantity();
    return [
      ingredient.value() === null ? { place: `${place}.ingredient_id`, message: "Choose an ingredient from the list." } : null,
      problem || rest ? { place: `${place}.amount`, message: problem || unitProblem(rest) } : null,
      ...extras.map((each) => each.problem()).filter(Boolean).map((found) => ({ ...found, place: `${place}.${found.place}` })),
    ].filter(Boolean);
  }

  return {
    node, amount: quantity, ingredient, problems,
    isEmpty: () => !quantity.value.trim() && !ingredient.input.value.trim(),
    read: () => ({ ingredient_id: ingredient.value(), amount: readQuantity().amount, unit_id: unit.value ? Number(unit.value) : null, ...Object.fromEntries(extras.map((each) => [each.place, each.read()])) }),
    capture: () => ({ line: line.ingredient_id ? line : {}, extras: extras.map((each) => each.capture()), amount: quantity.value, unit: unit.value, ingredient: ingredient.input.value }),
    restore(typed) {
      quantity.value = typed.amount;
      unit.value = typed.unit;
      ingredient.write(typed.ingredient);
      extras.forEach((each, index) => each.restore(typed.extras?.[index]));
    },
    fields: (place) => [
      ...["amount", "unit_id", "ingredient_id"].map((name, index) => ({ place: `${place}.${name}`, input: tied[index].input, error: tied[index].own })),
      ...extras.map(({ place: name, input, error }) => ({ place: `${place}.${name}`, input, error })),
    ],
  };
}

const IN_THE_ROW = ["ingredient_id", "amount", "unit_id"];
