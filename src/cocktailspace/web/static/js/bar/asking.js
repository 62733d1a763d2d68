// Asks the server what the bar makes, once for each bar and run, and puts it to the store for the map.

import { getJson, request } from "../data/api.js";
import { currentBar, idsOf, keptRows, replaced } from "./kept.js";

const MOST_LIKES = 20;
const LISTED = 200;
const MOST_FOLLOWED = 20; // at a time

/** What is asked of the current bar; `more` besides. */
export function questionOf(kept, more = {}) {
  const bar = currentBar(kept);
  const likes = idsOf(kept.opinions.filter((each) => each.favourite)).slice(0, MOST_LIKES);
  return { ingredients: idsOf(bar.ingredients), staples: bar.staples, likes, ...more };
}

let asked = { key: "", answer: null };

/** The whole answer for the bar as it is now, asked for once. */
export async function askBar(store) {
  const { kept, mapData } = store.get();
  const question = questionOf(kept, { limit: LISTED, map: true });
  const key = JSON.stringify([question, mapData?.run.id]);
  if (asked.key !== key) asked = { key, answer: request("/bar", { method: "POST", json: question }).then(({ body }) => body) };
  const mine = asked;
  try {
    const answer = await mine.answer;
    if (store.get().kept === kept && store.get().barAnswer?.answer !== answer) store.set({ barAnswer: { key, answer } });
    return answer;
  } catch (error) {
    if (asked === mine) asked = { key: "", answer: null }; // the next one asks again
    throw error;
  }
}

/** How one recipe fares, and what else there is. */
export const askWish = async (kept, recipeId) =>
  (await request("/bar", { method: "POST", json: questionOf(kept, { limit: 0, wish: recipeId, likes: [] }) })).body.wish;

/**
 * What the run does not know of a kind ("ingredients", "recipes"): what was merged is followed, what is
 * gone loses its id. Gives what to say of each.
 * @param {"ingredients" | "recipes"} kind
 * @param {number[]} unknown
 */
export async function followUnknown(kind, unknown, store, keeper) {
  const said = [];
  for (const id of unknown.slice(0, MOST_FOLLOWED)) {
    const before = keptRows(store.get().kept, kind).find((each) => each.id === id);
    if (!before) continue;
    const now = await getJson(`/${kind}/${id}`).catch((error) => (error.status === 404 ? null : { id, name: before.name }));
    if (now?.id !== id) keeper.change((kept) => replaced(kept, kind, id, now ?? { id: null, name: before.name }));
    if (!now) said.push(`${before.name} is not in the catalogue any more.`);
    else said.push(now.id === id ? `${before.name} counts from the next refresh on.` : `${before.name} is ${now.name} now.`);
  }
  return said;
}

/** Ids of the recipes that are kept and that the map does not have. */
export const unknownRecipes = (kept, { pointOf }) =>
  [...new Set(idsOf(keptRows(kept, "recipes")).filter((id) => !pointOf.has(id)))];
