// How bright each point of the map is: what is selected, what a bar makes, which families are shown.

import { STATES } from "../map/map-view.js";
import { questionFor } from "./selection.js";

/** The points that the route is about and that are shown, in the order of the list, or null when it is about all. */
export function pointsOf({ route, selection, mapData }) {
  if (questionFor(route) === null || !selection?.ids) return null;
  const { families, pointOf } = mapData;
  const shown = shownFamilies(route, families);
  return selection.ids.map((id) => pointOf.get(id)).filter((point) => point !== undefined && shown[families.of[point]]);
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
