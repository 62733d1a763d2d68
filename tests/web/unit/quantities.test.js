import assert from "node:assert/strict";
import { test } from "node:test";
import { amount, clock, fold, millilitres, ounces } from "../../../src/cocktailspace/web/static/js/format.js";
import { parseAmount } from "../../../src/cocktailspace/web/static/js/edit/quantities.js";

const AMOUNTS = { "": null, " ": null, "2": 2, "1.5": 1.5, "1,5": 1.5, "½": 0.5, "1½": 1.5, "1 ¾": 1.75, "3/4": 0.75, "1 1/2": 1.5 };

for (const [text, expected] of Object.entries(AMOUNTS)) {
  test(`“${text}” is read as ${expected}`, () => assert.equal(parseAmount(text), expected));
}

test("what is no amount is not a number", () => {
  for (const text of ["some", "1.2.3", "½½", "1/2/3"]) assert.ok(Number.isNaN(parseAmount(text)), text);
});

test("an amount is written with a fraction where one is meant", () => {
  assert.deepEqual([1.5, 0.75, 2, 0.34, 1 / 3].map(amount), ["1½", "¾", "2", "0.34", "⅓"]);
});

test("ounces are written in fractions where one is near enough", () => {
  assert.deepEqual([29.5735, 44.36, 22.18, 2.4].map(ounces), ["1", "1½", "¾", "0.08"]);
});

test("millilitres keep a half and lose what nobody measures", () => {
  assert.deepEqual([22.5, 29.5735, 0.9].map(millilitres), ["22.5", "30", "0.9"]);
});

test("a duration is written as a clock shows it", () => {
  assert.deepEqual([64, 7500, -3].map(clock), ["1:04", "2 h 5 min", "0:00"]);
});

test("names are compared without case, accents and typographic apostrophes", () => {
  assert.equal(fold("Piña d’Oro"), "pina d'oro");
});
