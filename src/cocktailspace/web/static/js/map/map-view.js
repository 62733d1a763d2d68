// The map as a thing on the page: it is told what to show, draws when something changed, and says
// what was pointed at. It knows points, not recipes.

import { Camera, prefersReducedMotion } from "./camera.js";
import { listenToGestures } from "./gestures.js";
import { listenToKeys, nextInDirection } from "./keys.js";
import { drawOverlay } from "./overlay.js";
import { FrameBudget } from "./frame-budget.js";
import { canvasPoints } from "./points-canvas.js";
import { webglPoints } from "./points-webgl.js";
import { importance, regionsOf } from "./regions.js";
import { SpatialIndex, boundsOf, robustBounds } from "./spatial-index.js";
import { mapColours } from "./theme-colours.js";

const MOVE_MS = 1400;
const REACH = 14; // pixels from a point at which it is still meant
const FOCUS_ZOOM = 7;

export const STATES = { hidden: 0, dim: 1, normal: 2, bright: 3, half: 4 };

export class MapView {
  #frame = 0;
  #stale = true; // whether the points have to be drawn again, not only what lies over them
  #move = null;
  #walked = -1; // where the keyboard was last
  #pace = new FrameBudget(() => this.#rest());
  #scene = {
    names: [], states: new Uint8Array(0), places: new Float32Array(0), regions: [], ranks: new Uint32Array(0),
    selected: -1, hovered: -1, similar: [], named: [], marks: [], draft: null, obstacles: [],
  };

  constructor(stage, { onSelect, onHover }) {
    this.stage = stage;
    this.onHover = onHover;
    this.onSelect = onSelect;
    this.camera = new Camera(() => this.redraw());
    this.overlay = stage.querySelector("canvas.overlay");
    this.canvas = stage.querySelector("canvas.points");
    this.points = webglPoints(this.canvas) ?? canvasPoints(this.canvas);
    this.index = new SpatialIndex(new Float32Array(0), new Float32Array(0));
    this.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.canvas.addEventListener("webglcontextrestored", () => this.#restore());
    new ResizeObserver(() => this.#resize()).observe(stage);
    this.#listen();
    this.recolour();
  }

  /** Read the colours of the theme anew. */
  recolour() {
    this.theme = mapColours();
    this.redraw();
  }

  /**
   * Show these recipes. columns: names, x, y; families: their place and colour.
   * from: (2 × count) places that they come from, in order; null to appear where they are.
   */
  setPoints(columns, families, from = null) {
    const { x, y, count } = columns;
    const places = new Float32Array(2 * count);
    for (let point = 0; point < count; point++) {
      places[2 * point] = x[point];
      places[2 * point + 1] = y[point];
    }
    const first = this.#scene.names.length === 0;
    this.#walked = -1;
    this.index = new SpatialIndex(x, y);
    this.colours = Uint8Array.from(families.of, (place) => families.list[place].colour);
    Object.assign(this.#scene, {
      names: columns.names, places, hovered: -1, selected: -1, similar: [], named: [], marks: [],
      states: new Uint8Array(count).fill(2),
    });
    this.setRegions([families.list.map(({ name }, number) => ({ name, points: pointsIn(families.of, number) }))]);
    this.#start(from, places);
    this.camera.setWorld(robustBounds(x, y));
    if (first) this.camera.jump(this.#everything);
  }

  #everything = () => this.camera.viewOf(this.camera.world);

  get showsAll() { return this.camera.goal === this.#everything; }

  #start(from, to) {
    const moves = from !== null && !prefersReducedMotion();
    this.points.setPoints(moves ? from : to, to, this.colours);
    this.points.setStates(this.#scene.states);
    this.from = moves ? from : to;
    this.#move = moves ? { start: performance.now() } : null;
    this.stage.dataset.moving = String(moves);
    this.redraw();
  }

  /** levels: [[{ name, points }]], the coarsest first; until they are known, families are the regions. */
  setRegions(levels) {
    const { xs, ys } = this.index;
    const regions = regionsOf(levels, xs, ys, this.colours);
    this.update({ regions, ranks: importance(regions, xs.length) });
  }

  /** One state a point. */
  setStates(states) {
    this.#scene.states = states;
    this.points.setStates(states);
    this.redraw();
  }

  /** Any of: selected, similar, named, marks, draft. */
  update(patch) {
    Object.assign(this.#scene, patch);
    this.#schedule();
  }

  get count() { return this.#scene.names.length; }

  /** The point in the middle of the largest region. */
  get middlePoint() { return this.#scene.ranks.indexOf(0); }

  /** Where the points are right now, also on their way. */
  placesNow() {
    if (!this.#move) return this.#scene.places;
    const t = this.#time(performance.now());
    return this.#scene.places.map((place, slot) => this.from[slot] + (place - this.from[slot]) * t);
  }

  /** Screen rectangles [left, top, right, bottom] that no name may be written in. */
  setObstacles(obstacles) { this.update({ obstacles }); }

  /** Show all but what lies far outside; asked for again, that too. */
  fitAll() {
    const again = this.showsAll && !this.camera.motion;
    this.camera.fly(again ? () => this.camera.viewOf(this.index.bounds) : this.#everything);
  }

  /** Show these points; `most` bounds how far in it goes, against the view of all. */
  fit(points, most = FOCUS_ZOOM) {
    if (!points.length) return;
    const rectangle = boundsOf(this.index.xs, this.index.ys, points);
    this.camera.fly(() => this.camera.viewOf(rectangle, most));
  }

  /** How wide a group of points will be on the screen, in pixels. */
  spread(points) {
    const [left, bottom, right, top] = boundsOf(this.index.xs, this.index.ys, points);
    return Math.max(right - left, top - bottom) * (this.camera.motion?.to ?? this.camera).scale;
  }

  /** Whether a point is where no panel covers it, or will be. */
  isInView(point) { return this.camera.willShow(this.index.xs[point], this.index.ys[point]); }

  /** Bring a world place into the free part of the view, without zooming, unless it is there. */
  showPlace(x, y) {
    const { scale } = this.camera.motion?.to ?? this.camera;
    if (!this.camera.willShow(x, y)) this.camera.fly(() => ({ x, y, scale }));
  }

  redraw() {
    this.#stale = true;
    this.#schedule();
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame((now) => this.#draw(now));
  }

  #draw(now) {
    this.#frame = 0;
    const flying = this.camera.step(now);
    const time = this.#time(now);
    const moving = this.#move !== null && time < 1;
    if (!moving) this.#settle();
    const ratio = this.canvas.width / this.camera.width;
    const size = this.#pointSize();
    if (this.#stale) this.#drawPoints(time, size, ratio, this.#pace.next(now, this.count));
    const scene = moving ? { ...this.#scene, places: this.placesNow() } : this.#scene;
    drawOverlay(this.overlay.getContext("2d"), ratio, { ...scene, camera: this.camera, index: this.index, size, theme: this.theme });
    if (flying || moving) this.redraw();
  }

  /** The view has stopped: what a hurried frame left out is drawn now. */
  #rest() {
    this.#drawPoints(this.#time(performance.now()), this.#pointSize(), this.canvas.width / this.camera.width);
  }

  #drawPoints(time, size, ratio, most = this.count) {
    const { palette, ground } = this.theme;
    this.points.draw({ camera: this.camera, time, size, ratio, palette: palette.map(({ rgb }) => rgb), ground: ground.rgb, most });
    this.#stale = false;
  }

  #time(now) {
    if (!this.#move) return 1;
    const t = Math.min(1, Math.max(0, (now - this.#move.start) / MOVE_MS));
    return t * t * (3 - 2 * t);
  }

  #settle() {
    if (!this.#move) return;
    this.#move = null;
    this.stage.dataset.moving = "false";
  }

  /** Smaller where points are many, growing slowly as one comes nearer. */
  #pointSize() {
    const [width, height] = this.camera.free;
    const room = Math.sqrt((width * height) / Math.max(this.count, 1));
    const base = Math.min(Math.max(room * 0.22, 2.2), 11);
    return Math.min(base * Math.max(this.camera.zoom, 1) ** 0.45, Math.max(base, 16));
  }

  #resize() {
    const { width, height } = this.stage.getBoundingClientRect();
    if (!width || !height) return;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.camera.resize(width, height);
    if (!this.count) return;
    this.#stale = true;
    this.#draw(performance.now()); // at once: a resized canvas is empty until it is drawn
  }

  /** The graphics card took its memory back and gave it again. */
  #restore() {
    this.points = webglPoints(this.canvas) ?? this.points;
    if (this.count) this.#start(null, this.#scene.places);
    this.points.setStates(this.#scene.states);
  }

  #at(x, y) {
    const [worldX, worldY] = this.camera.toWorld(x, y);
    const reach = Math.max(REACH, this.#pointSize()) / this.camera.scale;
    return this.index.nearest(worldX, worldY, reach, (point) => this.#scene.states[point] >= 2);
  }

  #listen() {
    listenToGestures(this.stage, this.camera, {
      onTap: (x, y) => this.onSelect(this.#at(x, y)),
      onHover: (x, y) => this.#hover(this.#at(x, y)),
      onLeave: () => this.#hover(-1),
    });
    listenToKeys(this.stage, this.camera, {
      walk: (direction) => this.#walk(direction),
      open: () => this.#scene.hovered >= 0 && this.onSelect(this.#scene.hovered),
      fitAll: () => this.fitAll(),
    });
    this.stage.addEventListener("blur", () => this.#hover(-1));
  }

  #hover(point) {
    this.stage.classList.toggle("pointing", point >= 0);
    if (point === this.#scene.hovered) return;
    this.update({ hovered: point });
    this.onHover(point, point < 0 ? null : this.camera.toScreen(this.index.xs[point], this.index.ys[point]));
  }

  #walk(direction) {
    const { hovered, selected, states } = this.#scene;
    const start = [hovered, selected, this.#walked].find((point) => point >= 0 && states[point] >= 2) ?? -1;
    const from = start >= 0 ? [this.index.xs[start], this.index.ys[start]] : [this.camera.x, this.camera.y];
    const next = start >= 0
      ? nextInDirection(this.index.xs, this.index.ys, states, from, direction, start)
      : this.index.nearest(from[0], from[1], Infinity, (point) => states[point] >= 2);
    if (next < 0) return;
    const [x, y, { scale }] = [this.index.xs[next], this.index.ys[next], this.camera];
    if (!this.isInView(next)) this.camera.jump(() => ({ x, y, scale }));
    this.#walked = next;
    this.#hover(next);
  }
}

function pointsIn(of, number) {
  const points = [];
  for (let point = 0; point < of.length; point++) if (of[point] === number) points.push(point);
  return points;
}
