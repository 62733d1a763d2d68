// The map's regions: which level of them fits the view, where their names stand, and which recipes
// speak for them.

const PIXELS_A_NAME = 28_000; // of the view, so that names do not crowd
const MOST_OF_VIEW = 0.25;
const SHOWN = 2; // the state of a point from which on it speaks for its region
const FEW = 3000; // points, among which a name may look for a gap
const SIDEWAYS = [0, -0.5, 0.5]; // of a name's width
const UP_OR_DOWN = [0, -12, 12, -22, 22, -32, 32]; // pixels

/**
 * levels: [[{ name, points }]], the coarsest first. Gives each level's regions with their centre
 * (the point in their middle) and most frequent colour, and the region of each point (-1 for none).
 */
export function regionsOf(levels, xs, ys, colours) {
  return levels.map((level) => {
    const of = new Int16Array(xs.length).fill(-1);
    const regions = level.filter(({ points }) => points.length).map(({ name, points }, number) => {
      for (const point of points) of[point] = number;
      return { name, centre: middleOf(points, xs, ys), colour: mostFrequent(points.map((point) => colours[point])) };
    });
    return { regions, of };
  });
}

/** Rank of each point by importance: the middles of the coarsest regions first. */
export function importance(levels, count) {
  const order = new Set(levels.flatMap(({ regions }) => regions.map((region) => region.centre)));
  for (let point = 0; point < count; point++) order.add(point);
  const ranks = new Uint32Array(count);
  [...order].forEach((point, rank) => { ranks[point] = rank; });
  return ranks;
}

/** The point nearest to the median place, which a few that lie far away do not move. */
function middleOf(points, xs, ys) {
  const median = (values) => values.sort((one, other) => one - other)[values.length >> 1];
  const x = median(points.map((point) => xs[point])), y = median(points.map((point) => ys[point]));
  const gap = (point) => (xs[point] - x) ** 2 + (ys[point] - y) ** 2;
  return points.reduce((best, point) => (gap(point) < gap(best) ? point : best), points[0]);
}

function mostFrequent(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

/**
 * The regions of the finest level that has room in the view, the largest first, each with the place
 * of its name: its centre or, where that is out of sight or dimmed, the middle of what can be seen of it.
 */
export function regionsInView(levels, { index, camera, states }, pixelsAName = PIXELS_A_NAME) {
  const seen = levels.map(({ regions }) => ({ count: new Uint32Array(regions.length), x: new Float64Array(regions.length), y: new Float64Array(regions.length) }));
  index.within(camera.freeBounds, (point) => {
    if (states[point] < SHOWN) return;
    levels.forEach(({ of }, level) => {
      const region = of[point];
      if (region < 0) return;
      seen[level].count[region]++;
      seen[level].x[region] += index.xs[point];
      seen[level].y[region] += index.ys[point];
    });
  });
  const most = Math.max(3, (camera.free[0] * camera.free[1]) / pixelsAName);
  const fitting = seen.findLastIndex(({ count }) => count.reduce((sum, each) => sum + Math.min(each, 1), 0) <= most);
  const level = Math.max(fitting, 0);
  const { count, x, y } = seen[level] ?? { count: [] };
  const regions = levels[level]?.regions.map((region, number) => ({ ...region, count: count[number], ...placeOf(region, number) })) ?? [];
  const inView = regions.filter((region) => region.count).sort((one, other) => other.count - one.count);
  const total = inView.reduce((sum, region) => sum + region.count, 0);
  // Of a region whose middle is elsewhere, or not shown, a few points say little about where one is.
  return inView.filter((region, place) => place === 0 || region.whole || region.count >= MOST_OF_VIEW * total);

  function placeOf({ centre }, number) {
    const own = camera.toScreen(index.xs[centre], index.ys[centre]);
    const whole = states[centre] >= SHOWN && camera.isFree(own[0], own[1]);
    const [left, top] = whole ? own : camera.toScreen(x[number] / count[number], y[number] / count[number]);
    return { left, top, whole };
  }
}

/** Write the names of regions, like countries on a map, where there is room. */
export function drawRegionNames(context, regions, { camera, index, size, room, palette, halo, ink }) {
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.font = `italic 600 ${camera.width < 600 ? 15 : 18}px ${ink.serif}`;
  context.letterSpacing = "1px";
  for (const region of regions) {
    const width = context.measureText(region.name).width;
    const spot = clearest(region, width, { index, camera, size }).find(({ left, y }) => room.take([left - 6, y - 13, left + width + 6, y + 13]));
    if (!spot) continue;
    context.lineWidth = 5;
    context.strokeStyle = halo;
    context.strokeText(region.name, spot.left, spot.y);
    context.fillStyle = `color-mix(in srgb, ${palette[region.colour].css} 65%, ${ink.text})`; // legible on the ground
    context.fillText(region.name, spot.left, spot.y);
  }
  context.letterSpacing = "0px";
}

/** Places about the middle of a region for its name, those where it covers the fewest points first. size: of these, in pixels. */
export function clearest({ left: middle, top }, width, { index, camera, size }) {
  const { left: from, right } = camera.insets;
  const leftmost = Math.min(from, 8) + 8, rightmost = camera.width - right - width - 8;
  const spots = SIDEWAYS.flatMap((part) => UP_OR_DOWN.map((step) => ({ left: Math.min(Math.max(middle + (part - 0.5) * width, leftmost), rightmost), y: top + step })));
  if (index.xs.length > FEW) return spots;
  const across = 4 + size / 2, up = 7 + size / 2;
  const covered = ({ left, y }) => {
    const [west, north] = camera.toWorld(left - across, y - up), [east, south] = camera.toWorld(left + width + across, y + up);
    let points = 0;
    index.within([west, south, east, north], () => { points++; });
    return points;
  };
  return spots.map((spot) => ({ ...spot, points: covered(spot) })).sort((one, other) => one.points - other.points);
}
