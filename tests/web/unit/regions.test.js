import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera } from "../../../src/cocktailspace/web/static/js/map/camera.js";
import { clearest, importance, regionsInView, regionsOf } from "../../../src/cocktailspace/web/static/js/map/regions.js";
import { SpatialIndex, boundsOf, robustBounds } from "../../../src/cocktailspace/web/static/js/map/spatial-index.js";

const SIDE = 12, COUNT = SIDE * SIDE; // points on a grid
const xs = Float32Array.from({ length: COUNT }, (_, point) => point % SIDE), ys = Float32Array.from({ length: COUNT }, (_, point) => Math.floor(point / SIDE));
const index = new SpatialIndex(xs, ys);
const states = new Uint8Array(COUNT).fill(2);

/** Regions that cut the grid into parts × parts squares. */
function squares(parts) {
  const size = SIDE / parts;
  return Array.from({ length: parts * parts }, (_, number) => ({
    name: `${parts}: ${number}`,
    points: Array.from({ length: COUNT }, (_each, point) => point).filter((point) =>
      Math.floor(xs[point] / size) === number % parts && Math.floor(ys[point] / size) === Math.floor(number / parts)),
  }));
}

const levels = regionsOf([squares(2), squares(4), squares(6)], xs, ys, new Uint8Array(COUNT));

function cameraAt(zoom, x, y) {
  const camera = new Camera(() => {});
  camera.resize(800, 600);
  camera.setWorld(index.bounds);
  camera.jump(() => ({ x, y, scale: camera.fitted * zoom }));
  return camera;
}

test("wherever there are points a region is named, at every zoom", () => {
  for (const zoom of [0.5, 1, 1.8, 3.2, 6, 11, 20]) {
    for (let point = 0; point < COUNT; point++) {
      const found = regionsInView(levels, { index, camera: cameraAt(zoom, xs[point], ys[point]), states });
      assert.ok(found.length > 0, `zoom ${zoom}, point ${point}`);
    }
  }
});

test("nearer, regions are finer", () => {
  const level = (zoom) => Number(regionsInView(levels, { index, camera: cameraAt(zoom, 5.5, 5.5), states })[0].name[0]);
  assert.deepEqual([level(1), level(2.5), level(8)].toSorted(), [level(1), level(2.5), level(8)]);
  assert.ok(level(8) > level(1));
});

test("what is hidden names no region", () => {
  const found = regionsInView(levels, { index, camera: cameraAt(1, 5.5, 5.5), states: new Uint8Array(COUNT) });
  assert.deepEqual(found, []);
});

test("a region of which a few points are left, and not its middle, is not named beside those that are there", () => {
  const [{ regions, of }] = regionsOf([squares(2)], xs, ys, new Uint8Array(COUNT));
  const left = Uint8Array.from(of, (region, point) => (region === 0 || (region === 3 && point === COUNT - 1) ? 2 : 1));
  const found = regionsInView([{ regions, of }], { index, camera: cameraAt(1, 5.5, 5.5), states: left });
  assert.deepEqual(found.map(({ name }) => name), ["2: 0"]);
});

test("a region's name stands beside a point of any size, as near as it can", () => {
  const one = new SpatialIndex(Float32Array.of(0), Float32Array.of(0)), camera = cameraAt(1, 0, 0), width = 60;
  const [left, top] = camera.toScreen(0, 0);
  const gap = (size) => Math.abs(clearest({ left, top }, width, { index: one, camera, size })[0].y - top);
  assert.deepEqual([4, 16].map(gap), [12, 22]);
  const empty = new SpatialIndex(new Float32Array(0), new Float32Array(0));
  assert.deepEqual(clearest({ left, top }, width, { index: empty, camera, size: 16 })[0], { left: left - width / 2, y: top, points: 0 });
});

test("the middles of regions are the most important points", () => {
  const ranks = importance(levels, COUNT);
  const middles = levels[0].regions.map(({ centre }) => ranks[centre]);
  assert.deepEqual([...middles].sort(), [0, 1, 2, 3]);
  assert.equal(new Set(ranks).size, COUNT);
});

test("a few points that lie far outside do not make the rest small", () => {
  const away = Float32Array.from([...xs, 1000]), up = Float32Array.from([...ys, -500]);
  const [left, bottom, right, top] = robustBounds(away, up);
  assert.ok(left === 0 && bottom >= -4 && right <= 15 && top === 11, [left, bottom, right, top].join());
});

test("where none lies far outside, all points are shown", () => assert.deepEqual(robustBounds(xs, ys), boundsOf(xs, ys)));
