import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Camera } from "../../../src/cocktailspace/web/static/js/map/camera.js";

let camera;

beforeEach(() => {
  camera = new Camera(() => {});
  camera.resize(800, 600);
  camera.measureBy([0, 0, 10, 10]);
  camera.jump(camera.viewOf([0, 0, 10, 10]), true);
});

test("a place on the screen is the place in the world that is drawn there", () => {
  const [x, y] = camera.toScreen(2, 7);
  const [worldX, worldY] = camera.toWorld(x, y);
  assert.ok(Math.abs(worldX - 2) < 1e-9 && Math.abs(worldY - 7) < 1e-9);
});

test("what is fitted in is in what no panel covers", () => {
  camera.setInsets({ left: 100, top: 0, right: 300, bottom: 0 });
  camera.jump(camera.viewOf([0, 0, 10, 10]), true);
  for (const [x, y] of [[0, 0], [10, 10]]) {
    const [left, top] = camera.toScreen(x, y);
    assert.ok(left > 100 && left < 500 && top > 0 && top < 600, `${left} ${top}`);
  }
});

test("zooming keeps the place under the pointer where it is", () => {
  const before = camera.toWorld(200, 150);
  camera.zoomAt(3, 200, 150);
  const after = camera.toWorld(200, 150);
  assert.ok(Math.abs(before[0] - after[0]) < 1e-9 && Math.abs(before[1] - after[1]) < 1e-9);
});

test("zooming ends before points are lost from sight", () => {
  camera.zoomAt(1e-9, 400, 300);
  assert.ok(camera.zoom >= 0.39);
  camera.zoomAt(1e12, 400, 300);
  assert.ok(camera.zoom <= 401);
});
