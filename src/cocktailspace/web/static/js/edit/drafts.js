// What somebody wrote and has not saved: kept in the browser, one draft for each form, so that neither
// Escape nor a link, Back or a reload loses it. Where the browser keeps nothing, leaving the page asks.

import { onDevice } from "../storage.js";

const PREFIX = "draft ";
const MOST = 20; // drafts; the oldest go

const memory = new Map();

/** The name of a route's form: "/recipes/12", "/recipes/new", "/recipes/new from 12". */
export const formOf = ({ view, id, from = null }) => `/${view.replace("-form", "s")}/${id ?? (from ? `new from ${from}` : "new")}`;

/** The draft of a form: { values, etag: of what it changes, at: when }, or null. */
export function readDraft(form) {
  return memory.get(form) ?? onDevice.readJson(PREFIX + form);
}

export function keepDraft(form, values, etag) {
  const draft = { values, etag, at: new Date().toISOString() };
  memory.set(form, draft);
  dropOldest();
  if (!onDevice.write(PREFIX + form, JSON.stringify(draft))) addEventListener("beforeunload", ask);
}

export function dropDraft(form) {
  memory.delete(form);
  removeEventListener("beforeunload", ask);
  onDevice.write(PREFIX + form, null);
}

const ask = (event) => event.preventDefault();

function dropOldest() {
  const forms = onDevice.keys().filter((key) => key.startsWith(PREFIX));
  const written = (key) => String(readDraft(key.slice(PREFIX.length))?.at ?? "");
  forms.sort((one, other) => (written(one) < written(other) ? 1 : -1));
  for (const key of forms.slice(MOST - 1)) onDevice.write(key, null);
}
