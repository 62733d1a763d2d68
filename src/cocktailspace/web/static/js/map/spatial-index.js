// Which points are near a place: a grid of cells, filled by counting.

const POINTS_A_CELL = 3;

export class SpatialIndex {
  /** xs, ys: coordinates of the points; finite. */
  constructor(xs, ys) {
    this.xs = xs;
    this.ys = ys;
    this.bounds = boundsOf(xs, ys);
    const [left, bottom, right, top] = this.bounds;
    const area = Math.max(right - left, 1e-9) * Math.max(top - bottom, 1e-9);
    this.cell = Math.max(Math.sqrt((area * POINTS_A_CELL) / Math.max(xs.length, 1)), 1e-9);
    this.columns = Math.floor((right - left) / this.cell) + 1;
    this.rows = Math.floor((top - bottom) / this.cell) + 1;
    this.#fill();
  }

  #fill() {
    const count = this.xs.length;
    const cells = new Uint32Array(count);
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    for (let index = 0; index < count; index++) {
      cells[index] = this.#cellAt(this.xs[index], this.ys[index]);
      this.starts[cells[index] + 1]++;
    }
    for (let cell = 0; cell < this.starts.length - 1; cell++) this.starts[cell + 1] += this.starts[cell];
    this.order = new Uint32Array(count);
    const next = this.starts.slice(0, -1);
    for (let index = 0; index < count; index++) this.order[next[cells[index]]++] = index;
  }

  #column(x) { return Math.min(Math.max(Math.floor((x - this.bounds[0]) / this.cell), 0), this.columns - 1); }

  #row(y) { return Math.min(Math.max(Math.floor((y - this.bounds[1]) / this.cell), 0), this.rows - 1); }

  #cellAt(x, y) { return this.#row(y) * this.columns + this.#column(x); }

  /**
   * Call `visit(index)` for each point of a rectangle until it returns false.
   * @param {number[]} rectangle
   * @param {(index: number) => boolean | void} visit
   */
  within([left, bottom, right, top], visit) {
    const from = this.#column(left), to = this.#column(right);
    for (let row = this.#row(bottom), last = this.#row(top); row <= last; row++) {
      const end = this.starts[row * this.columns + to + 1];
      for (let slot = this.starts[row * this.columns + from]; slot < end; slot++) {
        const index = this.order[slot], x = this.xs[index], y = this.ys[index];
        if (x >= left && x <= right && y >= bottom && y <= top && visit(index) === false) return;
      }
    }
  }

  /**
   * The nearest point that `accepts` within `radius` of (x, y), or -1.
   * @param {(index: number) => boolean} accepts
   */
  nearest(x, y, radius, accepts = () => true) {
    let best = -1, least = radius * radius;
    this.within([x - radius, y - radius, x + radius, y + radius], (index) => {
      const gap = (this.xs[index] - x) ** 2 + (this.ys[index] - y) ** 2;
      if (gap <= least && accepts(index)) [best, least] = [index, gap];
    });
    return best;
  }
}

/**
 * The bounds of nearly all points: a few that lie far outside do not make the rest small. On each side
 * they end a quarter of the extent of the middle 98 % beyond it, or where the points end.
 */
export function robustBounds(xs, ys) {
  const [left, bottom, right, top] = boundsOf(xs, ys);
  const [west, east] = middleOf(xs), [south, north] = middleOf(ys);
  return [Math.max(left, west), Math.max(bottom, south), Math.min(right, east), Math.min(top, north)];
}

function middleOf(values) {
  if (!values.length) return [-1, 1];
  const sorted = Float32Array.from(values).sort(), cut = Math.floor(values.length / 100);
  const low = sorted[cut], high = sorted[sorted.length - 1 - cut];
  return [low - (high - low) / 4, high + (high - low) / 4];
}

/** [left, bottom, right, top] of some points (all, or those listed). */
export function boundsOf(xs, ys, indices = null) {
  let left = Infinity, bottom = Infinity, right = -Infinity, top = -Infinity;
  const count = indices ? indices.length : xs.length;
  for (let slot = 0; slot < count; slot++) {
    const index = indices ? indices[slot] : slot;
    left = Math.min(left, xs[index]);
    right = Math.max(right, xs[index]);
    bottom = Math.min(bottom, ys[index]);
    top = Math.max(top, ys[index]);
  }
  return count ? [left, bottom, right, top] : [-1, -1, 1, 1];
}
