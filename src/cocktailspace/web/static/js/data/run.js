// One published run. Everything a view shows comes from one run, so that its parts always belong
// together; when another is published, the page takes up that one as a whole.

import { ApiError, getJson } from "./api.js";

export const SPACES = { em: "cocktail-space-em", fractions: "cocktail-space" };

const waiting = new Map();
let worker = null;

/** The run that the manifest names now; throws an ApiError of status 503 before the first. */
export async function currentRun() {
  return openRun(await getJson("/analytics/manifest", { cache: "no-cache" }));
}

/** A run by its manifest; artifacts are fetched when first asked for, and once. */
function openRun(manifest) {
  const cache = new Map();
  const folder = `/analytics/runs/${manifest.run_id}`;
  const once = (key, load) => {
    if (!cache.has(key)) cache.set(key, load().catch((error) => { cache.delete(key); throw error; }));
    return cache.get(key);
  };
  return {
    id: manifest.run_id,
    manifest,
    map: (space) => once(`map ${space}`, () => loadMap(`${folder}/${SPACES[space]}`)),
    usage: () => once("usage", async () => usageOf((await getJson(`${folder}/ingredient-usage`)).data)),
    complexity: () => once("complexity", async () => (await orOfCurrentRun(manifest, "recipe-complexity")).data),
    /** The map's regions by level, the coarsest first; null while they are being computed. */
    regions: () => once("regions", () => orNullIfMissing(async () => (await orOfCurrentRun(manifest, "regions")).data.levels)),
    /** Stand-ins by ingredient; null while they are being computed. */
    substitutes: () => once("substitutes", () => orNullIfMissing(async () => byIngredient((await orOfCurrentRun(manifest, "ingredient-substitutes")).data))),
    /** The recipes that are near one; null while they are being computed. */
    similar: (recipeId) => once(`similar ${recipeId}`, () => orNullIfMissing(async () => nearOf((await orOfCurrentRun(manifest, `recipe-similar?recipe_id=${recipeId}`)).similar))),
  };
}

/**
 * Of this run or, where it was deleted, of the one that replaced it: a page that slept through
 * that is about to take it up.
 */
async function orOfCurrentRun(manifest, name) {
  try {
    return await getJson(`/analytics/runs/${manifest.run_id}/${name}`);
  } catch (error) {
    if (error.status !== 404) throw error;
    const current = await getJson("/analytics/manifest", { cache: "no-cache" });
    if (current.run_id === manifest.run_id) throw error;
    return getJson(`/analytics/runs/${current.run_id}/${name}`);
  }
}

function loadMap(path) {
  worker ??= startWorker();
  const key = `${path} ${Math.random()}`;
  return new Promise((resolve, reject) => {
    waiting.set(key, { resolve, reject });
    worker.postMessage({ key, path });
  });
}

function startWorker() {
  const started = new Worker(new URL("./map-worker.js", import.meta.url), { type: "module" });
  started.addEventListener("message", ({ data: { key, columns, arrived, error } }) => {
    const { resolve, reject } = waiting.get(key);
    waiting.delete(key);
    if (arrived) performance.mark("map-data", { startTime: arrived - performance.timeOrigin });
    if (error) reject(new ApiError(error.status, error.message));
    else resolve(columns);
  });
  started.addEventListener("error", () => {
    for (const { reject } of waiting.values()) reject(new ApiError(-1, "The map could not be read."));
    waiting.clear();
    worker = null;
  });
  return started;
}

/** Usage rows with lookups: by id, parent and children; counted: names of what recipes count in pieces. */
export function usageOf(rows) {
  const byId = new Map(rows.map((row) => [row.ingredient_id, row]));
  const ancestors = (id) => {
    const path = [];
    for (let above = byId.get(id)?.parent_id; above != null; above = byId.get(above)?.parent_id) {
      path.unshift(byId.get(above));
    }
    return path;
  };
  const descendants = (id) => {
    const found = new Set([id]);
    for (const each of found) byId.get(each)?.children.forEach((child) => found.add(child));
    return found;
  };
  const counted = new Set(rows.filter((row) => row.counted_in_pieces).map((row) => row.name));
  return { rows, byId, roots: rows.filter((row) => row.parent_id === null), counted, ancestors, descendants };
}

/** What views have before there is a map: no recipe is on it, nothing was computed. */
export const NO_MAP = { run: { substitutes: async () => null }, columns: { count: 0, ids: [], names: [], folded: [] }, usage: usageOf([]), families: { list: [], of: [] }, pointOf: new Map() };

/** For views that have nothing to say without a map. */
export function needed(mapData) {
  if (mapData !== NO_MAP) return mapData;
  throw new ApiError(503, "It comes with the first map, which is being computed.");
}

const byIngredient = (rows) => new Map(rows.map((row) => [row.ingredient_id, row]));

/**
 * Of similar recipes those that are near. Not yet, where a program of another version says it in
 * another form; the browser, too, may have kept that.
 */
export function nearOf(similar) {
  if (!similar.every((each) => each.changes)) throw new ApiError(503, "What is similar is being computed anew.", { code: "not_yet" });
  return similar.filter((each) => each.near);
}

/** Null for what the published run does not have: it is newer, or another version's program made it. */
async function orNullIfMissing(load) {
  try {
    return await load();
  } catch (error) {
    if (error.code === "not_yet" || [404, 410, 422].includes(error.status)) return null;
    throw error;
  }
}
