import assert from "node:assert/strict";
import { test } from "node:test";
import { familiesOf } from "../../../src/cocktailspace/web/static/js/data/families.js";
import { columnsOf } from "../../../src/cocktailspace/web/static/js/data/map-columns.js";
import { usageOf } from "../../../src/cocktailspace/web/static/js/data/run.js";

/** Families of a catalogue in which each name is a root with so many recipes. */
function families(counts, before = null) {
  const names = Object.keys(counts);
  const usage = usageOf(names.map((name, id) => ({ ingredient_id: id + 1, name, parent_id: null, children: [], direct_recipes: counts[name], hierarchical_recipes: counts[name] })));
  const rows = names.flatMap((name, id) => Array.from({ length: counts[name] }, (_, number) => ({
    recipe_id: 1000 * (id + 1) + number, name: `${name} ${number}`, x: 0, y: 0, ingredients: [{ ingredient_id: id + 1, name, volume_ml: 50 }],
  })));
  return familiesOf(columnsOf(rows), usage, before).list;
}

const colours = (list) => Object.fromEntries(list.map(({ name, colour }) => [name, colour]));

test("a family has the same colour in every catalogue", () => {
  const one = colours(families({ Gin: 5, Whiskey: 4, Rum: 3, Brandy: 2, "Agave Spirit": 1 }));
  const other = colours(families({ Brandy: 9, "Cane Spirit": 8, Tequila: 7, Vodka: 6, Gin: 5, Whisky: 1 }));
  assert.deepEqual([other.Gin, other.Whisky, other["Cane Spirit"], other.Brandy, other.Tequila], [one.Gin, one.Whiskey, one.Rum, one.Brandy, one["Agave Spirit"]]);
});

test("no two families have one colour", () => {
  const list = families({ Gin: 9, Genever: 8, Whisky: 7, Bourbon: 6, Ouzo: 5, Raki: 4, Sake: 3 });
  assert.equal(new Set(list.map((family) => family.colour)).size, list.length);
});

test("a family keeps its colour when another version is shown", () => {
  const before = families({ Ouzo: 5, Raki: 4 });
  assert.deepEqual(colours(families({ Ouzo: 5, Raki: 9 }, { list: before })), colours(before));
});
