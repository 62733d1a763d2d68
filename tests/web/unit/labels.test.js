import assert from "node:assert/strict";
import { test } from "node:test";
import { Room, shortened, spotsFor, takeSpot } from "../../../src/cocktailspace/web/static/js/map/labels.js";

test("a name that is too long for the map is shortened, others stay", () => {
  assert.equal(shortened("Jeffrey Morgenthaler's Amaretto Sour"), "Jeffrey Morgenthaler's Amaretto Sour");
  assert.equal(shortened("I Don't Mind You Shooting Me, Frank, But Take It Easy on the Rum"), "I Don't Mind You Shooting Me, Frank, Bu…");
});

const PHONE = 390;

test("what is named anyway stays whole in the view, and no other name stands over it", () => {
  const room = new Room();
  const spot = takeSpot(room, spotsFor(150, 100, 300, 12), PHONE, true);
  assert.ok(spot.left > 4 && spot.left + spot.width < PHONE - 4);
  assert.equal(takeSpot(room, [{ left: spot.left + 200, y: spot.y, width: 80 }], PHONE), null);
  assert.equal(takeSpot(new Room(), spotsFor(150, 100, 300, 12), PHONE), null);
});
