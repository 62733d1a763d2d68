import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FORMAT, MOST, exportText, fits, joined, newBar, nothingKept, opinionOf, readKept, replaced, withBar, withIngredients, withOpinion, writeKept,
} from "../../../src/cocktailspace/web/static/js/bar/kept.js";
import { toggled } from "../../../src/cocktailspace/web/static/js/bar/recipe-section.js";
import { shelvesOf } from "../../../src/cocktailspace/web/static/js/bar/shelves.js";
import { waysOf, worthOf } from "../../../src/cocktailspace/web/static/js/bar/words.js";
import { usageOf } from "../../../src/cocktailspace/web/static/js/data/run.js";

const GIN = { id: 1, name: "Gin" }, LIME = { id: 2, name: "Lime" }, NEGRONI = { id: 9, name: "Negroni" };
const filled = () => withOpinion(withBar(nothingKept(), { ingredients: [GIN, LIME] }), NEGRONI, { favourite: true, rating: 4 });
const noIds = { ingredient: () => null, recipe: () => null };

test("what is kept comes back as it was", () => {
  const kept = { ...filled(), lists: [{ name: "Summer", recipes: [NEGRONI] }] };
  assert.deepEqual(readKept(writeKept(kept)), kept);
});

test("what a stranger wrote is bounded, or nothing", () => {
  for (const text of ["", "null", "[]", "{", '{"format":"other"}']) assert.equal(readKept(text), null);
  const wild = { format: FORMAT, current: 7, bars: [{ name: 5, ingredients: [{ id: "x", name: " Gin " }, 3, { id: 1 }] }, null], opinions: [{ name: "A", rating: 9, note: [1] }, {}], lists: "no" };
  const kept = readKept(JSON.stringify(wild));
  assert.deepEqual(kept.bars[0], { name: "My bar", staples: true, ingredients: [{ id: null, name: "Gin" }] });
  assert.deepEqual([kept.current, kept.lists, kept.opinions.length, kept.opinions[0].rating, kept.opinions[0].note], [0, [], 1, 0, ""]);
  const many = { format: FORMAT, bars: Array.from({ length: 99 }, () => ({ ingredients: Array.from({ length: 999 }, (_, id) => ({ id: id + 1, name: "x".repeat(999) })) })) };
  const bounded = readKept(JSON.stringify(many));
  assert.deepEqual([bounded.bars.length, bounded.bars[0].ingredients.length, bounded.bars[0].ingredients[0].name.length], [20, 500, 200]);
});

test("a file has names alone, and what it brings stands beside what is there", () => {
  const text = exportText(filled());
  assert.ok(!text.includes('"id"'));
  const mine = withOpinion(withBar(nothingKept(), { ingredients: [GIN] }), NEGRONI, { tried: true });
  const both = joined(mine, readKept(text), { ingredient: (name) => (name === "Gin" ? 7 : null), recipe: () => 9 });
  assert.deepEqual(both.bars.map(({ name }) => name), ["My bar", "My bar 2"]);
  assert.deepEqual(both.bars[1].ingredients, [{ id: 7, name: "Gin" }, { id: null, name: "Lime" }]);
  assert.equal(both.current, 1);
  assert.deepEqual([opinionOf(both, 9).tried, opinionOf(both, 9).favourite], [true, false], "one's own word stays");
});

test("an empty bar gives way to those of a file", () => {
  assert.deepEqual(joined(nothingKept(), filled(), noIds).bars.map(({ name }) => name), ["My bar"]);
});

test("what would be more than may be kept is told apart, not cut", () => {
  const bars = Array.from({ length: MOST.bars }, (_, place) => ({ ...newBar(`B${place}`), ingredients: [GIN] }));
  const full = { ...nothingKept(), bars };
  const more = joined(full, filled(), noIds);
  assert.deepEqual([fits(full), more.bars.length, fits(more)], [true, MOST.bars + 1, false]);
});

test("an ingredient is in the bar once", () => {
  const bar = { ...newBar("B"), ingredients: [GIN] };
  assert.deepEqual(withIngredients(bar, [GIN, LIME]), [GIN, LIME]);
});

test("an opinion that says nothing any more is forgotten", () => {
  const kept = withOpinion(filled(), NEGRONI, { favourite: false, rating: 0 });
  assert.deepEqual(kept.opinions, []);
});

test("what was merged is followed, and stands once; what is gone keeps its name", () => {
  const merged = replaced(filled(), "ingredients", 1, { id: 2, name: "Lime" });
  assert.deepEqual(merged.bars[0].ingredients, [LIME]);
  const renamed = replaced(filled(), "ingredients", 1, { id: 5, name: "Dry Gin" });
  assert.deepEqual(renamed.bars[0].ingredients, [{ id: 5, name: "Dry Gin" }, LIME]);
  assert.equal(replaced(filled(), "recipes", 9, { id: null, name: "Negroni" }).opinions[0].id, null);
});

test("a list is made by its name, takes a recipe and gives it back", () => {
  const one = toggled([], "Summer", NEGRONI);
  assert.deepEqual(one, [{ name: "Summer", recipes: [NEGRONI] }]);
  assert.deepEqual(toggled(one, "Summer", NEGRONI), [{ name: "Summer", recipes: [] }]);
});

test("how lines are met is said in words, stand-ins first, with evidence and what they add", () => {
  const lines = [
    { how: "owned", ingredient: "Rum", by: "Rum" },
    { how: "made", ingredient: "Lime Juice", by: "Lime" },
    { how: "generic", ingredient: "London Dry Gin", by: "Gin" },
    { how: "stand_in", ingredient: "Orgeat", stand_in: "Syrup", by: "Syrup", pairs: 1, adds: ["egg", "alcohol"] },
    { how: "stand_in", ingredient: "Rye", stand_in: "Bourbon", by: "Bourbon", pairs: 0, adds: [] },
    { how: "missing", ingredient: "Mint" },
  ];
  assert.deepEqual(waysOf({ lines }), [
    "Syrup for Orgeat (1 pair of recipes; adds egg and alcohol)", "Bourbon for Rye (by kind)",
    "Lime Juice from Lime", "your Gin will do for London Dry Gin",
  ]);
  assert.equal(worthOf({ opens: 1, nearer: 3 }), "completes 1 drink, brings 3 within one bottle");
});

test("shelves are families with what recipes name, the most used first", () => {
  const row = (id, name, parent, children, direct) => ({ ingredient_id: id, name, parent_id: parent, children, direct_recipes: direct, hierarchical_recipes: direct });
  const usage = usageOf([row(1, "Spirit", null, [2, 3], 0), row(2, "Gin", 1, [4], 3), row(3, "Rum", 1, [], 5), row(4, "Plymouth", 2, [], 0), row(5, "Cola", null, [], 1)]);
  assert.deepEqual(shelvesOf(usage).map(({ name, kinds }) => [name, kinds.map((each) => each.name)]), [["Others", ["Cola"]], ["Spirit", ["Rum", "Gin"]]]);
});
