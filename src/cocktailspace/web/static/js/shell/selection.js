// Which recipes the page is about: what is searched, filtered by, an ingredient's, those of a size. The API
// says which, so that the map, the list and every count agree; what only the browser knows is taken from it.

import { getJson } from "../data/api.js";
import { narrows, questionOf } from "../filters.js";

const AGAIN_SECONDS = 5;
const CACHED = 4;

/** What the API is asked for a route, or null when the route is about all recipes. */
export function questionFor({ view, id, count, search, filters = {} }) {
  if (search || (view === "recipes" && narrows(filters))) return questionOf(search, filters);
  if (view === "ingredient" && id !== null) return questionOf("", { ingredient: [id] });
  if (view === "complexity" && count !== null) return questionOf("", { min_ingredients: String(count), max_ingredients: String(count) });
  return null;
}

const keyOf = (route) => JSON.stringify([questionFor(route), route.filters?.mine ?? null]);

/** The selection of the route that is shown, or null while it is on its way. */
export const selectionOf = ({ route, selection }) => (selection?.key === keyOf(route) ? selection : null);

/**
 * Keeps `store.selection` on the route: { key, ids, error }, ids in the order of the list; null where nothing is
 * selected. Gives { ids(question, mine): a promise of them }.
 */
export function createSelection(store) {
  const cache = new Map(); // key → { found, controller, awaited }
  let current = null, followed = "", timer = 0;

  function entryOf(question, mine) {
    const state = store.get();
    const key = JSON.stringify([question, mine, versionOf(state), mine && state.kept]);
    if (!cache.has(key)) {
      const controller = new AbortController();
      const found = load(question, mine, store, controller.signal);
      found.catch(() => cache.delete(key));
      cache.set(key, { found, controller, awaited: false });
      if (cache.size > CACHED) cache.delete(cache.keys().next().value);
    }
    return cache.get(key);
  }

  async function follow() {
    const { route, selection } = store.get();
    const question = questionFor(route), mine = route.filters?.mine ?? null, key = keyOf(route);
    clearTimeout(timer);
    if (mine !== null && !store.get().kept) return undefined; // what is one's own is on its way
    const entry = question === null ? null : entryOf(question, mine);
    if (current !== entry && current && !current.awaited) current.controller.abort(); // an answer that has come already stays
    current = entry;
    if (entry === null) return selection && store.set({ selection: null });
    const answer = await entry.found.then((ids) => ({ key, ids, error: null }), (error) => ({ key, ids: null, error }));
    if (current !== entry || answer.error?.name === "AbortError") return undefined;
    store.set({ selection: answer });
    if (answer.error?.status === 0 || answer.error?.status >= 500) timer = setTimeout(follow, 1000 * (answer.error.retryAfter ?? AGAIN_SECONDS));
    return undefined;
  }

  store.subscribe(["route", "freshness", "mapData", "kept"], (state) => {
    const key = JSON.stringify([keyOf(state.route), versionOf(state), state.route.filters?.mine && state.kept]);
    if (key === followed) return;
    followed = key;
    follow();
  });
  addEventListener("online", follow);
  follow();
  return {
    ids(question, mine = null) {
      const entry = entryOf(question, mine);
      entry.awaited = true; // a panel's: it goes on when the route's question is another by now
      return entry.found;
    },
  };
}

/** Changes with every change of the catalogue that the page knows of. */
export const versionOf = ({ freshness, mapData }) =>
  Math.max(freshness.status?.catalogue_version ?? 0, mapData?.run.manifest.source_version ?? 0);

async function load(question, mine, store, signal) {
  const [{ ids }, own] = await Promise.all([
    getJson(`/recipes/ids?${question}`, { signal }),
    mine === null ? null : import("../bar/mine.js").then(({ ownRecipes }) => ownRecipes(mine, store)),
  ]);
  return own ? ids.filter((id) => own.has(id)) : ids;
}
