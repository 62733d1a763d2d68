// What a recipe is like before any run has placed it: asked of the server, which answers in
// milliseconds and writes nothing.

import { request } from "./api.js";
import { SPACES, nearOf } from "./run.js";

/**
 * Of a recipe that need not exist: { nearest, or null; neighbours, those that are near;
 * places by the page's names of the spaces, or null }.
 */
export async function placeOf(lines, ownId) {
  const ingredients = lines.map(({ ingredient_id, amount, amount_max, unit_id, optional }) => ({ ingredient_id, amount, amount_max, unit_id, optional }));
  const { body } = await request("/analytics/place", { method: "POST", json: { ingredients, without: ownId } });
  const places = body.places && Object.fromEntries(Object.entries(SPACES).map(([space, name]) => [space, body.places[name]]));
  return { nearest: body.neighbours[0] ?? null, neighbours: nearOf(body.neighbours), places };
}

/**
 * The same of a saved recipe that is newer than the map, which shows it there from now on; neighbours
 * are null while the server cannot tell.
 */
export async function placeProvisionally(store, recipe) {
  const known = store.get().provisional.get(recipe.id);
  if (known?.updated_at === recipe.updated_at) return known;
  const found = await placeOf(recipe.ingredients, recipe.id).catch(() => null);
  if (!found) return { neighbours: null };
  const placed = { id: recipe.id, name: recipe.name, updated_at: recipe.updated_at, says: recipe.makes_id === null ? "provisional" : "house-made", ...found };
  store.set({ provisional: new Map(store.get().provisional).set(recipe.id, placed) });
  return placed;
}

/** Without one that is not to be shown any more. */
export const without = (provisional, id) => new Map([...provisional].filter(([each]) => each !== id));

/** Without those that a map has: it knows better now. */
export const stillWaiting = (provisional, pointOf) => new Map([...provisional].filter(([id]) => !pointOf.has(id)));
