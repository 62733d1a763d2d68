// Which part of the world the map shows. World y points up, screen y down; sizes in CSS pixels.

const MOTION_MS = 550, ZOOM_MS = 250;
const FIT_PADDING = 44; // pixels around what is fitted in, less where there is little room
const MOST_ZOOM = 400;

const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

export const prefersReducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Camera {
  constructor(onMove) {
    this.onMove = onMove;
    this.x = this.y = 0;
    this.scale = this.width = this.height = this.fitted = 1;
    this.motion = null;
    this.insets = { left: 0, top: 0, right: 0, bottom: 0 };
    this.world = [-1, -1, 1, 1];
    /** What the page wants to be seen, as a function that gives the view; null once somebody moved the map. */
    this.goal = null;
  }

  /** Say what panels cover. The goal is aimed at anew; without one the world stays where it is on the screen. */
  setInsets(insets) {
    if (Object.entries(insets).every(([side, size]) => this.insets[side] === size)) return;
    if (this.motion && !this.goal) Object.assign(this, this.motion.to, { motion: null });
    const [before, above] = this.middle;
    this.insets = insets;
    const [after, below] = this.middle;
    this.x += (after - before) / this.scale;
    this.y -= (below - above) / this.scale;
    this.#measure();
    if (this.goal) this.fly(this.goal);
    else this.onMove();
  }

  /** Say where everything is: [left, bottom, right, top]. The goal is aimed at anew. */
  setWorld(bounds) {
    this.world = bounds;
    this.#measure();
    if (this.goal) this.fly(this.goal);
  }

  /** The middle of what no panel covers. */
  get middle() {
    const { left, top, right, bottom } = this.insets;
    return [(left + this.width - right) / 2, (top + this.height - bottom) / 2];
  }

  get free() {
    const { left, top, right, bottom } = this.insets;
    return [Math.max(80, this.width - left - right), Math.max(80, this.height - top - bottom)];
  }

  /** Pixels between what is fitted in and what panels cover. */
  get padding() { return Math.min(FIT_PADDING, 0.09 * Math.min(...this.free)); }

  /** How far in, against the view of everything. */
  get zoom() { return this.scale / this.fitted; }

  toScreen(x, y) {
    const [middleX, middleY] = this.middle;
    return [(x - this.x) * this.scale + middleX, middleY - (y - this.y) * this.scale];
  }

  /** Where a place will be on the screen when the present flight has ended. */
  toScreenThen(x, y) {
    const { x: thenX, y: thenY, scale } = this.motion?.to ?? this;
    const [middleX, middleY] = this.middle;
    return [(x - thenX) * scale + middleX, middleY - (y - thenY) * scale];
  }

  /** Whether a place will be where no panel covers it, when the present flight has ended. */
  willShow(worldX, worldY) {
    const [x, y] = this.toScreenThen(worldX, worldY);
    const { left, top, right, bottom } = this.insets, margin = this.padding - 1;
    return x >= left + margin && x <= this.width - right - margin && y >= top + margin && y <= this.height - bottom - margin;
  }

  toWorld(screenX, screenY) {
    const [middleX, middleY] = this.middle;
    return [(screenX - middleX) / this.scale + this.x, (middleY - screenY) / this.scale + this.y];
  }

  /** Whether a place on the screen is covered by no panel. */
  isFree(screenX, screenY) {
    const { left, top, right, bottom } = this.insets;
    return screenX >= left && screenX <= this.width - right && screenY >= top && screenY <= this.height - bottom;
  }

  /** World corners of what no panel covers. */
  get freeBounds() {
    const { left, top, right, bottom } = this.insets;
    const [west, north] = this.toWorld(left, top), [east, south] = this.toWorld(this.width - right, this.height - bottom);
    return [west, south, east, north];
  }

  /** World corners of the visible rectangle: [left, bottom, right, top]. */
  get bounds() {
    const [left, top] = this.toWorld(0, 0);
    const [right, bottom] = this.toWorld(this.width, this.height);
    return [left, bottom, right, top];
  }

  /** Another size of the screen: at once to the goal, else as near as before. */
  resize(width, height) {
    const { zoom } = this;
    Object.assign(this, { width, height });
    this.#measure();
    if (this.goal) this.jump(this.goal);
    else this.scale = this.fitted * zoom;
    this.onMove();
  }

  pan(dx, dy) {
    this.motion = this.goal = null;
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.onMove();
  }

  /** Zoom so that the world under (screenX, screenY) stays there. */
  zoomAt(factor, screenX, screenY) {
    this.motion = this.goal = null;
    const [x, y] = this.toWorld(screenX, screenY);
    this.scale = this.#clamped(this.scale * factor);
    const [nowX, nowY] = this.toWorld(screenX, screenY);
    this.x += x - nowX;
    this.y += y - nowY;
    this.onMove();
  }

  /**
   * The view of a world rectangle; `most` bounds how far in it goes, against the view of all.
   * @param {number[]} rectangle
   */
  viewOf([left, bottom, right, top], most = MOST_ZOOM) {
    const [width, height] = this.free, { padding } = this;
    const room = Math.min((width - 2 * padding) / (right - left || 1e-9), (height - 2 * padding) / (top - bottom || 1e-9));
    const scale = Math.min(Math.max(room, 1e-6), most * this.fitted);
    return { x: (left + right) / 2, y: (bottom + top) / 2, scale };
  }

  /** Show the goal, a function that gives a view, at once. */
  jump(goal) {
    this.goal = goal;
    this.motion = null;
    Object.assign(this, goal());
    this.onMove();
  }

  /** Move to the goal; at once for those who asked for less motion. */
  fly(goal) {
    if (prefersReducedMotion()) return this.jump(goal);
    this.goal = goal;
    return this.#depart(goal(), MOTION_MS);
  }

  /** Zoom about the middle, as somebody asked. */
  zoomBy(factor) {
    const { x, y, scale } = this.motion?.to ?? this;
    const to = { x, y, scale: this.#clamped(scale * factor) };
    this.goal = null;
    if (!prefersReducedMotion()) return this.#depart(to, ZOOM_MS);
    Object.assign(this, to, { motion: null });
    return this.onMove();
  }

  #depart(to, ms) {
    this.motion = { from: { x: this.x, y: this.y, scale: this.scale }, to, start: performance.now(), ms };
    this.onMove();
  }

  /** The view of everything is the measure of zoom. */
  #measure() {
    this.fitted = 1;
    this.fitted = this.viewOf(this.world, Infinity).scale;
  }

  /** Advance a flight; whether there is one under way. */
  step(now) {
    if (!this.motion) return false;
    const { from, to, start, ms } = this.motion;
    const t = ease(Math.min(1, Math.max(0, (now - start) / ms)));
    this.scale = from.scale * (to.scale / from.scale) ** t;
    // Centre moves in step with the scale, so that the target stays on its way to the middle.
    const flat = Math.abs(to.scale / from.scale - 1) < 1e-6; // whose reciprocals may not differ at all
    const k = flat ? t : (1 / this.scale - 1 / from.scale) / (1 / to.scale - 1 / from.scale);
    this.x = from.x + (to.x - from.x) * k;
    this.y = from.y + (to.y - from.y) * k;
    if (t >= 1) this.motion = null;
    return this.motion !== null;
  }

  #clamped(scale) {
    return Math.min(Math.max(scale, this.fitted * 0.4), this.fitted * MOST_ZOOM);
  }
}
