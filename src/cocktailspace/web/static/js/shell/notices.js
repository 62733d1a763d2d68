// What stands where the map would be while there is none.

import { byId, h } from "../html.js";
import { wording } from "./freshness.js";

const SLOW_MS = 400; // a first view that comes sooner needs no word

export function createNotice(store) {
  const box = byId("notice");
  const opened = performance.now();
  let shown = "";
  const show = () => {
    const said = notice(store.get());
    box.hidden = said === null || (said.calm && performance.now() - opened < SLOW_MS);
    for (const id of ["corner", "zoom", "about"]) byId(id).hidden = !store.get().mapData?.columns.count;
    if (!said) return;
    const words = [said.text, ...said.more.map((each) => each.textContent ?? each)].join("");
    if (words === shown) return; // or each poll would take its links from under a finger
    shown = words;
    byId("notice-text").textContent = said.text;
    byId("notice-more").replaceChildren(...said.more);
  };
  store.subscribe(["mapData", "loadError", "freshness"], show);
  setTimeout(show, SLOW_MS + 20);
  show();
}

/** { text, more: nodes, calm }, or null when there is a map to see. */
function notice({ mapData, loadError, freshness }) {
  if (mapData?.columns.count) return null;
  if (mapData || freshness.status?.catalogue_version === 0) {
    const add = h("a", { href: "#/recipe/new" }, "Add the first recipe");
    const many = h("a", { href: "#/import" }, "bring in what you have");
    return { text: "Nothing to map yet.", more: [add, ", or ", many, ", and it appears here within seconds."] };
  }
  if (loadError?.status === 503) return firstMap(freshness);
  if (loadError) return { text: "The map cannot be shown for now.", more: [`${loadError.message} Trying again …`] };
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
