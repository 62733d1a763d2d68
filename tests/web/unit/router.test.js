import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRoute, parseRoute } from "../../../src/cocktailspace/web/static/js/router.js";

const ADDRESSES = [
  "#/", "#/space/fractions", "#/recipe/12", "#/recipe/12/edit", "#/recipe/new", "#/ingredients", "#/ingredient/3",
  "#/ingredient/3/edit", "#/ingredient/new", "#/complexity", "#/complexity/4", "#/recipes", "#/recipes?q=lime+juice&ingredient=3&without=4&sort=newest",
  "#/import", "#/import/0123456789abcdef0123456789abcdef",
  "#/bar", "#/bar/shared?name=Ann%27s&has=Gin&has=Lime+Juice%3F",
  "#/recipe/12?space=fractions&family=Gin&family=Rum",
];

for (const address of ADDRESSES) {
  test(`${address} is the address of the view that it leads to`, () => assert.equal(formatRoute(parseRoute(address)), address));
}

test("what is searched and which families are shown follow any view", () => {
  const { view, id, search, families } = parseRoute("#/recipe/12?q=gin+fizz&family=Gin");
  assert.deepEqual({ view, id, search, families }, { view: "recipe", id: 12, search: "gin fizz", families: ["Gin"] });
});

test("links to searches of before lead to the list", () => {
  assert.equal(formatRoute(parseRoute("#/search?q=lime")), "#/recipes?q=lime");
});

test("filters belong to the list", () => {
  assert.equal(formatRoute({ ...parseRoute("#/recipes?glass=Coupe"), view: "recipe", id: 4 }), "#/recipe/4");
  assert.deepEqual(parseRoute("#/recipe/4?glass=Coupe").filters, {});
});

test("an address that is not known leads nowhere", () => {
  for (const address of ["#/recipe/x", "#/recipes/1", "#/recipe/1/2"]) assert.equal(parseRoute(address).view, "lost");
});

test("a bar that somebody sends is few and short words, or none", () => {
  assert.deepEqual(parseRoute("#/bar/shared?name=Ann&has=+Gin+&has=").shared, { name: "Ann", has: ["Gin"] });
  assert.equal(parseRoute("#/bar/shared?name=Ann").shared, null);
  assert.equal(parseRoute(`#/bar/shared?has=${"x".repeat(3000)}`).shared, null);
});
