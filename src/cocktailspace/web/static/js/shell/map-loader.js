// What is shown: one run's map, its families, and how it came from the map before.

import { ApiError } from "../data/api.js";
import { familiesOf } from "../data/families.js";
import { sameRecipe } from "../data/mapped-recipe.js";
import { stillWaiting } from "../data/provisional.js";
import { currentRun } from "../data/run.js";

const RETRY_SECONDS = 2;

/**
 * Keeps `store.mapData` ({ run, space, columns, usage, families, pointOf }) on the current run and
 * the route's space; `store.loadError` says why there is none.
 */
export function createMapLoader(store) {
  let latest = 0;
  let retry = 0;

  async function show(loadRun) {
    clearTimeout(retry);
    const turn = ++latest;
    try {
      const found = await loadRun(), shown = store.get().mapData?.run;
      const run = found.id === shown?.id ? shown : found; // which keeps all that is built on it
      const mapData = await loadMapData(run, store.get().route.space, store.get().mapData);
      if (turn !== latest) return;
      const other = store.get().mapData?.run !== run;
      store.set({ mapData, loadError: null, news: newsOf(store.get(), mapData) });
      if (other) store.set({ provisional: stillWaiting(store.get().provisional, mapData.pointOf) });
    } catch (error) {
      if (turn !== latest) return;
      if (error.status === 404 && loadRun !== currentRun) { // the run was deleted while we slept
        show(currentRun);
        return;
      }
      store.set({ loadError: error });
      retry = setTimeout(() => show(currentRun), 1000 * (error.retryAfter ?? RETRY_SECONDS));
    }
  }

  store.subscribe(["route"], ({ route, mapData }) => {
    if (mapData && route.space !== mapData.space) show(async () => mapData.run);
  });
  store.subscribe(["freshness"], ({ freshness, mapData }) => {
    const published = freshness.status?.published_run_id;
    if (published && published !== mapData?.run.id && published !== store.get().requestedRun) {
      store.set({ requestedRun: published });
      show(currentRun);
    }
  });
  return {
    /** requestedRun: the run that the server named in the page, "" when there was none yet. */
    start(requestedRun) {
      store.set({ requestedRun: requestedRun || null });
      if (requestedRun === "") store.set({ loadError: new ApiError(503, "The first map is being computed.") });
      else show(currentRun);
    },
  };
}

async function loadMapData(run, space, before) {
  const [columns, usage] = await Promise.all([run.map(space), run.usage()]);
  const pointOf = new Map();
  columns.ids.forEach((id, point) => pointOf.set(id, point));
  const families = before?.run === run ? { ...before.families } : familiesOf(columns, usage, before?.families);
  return { run, space, columns, usage, families, pointOf };
}

/**
 * What a new version changed: { created: [id], changed: [id], deleted: [name] }, or null when it is the
 * first map, another space, or nothing changed.
 */
function newsOf({ mapData: before, news }, mapData) {
  if (!before || before.run.manifest.catalogue_id !== mapData.run.manifest.catalogue_id) return null;
  if (before.run === mapData.run) return news;
  if (before.space !== mapData.space) return null;
  const created = [], changed = [];
  mapData.columns.ids.forEach((id, point) => {
    const old = before.pointOf.get(id);
    if (old === undefined) created.push(id);
    else if (!sameRecipe(before.columns, old, mapData.columns, point)) changed.push(id);
  });
  const deleted = [...before.pointOf].filter(([id]) => !mapData.pointOf.has(id)).map(([, point]) => before.columns.names[point]);
  return { created, changed, deleted };
}

/**
 * (2 × count) where the points of a map come from: their place on the map before, else the place
 * that was guessed for them, else where they are going.
 */
export function originsOf(mapData, before, placesBefore, guesses) {
  const { ids, x, y, count } = mapData.columns;
  const origins = new Float32Array(2 * count);
  for (let point = 0; point < count; point++) {
    const old = before.pointOf.get(ids[point]);
    const guess = guesses.get(ids[point])?.places?.[mapData.space];
    origins[2 * point] = old !== undefined ? placesBefore[2 * old] : guess?.x ?? x[point];
    origins[2 * point + 1] = old !== undefined ? placesBefore[2 * old + 1] : guess?.y ?? y[point];
  }
  return origins;
}
