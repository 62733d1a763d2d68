// What stands where the map would be while there is none, and what a new version brought.

import { counted } from "../format.js";
import { byId, h } from "../html.js";
import { wording } from "./freshness.js";

const SLOW_MS = 400; // a first view that comes sooner needs no word

export function createNotice(store) {
  const box = byId("notice");
  const opened = performance.now();
  const show = () => {
    const said = notice(store.get());
    box.hidden = said === null || (said.calm && performance.now() - opened < SLOW_MS);
    byId("corner").hidden = !store.get().atlas?.columns.count;
    if (!said) return;
    byId("notice-text").textContent = said.text;
    byId("notice-more").replaceChildren(...said.more);
  };
  store.subscribe(["atlas", "trouble", "freshness"], show);
  setTimeout(show, SLOW_MS + 20);
  show();
}

/** { text, more: nodes, calm }, or null when there is a map to see. */
function notice({ atlas, trouble, freshness }) {
  if (atlas?.columns.count) return null;
  if (atlas) {
    const add = h("a", { href: "#/recipe/new" }, "Add the first recipe");
    return { text: "Nothing to map yet.", more: [add, " and it appears here within seconds."] };
  }
  if (trouble?.status === 503) return firstMap(freshness);
  if (trouble) return { text: "The map cannot be shown for now.", more: [`${trouble.message} Trying again …`] };
  return { text: "Loading the map …", more: [], calm: true };
}

function firstMap(freshness) {
  const { state, text } = wording(freshness);
  const failed = state === "failed" ? freshness.status.attempt?.error ?? "" : "";
  return {
    text: failed ? "The first map could not be computed." : "The first map is being computed.",
    more: [failed || (state === "running" ? text : "It appears here by itself.")],
  };
}

/** "The map moved: 1 new, 2 changed", with links, until it is put away. */
export function createNews(store, router) {
  const box = byId("news");
  store.subscribe(["news", "atlas"], ({ news, atlas }) => {
    const total = news ? news.created.length + news.changed.length + news.gone : 0;
    box.hidden = total === 0;
    if (total) box.replaceChildren(...said(news, atlas, store, router));
  });
}

function said({ created, changed, gone }, atlas, store, router) {
  const parts = [
    created.length === 1 ? linkTo(created[0], atlas, router, " is new") : created.length ? `${created.length} new` : null,
    changed.length === 1 ? linkTo(changed[0], atlas, router, " changed") : changed.length ? `${changed.length} changed` : null,
    gone ? `${counted(gone, "recipe")} gone` : null,
  ].filter(Boolean);
  const joined = parts.flatMap((part, place) => (place ? [", ", part] : [part])).flat();
  const close = h("button", { type: "button", class: "quiet", "aria-label": "Put away", onclick: () => store.set({ news: null }) }, "✕");
  return [h("span", {}, "New map: ", joined), close];
}

const linkTo = (id, { columns, pointOf }, router, rest) =>
  [h("a", { href: router.link({ view: "recipe", id, search: "" }) }, columns.names[pointOf.get(id)]), rest];
