import assert from "node:assert/strict";
import { test } from "node:test";
import { shortened } from "../../../src/cocktailspace/web/static/js/map/labels.js";

test("a name that is too long for the map is shortened, others stay", () => {
  assert.equal(shortened("Jeffrey Morgenthaler's Amaretto Sour"), "Jeffrey Morgenthaler's Amaretto Sour");
  assert.equal(shortened("I Don't Mind You Shooting Me, Frank, But Take It Easy on the Rum"), "I Don't Mind You Shooting Me, Frank, Bu…");
});
