// Names on the map: as many as have room, the important ones first, none over another.

const ROOM_FOR_A_NAME = 1900; // square pixels a point, below which names would be a thicket
const MOST_NAMES = 140;
const MOST_LETTERS = 40; // of a name: a longer one would be cut by what lies beside the map

/** Places taken by text. A list will do: there are never more than some hundred. */
export class Room {
  #taken = [];

  /** Take the box if it is free. */
  take(box) {
    const [left, top, right, bottom] = box;
    if (this.#taken.some(([l, t, r, b]) => left < r && right > l && top < b && bottom > t)) return false;
    this.#taken.push(box);
    return true;
  }

  /** Keep a box free whatever is there already. */
  block(box) { this.#taken.push(box); }
}

/** The points in view, the most important first, or null when they stand too thickly to be named. */
export function nameable(index, camera, states, ranks) {
  const area = camera.free[0] * camera.free[1];
  const most = Math.min(700, area / ROOM_FOR_A_NAME);
  const found = [];
  index.within(camera.bounds, (point) => {
    if (states[point] >= 2) found.push(point);
    return found.length <= most;
  });
  return found.length > most ? null : found.sort((one, other) => ranks[one] - ranks[other]);
}

/** Keep names off the points themselves. */
export function blockPoints(room, points, { camera, places, size }) {
  const half = size / 2;
  for (const point of points) {
    const [x, y] = camera.toScreen(places[2 * point], places[2 * point + 1]);
    room.block([x - half, y - half, x + half, y + half]);
  }
}

/** A name, shortened where it is too long for the map. */
export const shortened = (name) => (name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1).trimEnd()}…` : name);

/** Write the names of these points, each where it fits; `anyway` writes those that fit nowhere too. */
export function drawNames(context, points, { camera, names, places, size, room, ink, halo, widths, bold = false, anyway = -1 }) {
  context.font = `${bold ? 600 : 400} 12px ${ink.font}`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = halo;
  context.fillStyle = bold ? ink.text : ink.soft;
  let drawn = 0;
  for (const point of points) {
    if (drawn >= MOST_NAMES) return;
    const [x, y] = camera.toScreen(places[2 * point], places[2 * point + 1]);
    const name = shortened(names[point]);
    const key = bold ? `*${name}` : name;
    if (!widths.has(key)) widths.set(key, context.measureText(name).width);
    const limit = camera.width - camera.insets.right;
    const spot = takeSpot(room, spotsFor(x, y, widths.get(key), size / 2 + (point === anyway ? 10 : 4)), limit, point === anyway);
    if (!spot) continue;
    context.strokeText(name, spot.left, spot.y);
    context.fillText(name, spot.left, spot.y);
    drawn++;
  }
}

/** Where a name may stand: right of its point, left, below, above. */
export const spotsFor = (x, y, width, gap) => [
  { left: x + gap, y, width }, { left: x - gap - width, y, width },
  { left: x - width / 2, y: y + gap + 7, width }, { left: x - width / 2, y: y - gap - 7, width },
];

/** The first spot that is free, which is taken; anyway: where none is, one within the view all the same. */
export function takeSpot(room, spots, limit, anyway = false) {
  const free = spots.find((each) => fits(room, each, limit));
  if (free || !anyway) return free ?? null;
  const [, , below] = spots;
  const spot = spots.find((each) => isInView(each, limit)) ?? { ...below, left: Math.max(5, Math.min(below.left, limit - 5 - below.width)) };
  room.block(boxOf(spot));
  return spot;
}

const boxOf = ({ left, y, width }) => [left - 1, y - 7, left + width + 1, y + 7];

const isInView = ({ left, width }, limit) => left > 4 && left + width < limit - 4;

const fits = (room, spot, limit) => isInView(spot, limit) && room.take(boxOf(spot));
