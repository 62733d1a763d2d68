import assert from "node:assert/strict";
import { test } from "node:test";
import { amount, clock, fold } from "../../../src/cocktailspace/web/static/js/format.js";
import { readAmount, readUnit } from "../../../src/cocktailspace/web/static/js/edit/quantities.js";

const AMOUNTS = {
  "": null, " ": null, "2": 2, "1.5": 1.5, "1,5": 1.5, ".5": 0.5, "0,125": 0.125, "½": 0.5, "1½": 1.5, "1 ¾": 1.75, "3/4": 0.75, "1 1/2": 1.5,
};
const OUNCE = { id: 1, name: "Ounce", abbreviation: "oz" }, DASH = { id: 2, name: "Dash", abbreviation: null };
const ML = { id: 3, name: "Milliliter", abbreviation: "ml" }, SPOON = { id: 4, name: "Bar spoon", abbreviation: "bsp" };
const LEAF = { id: 5, name: "Leaf", abbreviation: "leaf", plural: "leaves" };
const UNITS = [OUNCE, DASH, ML, SPOON, LEAF];

for (const [text, amount] of Object.entries(AMOUNTS)) {
  test(`“${text}” is read as ${amount}`, () => assert.deepEqual(readAmount(text), { amount, rest: "", problem: "" }));
}

test("what is no amount is refused", () => {
  for (const text of ["some", "1.2.3", "½½", "1/2/3", "-1", "1,000,000", "1-2", "Infinity"]) {
    const { amount, problem } = readAmount(text);
    assert.ok(Number.isNaN(amount) && problem, text);
  }
});

test("what can be read in two ways is refused, and both are named", () => {
  assert.match(readAmount("1,000").problem, /Write 1 or 1000\./);
  assert.match(readAmount("1,250").problem, /Write 1\.25 or 1250\./);
});

test("a division by nothing is refused", () => assert.match(readAmount("1/0").problem, /divides by nothing/));

const SPLIT = {
  "2 oz": [2, OUNCE, ""], "60ml": [60, ML, ""], "2 Dashes": [2, DASH, ""], "1½ oz. Lime Juice": [1.5, OUNCE, "Lime Juice"],
  "1 bar spoon of sugar": [1, SPOON, "sugar"], "2 dashing": [2, null, "dashing"], "3 mint": [3, null, "mint"],
  "6 leaves mint": [6, LEAF, "mint"],
};

for (const [text, [amount, unit, rest]] of Object.entries(SPLIT)) {
  test(`“${text}” is taken apart`, () => {
    const read = readAmount(text);
    assert.equal(read.amount, amount);
    assert.deepEqual(readUnit(read.rest, UNITS), { unit, rest });
  });
}

test("an amount is written with a fraction where one is meant", () => {
  assert.deepEqual([1.5, 0.75, 2, 0.34, 1 / 3].map(amount), ["1½", "¾", "2", "0.34", "⅓"]);
});

test("a duration is written as a clock shows it", () => {
  assert.deepEqual([64, 7500, -3].map(clock), ["1:04", "2 h 5 min", "0:00"]);
});

test("names are compared without case, accents and typographic apostrophes", () => {
  assert.equal(fold("Piña d’Oro"), "pina d'oro");
});
