import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Camera } from "../../../src/cocktailspace/web/static/js/map/camera.js";

const ALL = [0, 0, 10, 10];
let camera, still;

globalThis.matchMedia = () => /** @type {any} */ ({ matches: still }); // what Node lacks of a browser

beforeEach(() => {
  still = false;
  camera = new Camera(() => {});
  camera.resize(800, 600);
  camera.setWorld(ALL);
  camera.jump(() => camera.viewOf(ALL));
});

/** Whether places are where no panel covers them, once the camera is at rest. */
function shows(...places) {
  camera.step(performance.now() + 10_000);
  const { left, top, right, bottom } = camera.insets;
  return places.every((place) => {
    const [x, y] = camera.toScreen(...place);
    return x > left && x < camera.width - right && y > top && y < camera.height - bottom;
  });
}

test("a place on the screen is the place in the world that is drawn there", () => {
  const [x, y] = camera.toScreen(2, 7);
  const [worldX, worldY] = camera.toWorld(x, y);
  assert.ok(Math.abs(worldX - 2) < 1e-9 && Math.abs(worldY - 7) < 1e-9);
});

test("what is fitted in is in what no panel covers", () => {
  camera.setInsets({ left: 100, top: 0, right: 300, bottom: 0 });
  assert.ok(shows([0, 0], [10, 10]));
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

for (const motion of [true, false]) {
  test(`a panel that opens ${motion ? "during a flight" : "where nothing flies"} covers nothing of what is shown`, () => {
    still = !motion;
    camera.fly(() => camera.viewOf([8, 0, 10, 2]));
    camera.step(performance.now() + 100);
    camera.setInsets({ left: 0, top: 46, right: 0, bottom: 400 });
    assert.ok(shows([8, 0], [10, 2]));
    camera.setInsets({ left: 0, top: 46, right: 400, bottom: 0 });
    assert.ok(shows([8, 0], [10, 2]));
  });
}

test("another size of the window shows what was shown", () => {
  camera.fly(() => camera.viewOf([8, 0, 10, 2]));
  camera.step(performance.now() + 10_000);
  camera.resize(390, 844);
  assert.ok(shows([8, 0], [10, 2]));
});

test("the map stays where somebody moved it when a panel opens", () => {
  camera.fly(() => camera.viewOf([8, 0, 10, 2]));
  camera.pan(30, 10);
  const before = camera.toScreen(9, 1);
  camera.setInsets({ left: 0, top: 0, right: 400, bottom: 0 });
  const after = camera.toScreen(9, 1);
  assert.ok(Math.hypot(before[0] - after[0], before[1] - after[1]) < 1e-6);
});

test("a place is said to be shown where it will be after the flight", () => {
  camera.fly(() => camera.viewOf([8, 0, 10, 2]));
  assert.ok(camera.willShow(9, 1) && !camera.willShow(0, 10));
});

test("a flight between scales that hardly differ ends where it should", () => {
  const view = camera.viewOf(ALL);
  camera.jump(() => ({ x: 1, y: 1, scale: 3 }));
  camera.fly(() => ({ ...view, scale: 3 * (1 + Number.EPSILON) }));
  camera.step(performance.now() + 300);
  assert.ok(Number.isFinite(camera.x) && camera.x > 1);
});
