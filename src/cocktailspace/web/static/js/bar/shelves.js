// Shelves to tap on: families of ingredients, small enough to look through, with what recipes name.

const LOOKED_THROUGH = 40;

/**
 * [{ name, kinds: rows that recipes name, the most used first }], by name.
 * @returns {{ name: string, kinds: any[] }[]}
 */
export function shelvesOf(usage) {
  const shelves = [];
  const rest = [];
  for (const root of usage.roots) part(root, usage, shelves, rest);
  if (rest.length) shelves.push({ name: "Others", kinds: rest });
  for (const shelf of shelves) shelf.kinds.sort((one, other) => other.direct_recipes - one.direct_recipes || (one.name < other.name ? -1 : 1));
  return shelves.filter((shelf) => shelf.kinds.length).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function part(row, usage, shelves, rest) {
  const kinds = namedKinds(row, usage);
  if (!kinds.length) return;
  const families = row.children.map((id) => usage.byId.get(id)).filter((each) => each?.children.length);
  if (!row.children.length) rest.push(row);
  else if (kinds.length <= LOOKED_THROUGH && families.length < 4) shelves.push({ name: row.name, kinds });
  else {
    const own = kinds.filter((each) => each.parent_id === row.ingredient_id && !each.children.length);
    if (row.direct_recipes) own.push(row);
    if (own.length) shelves.push({ name: row.name, kinds: own });
    for (const family of families) part(family, usage, shelves, rest);
  }
}

const namedKinds = (row, usage) =>
  [...usage.descendants(row.ingredient_id)].map((id) => usage.byId.get(id)).filter((each) => each?.direct_recipes > 0);
