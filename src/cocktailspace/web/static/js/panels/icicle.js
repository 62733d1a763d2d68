// The tree of ingredients as an icicle: three levels from left to right, heights by recipes, so that
// names have room to be read.

import { counted } from "../format.js";
import { h } from "../html.js";

const LEVELS = 3;
const TALL = 400, LOW = 170; // pixels
const LINE = 15; // pixels that a name needs
const THINNEST = 3; // pixels; thinner cells can hardly be seen, let alone hit

/** row: where one stands (null for all roots). */
export function icicle(row, usage, families, link) {
  const box = h("div", { class: "icicle", role: "group", "aria-label": "Tree: height is the number of recipes" });
  const top = row ? [row] : sorted(usage.roots);
  const total = top.reduce((sum, each) => sum + each.hierarchical_recipes, 0);
  if (!total) return null;
  const levels = Math.min(LEVELS, depthOf(top, usage));
  const tall = row ? Math.min(TALL, LOW + 12 * row.children.length) : TALL;
  let at = 0;
  for (const each of top) {
    const height = (tall * each.hierarchical_recipes) / total;
    addCell(box, each, { at, height, level: 0, levels, usage, families, link, here: each === row });
    at += height;
  }
  box.style.height = `${tall}px`;
  return box;
}

const sorted = (rows) => [...rows].sort((one, other) => other.hierarchical_recipes - one.hierarchical_recipes);

const childrenOf = (row, usage) => sorted(row.children.map((id) => usage.byId.get(id))).filter((child) => child.hierarchical_recipes);

const depthOf = (rows, usage) => (rows.length ? 1 + Math.max(0, ...rows.map((row) => depthOf(childrenOf(row, usage), usage))) : 0);

function addCell(box, row, place) {
  const { at, height, level, levels, usage, families, link, here } = place;
  if (height < THINNEST) return;
  box.append(h("a", {
    href: link({ view: "ingredient", id: here ? row.parent_id : row.ingredient_id, search: "" }),
    title: `${row.name}: ${counted(row.hierarchical_recipes, "recipe")}`,
    tabindex: "-1",
    style: {
      top: `${at}px`, height: `${height}px`, left: `${(100 * level) / levels}%`, width: `${100 / levels}%`,
      "--cell": `color-mix(in srgb, var(--family-${colourOf(row, usage, families)}) ${32 - 7 * level}%, var(--raised))`,
    },
  }, height >= LINE ? h("span", {}, row.name) : ""));
  if (level + 1 >= levels) return;
  const children = childrenOf(row, usage);
  const parts = children.reduce((sum, child) => sum + child.hierarchical_recipes, row.direct_recipes);
  let below = at;
  for (const child of children) {
    const share = (height * child.hierarchical_recipes) / (parts || 1);
    addCell(box, child, { ...place, at: below, height: share, level: level + 1, here: false });
    below += share;
  }
}

function colourOf(row, usage, { list }) {
  const colours = new Map(list.map((family) => [family.key, family.colour]));
  const path = [...usage.ancestors(row.ingredient_id), row].map((each) => each.ingredient_id);
  return colours.get(path.findLast((id) => colours.has(id))) ?? 11;
}
