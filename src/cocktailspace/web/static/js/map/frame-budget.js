// How many points a frame may draw while the view moves. Where the graphics are slow (no graphics
// card, very many points) a moving view shows a sample, and a view at rest shows all.

const SLOW_MS = 45, FAST_MS = 22, BROKEN_OFF_MS = 400;
const FEWEST = 6000;
const REST_MS = 140;

export class FrameBudget {
  #last = 0;
  #most = Infinity;
  #timer = 0;

  /** onRest is called once the view has come to rest after frames that showed a sample. */
  constructor(onRest) { this.onRest = onRest; }

  /** The number of points to draw in the frame that begins now. */
  next(now, count) {
    const gap = now - this.#last;
    this.#last = now;
    if (gap > SLOW_MS && gap < BROKEN_OFF_MS) this.#most = Math.max(FEWEST, Math.min(this.#most, count) / 1.7);
    else if (gap < FAST_MS) this.#most *= 1.15;
    if (this.#most >= count) return count;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.onRest, REST_MS);
    return Math.floor(this.#most);
  }
}
