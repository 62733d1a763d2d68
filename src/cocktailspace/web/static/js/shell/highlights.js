// Which points a view is about: what is searched, an ingredient's recipes, a number of ingredients.

import { fold } from "../format.js";
import { STATES } from "../map/map-view.js";

/** The points that the route is about, in order, or null when it is about all. */
export function pointsOf(route, mapData) {
  if (route.search) return searched(route.search, mapData);
  if (route.view === "ingredient" && route.id !== null) return withIngredient(route.id, mapData);
  if (route.view === "complexity" && route.count !== null) return withCount(route.count, mapData);
  return null;
}

/** Recipes in whose name or ingredients every word occurs. */
export function searched(text, { columns }) {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const ingredientHas = words.map((word) => columns.ingredients.map(({ name }) => fold(name).includes(word)));
  return filterPoints(columns, (point) => words.every((word, number) =>
    columns.folded[point].includes(word) || someLine(columns, point, (part) => ingredientHas[number][part])));
}

/** Recipes with the ingredient or a kind of it. */
export function withIngredient(id, { columns, usage }) {
  const family = usage.descendants(id);
  const wanted = columns.ingredients.map((ingredient) => family.has(ingredient.id));
  return filterPoints(columns, (point) => someLine(columns, point, (part) => wanted[part]));
}

function withCount(count, { columns }) {
  return filterPoints(columns, (point) => {
    const parts = columns.parts.subarray(columns.starts[point], columns.starts[point + 1]);
    return parts.length >= count && new Set(parts).size === count;
  });
}

function filterPoints({ count }, accepts) {
  const found = [];
  for (let point = 0; point < count; point++) if (accepts(point)) found.push(point);
  return found;
}

function someLine(columns, point, accepts) {
  for (let line = columns.starts[point]; line < columns.starts[point + 1]; line++) {
    if (accepts(columns.parts[line])) return true;
  }
  return false;
}

/** One state a point: hidden families and what is gone, dimmed by a search, normal, bright. */
export function statesOf(points, mapData, shown, deleted) {
  const { columns, families, pointOf } = mapData;
  const states = new Uint8Array(columns.count).fill(points ? STATES.dim : STATES.normal);
  for (const point of points ?? []) states[point] = STATES.bright;
  for (let point = 0; point < states.length; point++) if (!shown[families.of[point]]) states[point] = STATES.hidden;
  for (const id of deleted) if (pointOf.has(id)) states[pointOf.get(id)] = STATES.hidden;
  return states;
}

/**
 * What a bar makes: bright what can be made, half what one bottle is missing for, the rest dim. Of some
 * points alone, if they are given: half, too, what of these can't be made.
 */
export function statesOfBar({ can_make: made, with_stand_ins: near, one_short: short }, mapData, shown, points) {
  const { columns, families, pointOf } = mapData;
  const states = new Uint8Array(columns.count).fill(STATES.dim);
  for (const point of points ?? []) states[point] = STATES.half;
  const about = (point) => point !== undefined && (!points || states[point] !== STATES.dim);
  for (const [ids, state] of /** @type {[number[], number][]} */ ([[short, STATES.half], [near, STATES.normal], [made, STATES.bright]])) {
    for (const id of ids) if (about(pointOf.get(id))) states[pointOf.get(id)] = state;
  }
  for (let point = 0; point < states.length; point++) if (!shown[families.of[point]]) states[point] = STATES.hidden;
  return states;
}

/** Whether each family is shown; naming none shows all. */
export function shownFamilies(route, { list }) {
  const named = list.map((family) => route.families.includes(family.name));
  return named.some(Boolean) ? named : list.map(() => true);
}
