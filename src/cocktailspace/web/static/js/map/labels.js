// Names on the map: as many as have room, the important ones first, none over another.

const ROOM_FOR_A_NAME = 2600; // square pixels a point, below which names would be a thicket
const MOST_NAMES = 140;
const FEW = 3000; // points, among which a name may look for a gap
const NEAR_MIDDLE = [0, -12, 12, -22, 22, -32, 32]; // pixels

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

/** Indices of the points in view, or null when they stand too thickly to be named. */
export function nameable(index, camera, states) {
  const area = camera.free[0] * camera.free[1];
  const most = Math.min(700, area / ROOM_FOR_A_NAME);
  const found = [];
  index.within(camera.bounds, (point) => {
    if (states[point] >= 2) found.push(point);
    return found.length <= most;
  });
  return found.length > most ? null : found.sort((one, other) => one - other);
}

/** Keep names off the points themselves. */
export function blockPoints(room, points, { camera, places, size }) {
  const half = size / 2;
  for (const point of points) {
    const [x, y] = camera.toScreen(places[2 * point], places[2 * point + 1]);
    room.block([x - half, y - half, x + half, y + half]);
  }
}

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
    const key = bold ? `*${names[point]}` : names[point];
    if (!widths.has(key)) widths.set(key, context.measureText(names[point]).width);
    const spots = spotsFor(x, y, widths.get(key), size / 2 + (point === anyway ? 10 : 4));
    const limit = camera.width - camera.insets.right;
    let spot = spots.find((each) => fits(room, each, limit));
    if (!spot && point === anyway) {
      [spot] = spots;
      room.block(boxOf(spot));
    }
    if (!spot) continue;
    context.strokeText(names[point], spot.left, spot.y);
    context.fillText(names[point], spot.left, spot.y);
    drawn++;
  }
}

/** Where a name may stand: right of its point, left, below, above. */
const spotsFor = (x, y, width, gap) => [
  { left: x + gap, y, width }, { left: x - gap - width, y, width },
  { left: x - width / 2, y: y + gap + 7, width }, { left: x - width / 2, y: y - gap - 7, width },
];

const boxOf = ({ left, y, width }) => [left - 1, y - 7, left + width + 1, y + 7];

const fits = (room, spot, limit) => spot.left > 4 && spot.left + spot.width < limit - 4 && room.take(boxOf(spot));

/** Where each family stands thickest: { x, y, name, colour } in world coordinates. */
export function familyCentres(xs, ys, families, bounds) {
  const side = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1], 1e-9) / 12;
  const countsOfFamilies = families.list.map(() => new Map());
  for (let point = 0; point < xs.length; point++) {
    const cell = `${Math.round(xs[point] / side)} ${Math.round(ys[point] / side)}`;
    const counts = countsOfFamilies[families.of[point]];
    const sum = counts.get(cell) ?? [0, 0, 0];
    sum[0]++;
    sum[1] += xs[point];
    sum[2] += ys[point];
    counts.set(cell, sum);
  }
  return families.list.map((family, number) => {
    const [count, x, y] = [...countsOfFamilies[number].values()].reduce((best, sum) => (sum[0] > best[0] ? sum : best), [0, 0, 0]);
    return { x: x / count, y: y / count, name: family.name, colour: family.colour, number, count: family.count };
  }).filter((centre) => centre.count > 2 && centre.name !== "Other");
}

/** The height near the middle of a region at which its name covers the fewest points. */
function clearest(left, middle, width, index, camera) {
  if (index.xs.length > FEW) return middle;
  const covered = NEAR_MIDDLE.map((step) => {
    const [west, north] = camera.toWorld(left - 4, middle + step - 9), [east, south] = camera.toWorld(left + width + 4, middle + step + 9);
    let points = 0;
    index.within([west, south, east, north], () => { points++; });
    return points;
  });
  return middle + NEAR_MIDDLE[covered.indexOf(Math.min(...covered))];
}

/** Write the families' names over their regions, like countries on a map. */
export function drawRegions(context, centres, { camera, index, room, palette, halo, ink, shown }) {
  const strength = Math.max(0, Math.min(1, 2.6 - camera.zoom));
  if (!strength) return;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.font = `italic 600 ${camera.width < 600 ? 15 : 19}px ${ink.serif}`;
  context.letterSpacing = "1px";
  context.globalAlpha = strength;
  for (const centre of centres) {
    if (!shown[centre.number]) continue;
    const [x, middle] = camera.toScreen(centre.x, centre.y);
    const width = context.measureText(centre.name).width;
    const left = Math.min(Math.max(x - width / 2, 8), camera.width - width - 8);
    const y = clearest(left, middle, width, index, camera);
    if (!room.take([left - 6, y - 14, left + width + 6, y + 14])) continue;
    context.lineWidth = 5;
    context.strokeStyle = halo;
    context.strokeText(centre.name, left, y);
    context.fillStyle = `color-mix(in srgb, ${palette[centre.colour].css} 70%, ${ink.text})`; // legible on the ground
    context.fillText(centre.name, left, y);
  }
  context.globalAlpha = 1;
  context.letterSpacing = "0px";
}
