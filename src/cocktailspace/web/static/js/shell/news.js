// What a new version of the map brought.

import { count } from "../format.js";
import { byId, h } from "../html.js";

const NAMED = 3;

/** What the new map brought, by name where they are few, with the rings that mark it on the map. */
export function createNews(store, router) {
  const box = byId("news");
  const show = ({ news, mapData }) => {
    const total = news ? news.created.length + news.changed.length + news.deleted.length : 0;
    box.hidden = total === 0;
    if (total) box.replaceChildren(...said(news, mapData, store, router));
    byId("bulletin").textContent = total ? box.querySelector("p").textContent : "";
  };
  store.subscribe(["news", "mapData"], show);
  show(store.get());
}

function said({ created, changed, deleted }, mapData, store, router) {
  const link = (id) => h("a", { href: router.link({ view: "recipe", id, search: "" }) }, mapData.columns.names[mapData.pointOf.get(id)]);
  const parts = [
    created.length ? part("new", "New", created, link) : null,
    changed.length ? part("changed", "Changed", changed, link) : null,
    deleted.length ? part("deleted", "Gone", deleted, (name) => name) : null,
  ].filter(Boolean);
  const close = h("button", { type: "button", class: "quiet", "aria-label": "Put away", onclick: () => store.set({ news: null }) }, "✕");
  return [h("p", {}, h("b", {}, "A new map."), parts.map((each) => [" ", each])), close];
}

function part(kind, word, list, name) {
  const named = list.slice(0, NAMED).flatMap((each, place) => [place ? ", " : "", name(each)]);
  const more = list.length - NAMED;
  return h("span", { class: `mark ${kind}` }, `${word}: `, named, more > 0 ? ` and ${count(more)} more` : "");
}
