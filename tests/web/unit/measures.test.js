import assert from "node:assert/strict";
import { test } from "node:test";
import { closeness, reason } from "../../../src/cocktailspace/web/static/js/panels/differences.js";
import { usageOf } from "../../../src/cocktailspace/web/static/js/data/run.js";
import { lineText, measureOf, volume, wholeMillilitres } from "../../../src/cocktailspace/web/static/js/measures.js";

const OUNCE = { name: "Ounce", abbreviation: "oz", singular: "oz", plural: "oz", millilitres: 29.5735 }, ML = { name: "Millilitre", abbreviation: "ml", singular: "ml", plural: "ml", millilitres: 1 };
const DASH = { name: "Dash", abbreviation: "dash", singular: "dash", plural: "dashes", millilitres: 0.616 }, SPOON = { name: "Barspoon", abbreviation: "bsp", singular: "bsp", plural: "bsp", millilitres: 2.46 };
const TOP = { name: "to top", abbreviation: "top", singular: "top", plural: "top", millilitres: 90 }, LEAF = { name: "Leaf", abbreviation: null, singular: "Leaf", plural: "Leaves", millilitres: null };
const EACH = { name: "Each", abbreviation: "each", singular: "", plural: "", millilitres: null };
const plain = (text) => text.replaceAll("\u00a0", " ");
const said = (amount, unit, chosen, most = null) => plain(measureOf({ amount, amount_max: most, volume_ml: (amount ?? 1) * (unit?.millilitres ?? 1) }, unit, chosen));

test("millilitres are those of a jigger", () => {
  assert.deepEqual([44.36, 29.57, 22.18, 22.5, 14.79, 7.39, 0.62, 118.3, 73.9].map(wholeMillilitres), [45, 30, 22, 22, 15, 7.5, 0.6, 120, 75]);
});

test("ounces are in fractions, and what is too little for them is not", () => {
  assert.deepEqual([29.57, 44.36, 22.18, 50, 15, 4, 0.6, 60].map((ml) => plain(volume(ml, "oz"))), ["1 oz", "1½ oz", "¾ oz", "1⅔ oz", "½ oz", "⅛ oz", "0.6 ml", "2 oz"]);
});

test("an amount is shown as written, in millilitres or in ounces", () => {
  assert.deepEqual(["written", "ml", "oz"].map((units) => said(1.5, OUNCE, { units })), ["1½ oz", "45 ml", "1½ oz"]);
  assert.deepEqual(["written", "ml", "oz"].map((units) => said(30, ML, { units })), ["30 ml", "30 ml", "1 oz"]);
});

test("dashes, spoons, pieces and words stay what they are", () => {
  for (const units of ["written", "ml", "oz"]) {
    assert.deepEqual([said(2, DASH, { units }), said(1, SPOON, { units }), said(null, TOP, { units }), said(6, LEAF, { units }), said(8, EACH, { units })], ["2 dashes", "1 bsp", "top", "6 Leaves", "8"]);
  }
});

test("servings multiply, rounded to what can be measured", () => {
  assert.deepEqual([said(0.75, OUNCE, { units: "oz", times: 3 }), said(0.75, OUNCE, { units: "ml", times: 3 }), said(0.75, OUNCE, { units: "written", times: 3 })], ["2¼ oz", "65 ml", "2¼ oz"]);
  assert.equal(said(2, DASH, { units: "ml", times: 1.5 }), "3 dashes");
});

test("what comes to one or less is in the singular", () => {
  assert.deepEqual([said(0.5, DASH, { units: "oz" }), said(1, DASH, { units: "oz" }), said(null, DASH, { units: "oz" }), said(2, DASH, { units: "oz", times: 0.5 })], ["½ dash", "1 dash", "dash", "1 dash"]);
});

test("a line in words says what else would do, what to mind and whether it may be left out", () => {
  const line = { amount: 2, amount_max: null, volume_ml: 1.2, note: "aromatic", optional: true };
  assert.equal(plain(lineText(line, DASH, ["Angostura", "Peychaud's"], { units: "written" })), "2 dashes Angostura or Peychaud's (aromatic), optional");
});

test("a range keeps both its ends", () => assert.equal(said(1, DASH, { units: "oz", times: 2 }, 2), "2–4 dashes"));

test("likeness is said in words", () => {
  assert.deepEqual([100, 99, 85, 84, 70, 69, 1].map((likeness) => closeness({ likeness })), ["the same", "very close", "very close", "close", "close", "a relative", "a relative"]);
});

const CHANGES = [
  [{}, 0, "the same, measure for measure"],
  [{}, 0.1, "the same, in nearly the same measures"],
  [{ less: [{ ingredient: "Gin", ml: 60, to_ml: 25 }] }, 0, "the same proportions: less Gin (60 ml → 25 ml)"],
  [{ more: [{ ingredient: "Gin", ml: 59.9, to_ml: 60.1 }] }, 1, "more Gin"],
  [{
    swap: [{ from: "Gin", ml: 30, to: "Rum", to_ml: 30 }, { from: "Bitters", ml: 0.6, to: "Absinthe", to_ml: 1.2 }],
    without: [{ ingredient: "Campari", ml: 30 }, { ingredient: "Soda", ml: 20 }, { ingredient: "Mint", ml: 2 }],
    with: [{ ingredient: "Lime Juice", ml: 25 }],
    more: [{ ingredient: "Saline", ml: 0.6, to_ml: 1.2 }],
  }, 2, "swap Gin for Rum and Bitters for Absinthe, no Campari, Soda or 1 other, add 25 ml Lime Juice, more Saline"],
  [{ swap: [{ from: "Gin", ml: 30, to: "Bourbon", to_ml: 45 }] }, 2, "swap 30 ml Gin for 45 ml Bourbon"],
];

for (const [changes, distance, words] of CHANGES) {
  test(`what to change is said in a few words: ${words}`, () => assert.equal(plain(reason({ distance, changes })), words));
}

test("what to change is said in the units that are chosen", () => {
  assert.equal(plain(reason({ distance: 1, changes: { with: [{ ingredient: "Lime Juice", ml: 22.18 }] } }, { units: "oz" })), "add ¾ oz Lime Juice");
});

test("what recipes count in pieces is named without an amount", () => {
  const usage = usageOf([["Mint", true], ["Basil", true], ["Gin", false], ["Lime", undefined]].map(([name, counted], place) => ({ ingredient_id: place, name, parent_id: null, children: [], counted_in_pieces: counted })));
  const changes = {
    swap: [{ from: "Basil", ml: 5, to: "Mint", to_ml: 8 }, { from: "Mint", ml: 8, to: "Gin", to_ml: 30 }],
    with: [{ ingredient: "Mint", ml: 8 }, { ingredient: "Lime", ml: 8 }],
    more: [{ ingredient: "Basil", ml: 4, to_ml: 8 }],
    less: [{ ingredient: "Mint", ml: 8, to_ml: 4 }],
  };
  assert.equal(plain(reason({ distance: 1, changes }, { counted: usage.counted })), "swap Basil for Mint and Mint for 30 ml Gin, add Mint and 8 ml Lime, more Basil, less Mint");
});
