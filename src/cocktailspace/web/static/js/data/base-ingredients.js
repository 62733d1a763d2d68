// Which ingredient a recipe is built on. Not simply the largest: a gin and tonic is two thirds tonic
// water, and still a gin drink. What leads is learned from the recipes themselves, with no name and
// no strength written down anywhere.

const ROUNDS = 100;
const SETTLED = 0.001;
const SAMPLE = 5_000; // recipes that are enough to learn from

/**
 * The id of the ingredient that each recipe is built on: the largest of the root that leads.
 *
 * Each root of the taxonomy has a lead, the share of the recipes with it that are built on it. A
 * recipe is shared out among its roots by lead × √volume, the leads are the means of these shares,
 * and so on until they stay (expectation–maximisation). What always comes with something that leads
 * elsewhere too (soda, juice, bitters) ends low, however much of it there is.
 */
export function baseIngredients(columns, usage) {
  const weights = weightsByRoot(columns, rootsOf(columns, usage));
  const leads = learnLeads(weights, columns.count);
  return Float64Array.from({ length: columns.count }, (_, point) => {
    let best = -1, most = -1;
    for (let slot = weights.starts[point]; slot < weights.starts[point + 1]; slot++) {
      const weight = leads[weights.roots[slot]] * weights.values[slot];
      if (weight > most) [best, most] = [slot, weight];
    }
    return columns.ingredients[weights.largest[best]].id;
  });
}

/** The root of each ingredient of the map, numbered from 0. */
function rootsOf({ ingredients }, usage) {
  const numbers = new Map();
  return ingredients.map(({ id }) => {
    const root = usage.ancestors(id)[0]?.ingredient_id ?? id;
    if (!numbers.has(root)) numbers.set(root, numbers.size);
    return numbers.get(root);
  });
}

/**
 * Recipe r has the roots roots[starts[r]] to roots[starts[r + 1]]; values: √ of the volume below
 * each; largest: the number of its largest ingredient there.
 */
function weightsByRoot({ count, starts: lines, parts, volumes }, rootOf) {
  const starts = new Uint32Array(count + 1);
  const roots = new Uint32Array(parts.length), largest = new Uint32Array(parts.length);
  const values = new Float64Array(parts.length);
  let end = 0;
  for (let point = 0; point < count; point++) {
    const begin = end;
    for (let line = lines[point]; line < lines[point + 1]; line++) { // the largest volume first
      const root = rootOf[parts[line]];
      let slot = begin;
      while (slot < end && roots[slot] !== root) slot++;
      if (slot === end) [roots[end], largest[end++]] = [root, parts[line]];
      values[slot] += volumes[line];
    }
    starts[point + 1] = end;
  }
  return { starts, roots, largest, values: values.map(Math.sqrt) };
}

function learnLeads({ starts, roots, values }, count) {
  const leads = new Float64Array(roots.reduce((most, root) => Math.max(most, root), 0) + 1).fill(1);
  const step = Math.max(1, Math.floor(count / SAMPLE));
  for (let round = 0; round < ROUNDS; round++) {
    const won = new Float64Array(leads.length), seen = new Float64Array(leads.length);
    for (let point = 0; point < count; point += step) {
      let total = 0;
      for (let slot = starts[point]; slot < starts[point + 1]; slot++) total += leads[roots[slot]] * values[slot];
      for (let slot = starts[point]; slot < starts[point + 1]; slot++) {
        seen[roots[slot]]++;
        won[roots[slot]] += (leads[roots[slot]] * values[slot]) / (total || 1);
      }
    }
    const moved = won.map((each, root) => (seen[root] ? each / seen[root] : 0));
    const change = moved.reduce((most, lead, root) => Math.max(most, Math.abs(lead - leads[root])), 0);
    leads.set(moved);
    if (change < SETTLED) break;
  }
  return leads;
}
