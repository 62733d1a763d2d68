// The tree of ingredients as an icicle: three levels below where one stands, widths by recipes.

import { counted } from "../format.js";
import { h } from "../html.js";

const LEVELS = 3;
const ROW = 50;
const NARROWEST = 0.6; // per cent of the width; thinner cells cannot be seen, let alone hit

/** row: where one stands (null for all roots). */
export function icicle(row, usage, families, link) {
  const box = h("div", { class: "icicle", role: "group", "aria-label": "Tree: width is the number of recipes" });
  const top = row ? [row] : sorted(usage.roots);
  const total = top.reduce((sum, each) => sum + each.hierarchical_recipes, 0);
  let left = 0;
  for (const each of top) {
    const width = (100 * each.hierarchical_recipes) / (total || 1);
    addCell(box, each, { left, width, level: 0, usage, families, link, here: each === row });
    left += width;
  }
  box.style.height = `${ROW * (1 + Math.max(...[...box.children].map((cell) => parseInt(cell.style.top, 10) / ROW), 0))}px`;
  return total ? box : null;
}

const sorted = (rows) => [...rows].sort((one, other) => other.hierarchical_recipes - one.hierarchical_recipes);

function addCell(box, row, place) {
  const { left, width, level, usage, families, link, here } = place;
  if (width < NARROWEST) return;
  box.append(h("a", {
    href: link({ view: "ingredient", id: here ? row.parent_id : row.ingredient_id, search: "" }),
    title: `${row.name}: ${counted(row.hierarchical_recipes, "recipe")}`,
    tabindex: "-1",
    style: {
      left: `${left}%`, width: `${width}%`, top: `${level * ROW}px`, height: `${ROW}px`,
      "--cell": `color-mix(in srgb, var(--family-${colourOf(row, usage, families)}) ${level === 0 ? 42 : 34 - 8 * level}%, var(--raised))`,
    },
  }, 3.8 * width > Math.min(46, 12 + 6.5 * row.name.length) ? row.name : ""));
  if (level + 1 >= LEVELS) return;
  const children = sorted(row.children.map((id) => usage.byId.get(id)));
  const parts = children.reduce((sum, child) => sum + child.hierarchical_recipes, row.direct_recipes);
  let at = left;
  for (const child of children) {
    const share = (width * child.hierarchical_recipes) / (parts || 1);
    addCell(box, child, { ...place, left: at, width: share, level: level + 1, here: false });
    at += share;
  }
}

function colourOf(row, usage, { list }) {
  const colours = new Map(list.map((family) => [family.key, family.colour]));
  const path = [...usage.ancestors(row.ingredient_id), row].map((each) => each.ingredient_id);
  return colours.get(path.findLast((id) => colours.has(id))) ?? 11;
}
