import assert from "node:assert/strict";
import { test } from "node:test";
import { ranked } from "../../../src/cocktailspace/web/static/js/edit/combobox.js";
import { changed, narrows, questionOf, readFilters, toggled, writeFilters } from "../../../src/cocktailspace/web/static/js/filters.js";
import { questionFor, selectionOf } from "../../../src/cocktailspace/web/static/js/shell/selection.js";

const read = (text) => readFilters(new URLSearchParams(text));

test("filters of an address come back as they were", () => {
  const text = "ingredient=3&ingredient=7&without=9&tag=tiki&free_of=egg&glass=Coupe&method=Shake&alcohol_free=false"
    + "&min_ingredients=2&max_ingredients=5&min_strength=12.5&max_strength=30&sort=strongest&mine=list%3AOur+party";
  const options = new URLSearchParams();
  writeFilters(read(text), options);
  assert.equal(options.toString(), text);
});

test("what cannot be meant is left out of a stranger's address", () => {
  assert.deepEqual(read("ingredient=0&ingredient=x&ingredient=4&ingredient=4&without=1e3&alcohol_free=yes&min_strength=-1&sort=best&mine=all&glass=+"), { ingredient: [4] });
  assert.equal(read(Array.from({ length: 50 }, (_, id) => `ingredient=${id + 1}`).join("&")).ingredient.length, 20);
});

test("a filter is taken back as it was chosen, and an order narrows nothing", () => {
  const chosen = toggled(toggled({}, "tag", "tiki"), "tag", "hot");
  assert.deepEqual(chosen, { tag: ["tiki", "hot"] });
  assert.deepEqual(toggled(toggled(chosen, "tag", "tiki"), "tag", "hot"), {});
  assert.deepEqual(changed({ glass: "Coupe", method: "Stir" }, "glass", ""), { method: "Stir" });
  assert.equal(narrows({ sort: "name" }), false);
  assert.equal(narrows({ mine: "favourites" }), true);
});

test("the API is asked for words and filters, and never for what only the browser knows", () => {
  assert.equal(questionOf("gin, lime", { without: [3], mine: "favourites" }), "q=gin%2C+lime&without=3");
});

test("a view asks for its recipes, and what is searched comes first", () => {
  const route = { view: "map", search: "", filters: {} };
  assert.equal(questionFor(route), null);
  assert.equal(questionFor({ ...route, search: "sour" }), "q=sour");
  assert.equal(questionFor({ ...route, view: "recipes", filters: { glass: "Coupe" } }), "glass=Coupe");
  assert.equal(questionFor({ ...route, view: "recipes", filters: { sort: "name" } }), null);
  assert.equal(questionFor({ ...route, view: "ingredient", id: 5 }), "ingredient=5");
  assert.equal(questionFor({ ...route, view: "ingredient", id: 5, search: "sour" }), "q=sour");
  assert.equal(questionFor({ ...route, view: "ingredient", id: null }), null);
  assert.equal(questionFor({ ...route, view: "complexity", count: 4 }), "min_ingredients=4&max_ingredients=4");
});

test("an answer to another question is not taken for this one's", () => {
  const route = { view: "map", search: "sour", filters: {} };
  const selection = { key: JSON.stringify(["q=sour", null]), ids: [1], error: null };
  assert.equal(selectionOf({ route, selection }), selection);
  assert.equal(selectionOf({ route: { ...route, search: "sours" }, selection }), null);
});

test("names typed ahead are ranked by use", () => {
  const items = [["Lime", 0], ["Lime Juice", 9], ["Sublime Bitters", 50], ["Key Lime", 2]].map(([name, uses]) => ({ name, uses, folded: String(name).toLowerCase() }));
  assert.deepEqual(ranked(items, "lime").map((each) => each.name), ["Lime Juice", "Key Lime", "Lime", "Sublime Bitters"]);
});
