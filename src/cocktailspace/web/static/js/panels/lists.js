// Lists that several panels show.

import { linesOf } from "../data/map-columns.js";
import { count } from "../format.js";
import { h } from "../html.js";

const AT_ONCE = 40;

/** Recipes of the map, by point, as links, a page at a time. */
export function recipeList(points, mapData, link) {
  const list = h("ul", { class: "rows" });
  const more = h("button", { type: "button", class: "button", onclick: () => grow() });
  let shown = 0;
  function grow() {
    list.append(...points.slice(shown, shown + AT_ONCE).map((point) => recipeRow(point, mapData, link)));
    shown = Math.min(shown + AT_ONCE, points.length);
    more.hidden = shown === points.length;
    more.textContent = `Show more (${count(points.length - shown)})`;
  }
  grow();
  return [list, more];
}

function recipeRow(point, { columns, families }, link) {
  const lines = linesOf(columns, point);
  const { colour } = families.list[families.of[point]];
  return h("li", {}, h("a", { class: "row", href: link({ view: "recipe", id: columns.ids[point], search: "" }) },
    h("span", { class: "name" }, h("span", { class: "dot", style: { background: `var(--family-${colour})` } }), columns.names[point]),
    h("span", { class: "why" }, lines.slice(0, 5).map((line) => line.name).join(", ") + (lines.length > 5 ? " …" : ""))));
}

/**
 * A row with a name, a value and a bar of one or two lengths (fractions of 1); `spoken` is what
 * the value says to who does not see the bar.
 */
export function barRow({ name, href, value, spoken, bars }) {
  return h("li", {}, h("a", { class: "row", href },
    h("span", { class: "name" }, name), h("span", { class: "value" }, value, h("span", { class: "hidden" }, ` ${spoken}`)),
    h("span", { class: "bar", "aria-hidden": "true" }, bars.map((length) => h("i", { style: { width: `${100 * length}%` } })))));
}

/** Recipes sorted by name, as people look for them. */
export const byName = (points, { columns }) =>
  [...points].sort((one, other) => (columns.folded[one] < columns.folded[other] ? -1 : 1));

export const crumbs = (...parts) => h("nav", { class: "crumbs", "aria-label": "Path" }, parts);
