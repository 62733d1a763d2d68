// Fetches and parses a map away from the page, which stays responsive meanwhile: at 100,000 recipes
// the artifact is tens of megabytes of JSON.

import { ApiError, getJson } from "./api.js";
import { columnsOf, transferable } from "./map-columns.js";

addEventListener("message", async ({ data: { path, key } }) => {
  try {
    const { data } = await getJson(path);
    const arrived = performance.timeOrigin + performance.now();
    const columns = columnsOf(data);
    postMessage({ key, columns, arrived }, { transfer: transferable(columns) });
  } catch (error) {
    const status = error instanceof ApiError ? error.status : -1;
    postMessage({ key, error: { status, message: error.message } });
  }
});
