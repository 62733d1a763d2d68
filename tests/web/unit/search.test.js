import assert from "node:assert/strict";
import { test } from "node:test";
import { ranked } from "../../../src/cocktailspace/web/static/js/edit/combobox.js";
import { columnsOf } from "../../../src/cocktailspace/web/static/js/data/map-columns.js";
import { usageOf } from "../../../src/cocktailspace/web/static/js/data/run.js";
import { searched, withIngredient } from "../../../src/cocktailspace/web/static/js/shell/highlights.js";
import { suggestions } from "../../../src/cocktailspace/web/static/js/shell/search.js";

const GIN = 1, LIME = 2, JUICE = 3, LONDON = 4;
const usage = usageOf([
  { ingredient_id: GIN, name: "Gin", parent_id: null, children: [LONDON], direct_recipes: 1, hierarchical_recipes: 2 },
  { ingredient_id: LONDON, name: "London Dry", parent_id: GIN, children: [], direct_recipes: 1, hierarchical_recipes: 1 },
  { ingredient_id: LIME, name: "Lime", parent_id: null, children: [], direct_recipes: 0, hierarchical_recipes: 0 },
  { ingredient_id: JUICE, name: "Lime Juice", parent_id: null, children: [], direct_recipes: 2, hierarchical_recipes: 2 },
]);
const line = (ingredient_id, volume_ml) => ({ ingredient_id, name: usage.byId.get(ingredient_id).name, volume_ml });
const columns = columnsOf([
  { recipe_id: 7, name: "Gimlet", x: 0, y: 0, ingredients: [line(GIN, 60), line(JUICE, 20)] },
  { recipe_id: 9, name: "Gin Rickey", x: 1, y: 1, ingredients: [line(LONDON, 50), line(JUICE, 20)] },
]);
const mapData = { columns, usage };

test("every word has to be met, in the name or in an ingredient", () => {
  assert.deepEqual(searched("gin lime", mapData), [0, 1]);
  assert.deepEqual(searched("rickey LIME", mapData), [1]);
  assert.deepEqual(searched("campari", mapData), []);
});

test("an ingredient's recipes are those with a kind of it, too", () => {
  assert.deepEqual(withIngredient(GIN, mapData), [0, 1]);
  assert.deepEqual(withIngredient(LONDON, mapData), [1]);
});

test("names that begin with what is typed are suggested first, and how many match", () => {
  const { found, matches } = suggestions("gi", mapData);
  assert.equal(matches, 2);
  assert.deepEqual(found.map((each) => each.name).slice(0, 3), ["Gimlet", "Gin Rickey", "Gin"]);
});

test("an ingredient that no recipe has is not suggested", () => {
  assert.deepEqual(suggestions("lime", mapData).found.map((each) => each.name).slice(0, 1), ["Lime Juice"]);
});

test("names typed ahead are ranked by use", () => {
  const items = [["Lime", 0], ["Lime Juice", 9], ["Sublime Bitters", 50], ["Key Lime", 2]].map(([name, uses]) => ({ name, uses, folded: String(name).toLowerCase() }));
  assert.deepEqual(ranked(items, "lime").map((each) => each.name), ["Lime Juice", "Key Lime", "Lime", "Sublime Bitters"]);
});
