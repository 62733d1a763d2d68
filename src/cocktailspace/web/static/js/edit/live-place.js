// As one writes a recipe: what it is a variation of, and where it will stand.

import { placeOf } from "../data/provisional.js";
import { distance } from "../format.js";
import { h } from "../html.js";
import { reason } from "../panels/why.js";

const TYPING_MS = 160;
const SHOWN = 3;

/** Gives { node, update(name, lines, ownId), stop() }. */
export function livePlace(store) {
  const says = h("p", { class: "says" }, EMPTY);
  const list = h("ul", {}, hint());
  let timer = 0, turn = 0;

  async function ask(name, lines, ownId) {
    const mine = ++turn;
    const placed = await placeOf(lines, ownId).catch(() => null); // the form works without it
    if (mine !== turn) return;
    const near = placed?.neighbours ?? [];
    says.textContent = near.length ? verdict(near[0]) : EMPTY;
    list.replaceChildren(...(near.length ? [] : [hint()]), ...near.slice(0, SHOWN).map((each) =>
      h("li", {}, h("b", {}, each.name), ` — ${distance(each.distance)}: ${reason(each)}`)));
    store.set({ draft: placed?.places ? { name, places: placed.places, neighbours: near } : null });
  }

  return {
    node: h("div", { class: "live", "aria-live": "polite" }, says, list),
    update(name, lines, ownId) {
      clearTimeout(timer);
      const whole = lines.filter((line) => line.ingredient_id !== null && !Number.isNaN(line.amount));
      timer = setTimeout(() => ask(name, whole, ownId), TYPING_MS);
    },
    stop() { clearTimeout(timer); turn++; },
  };
}

const hint = () => h("li", {}, "The nearest recipes and why appear here, its place on the map.");
const EMPTY = "Add ingredients to see what it is like.";

/** How near is near: a third of a drink exchanged for a cousin costs about 1. */
export function verdict({ name, distance: gap }) {
  if (gap < 0.005) return `This is the same as ${name}.`;
  if (gap < 1.05) return `This is ${article(name)} ${name} variation.`;
  if (gap < 1.8) return `This is a relative of ${name}.`;
  return `This is something of its own; ${name} comes nearest.`;
}

const article = (name) => (/^[aeiou]/i.test(name) ? "an" : "a");
