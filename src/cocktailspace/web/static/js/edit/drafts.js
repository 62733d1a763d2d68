// What somebody wrote and has not saved: kept in the browser, one draft for each form, so that neither
// Escape nor a link, Back or a reload loses it. Where the browser keeps nothing, leaving the page asks.

const PREFIX = "draft ";
const MOST = 20; // drafts; the oldest go

const memory = new Map();

/** The name of a route's form: "/recipes/12", "/recipes/new", "/recipes/new from 12". */
export const formOf = ({ view, id, from = null }) => `/${view.replace("-form", "s")}/${id ?? (from ? `new from ${from}` : "new")}`;

/** The draft of a form: { values, etag: of what it changes, at: when }, or null. */
export function readDraft(form) {
  if (memory.has(form)) return memory.get(form);
  try {
    return JSON.parse(localStorage.getItem(PREFIX + form) ?? "null");
  } catch {
    return null;
  }
}

export function keepDraft(form, values, etag) {
  const draft = { values, etag, at: new Date().toISOString() };
  memory.set(form, draft);
  try {
    dropOldest();
    localStorage.setItem(PREFIX + form, JSON.stringify(draft));
  } catch {
    addEventListener("beforeunload", ask); // storage is full or blocked
  }
}

export function dropDraft(form) {
  memory.delete(form);
  removeEventListener("beforeunload", ask);
  try {
    localStorage.removeItem(PREFIX + form);
  } catch {
    // Storage is blocked: there was none.
  }
}

const ask = (event) => event.preventDefault();

function dropOldest() {
  const forms = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const written = (key) => String(readDraft(key.slice(PREFIX.length))?.at ?? "");
  forms.sort((one, other) => (written(one) < written(other) ? 1 : -1));
  for (const key of forms.slice(MOST - 1)) localStorage.removeItem(key);
}
