// As one writes a recipe: what it is a variation of, and where it will stand.

import { placeOf } from "../data/provisional.js";
import { h } from "../html.js";
import { closeness, reason } from "../panels/differences.js";
import { readUnits } from "../shell/units.js";

const TYPING_MS = 160;
const SHOWN = 3;

/** Gives { node, update(name, lines, ownId), stop() }. */
export function draftPreview(store) {
  const says = h("p", { class: "says" }, EMPTY);
  const list = h("ul", {}, h("li", {}, HINT));
  let timer = 0, turn = 0;

  async function ask(name, lines, ownId) {
    const mine = ++turn;
    const placed = await placeOf(lines, ownId).catch(() => null); // the form works without it
    if (mine !== turn) return;
    const near = placed?.neighbours ?? [];
    const how = { units: readUnits(), counted: store.get().mapData?.usage.counted };
    says.textContent = placed?.nearest ? verdict(placed.nearest) : EMPTY;
    list.replaceChildren(...near.slice(0, SHOWN).map((each) =>
      h("li", {}, h("b", {}, each.name), ` — ${closeness(each)}: ${reason(each, how)}`)));
    if (!near.length) list.append(h("li", {}, placed?.nearest ? FAR : HINT));
    store.set({ draft: placed?.places ? { name, places: placed.places, neighbours: near } : null });
  }

  return {
    node: h("div", { class: "live", "aria-live": "polite" }, says, list),
    update(name, lines, ownId) {
      clearTimeout(timer);
      const whole = lines.filter((line) => line.ingredient_id !== null && !Number.isNaN(line.amount) && !Number.isNaN(line.amount_max));
      timer = setTimeout(() => ask(name, whole, ownId), TYPING_MS);
    },
    stop() { clearTimeout(timer); turn++; },
  };
}

const HINT = "The nearest recipes and what makes them of this one appear here, its place on the map.";
const FAR = "No recipe is near: it may be the first of its kind.";
const EMPTY = "Add ingredients to see what it is like.";

function verdict(nearest) {
  const { name, likeness, near } = nearest;
  if (likeness < 100 && !near) return `This is something of its own; ${name} comes nearest.`;
  const joined = { "the same": "the same as", "a relative": "a relative of" }[closeness(nearest)] ?? `${closeness(nearest)} to`;
  return `This is ${joined} ${name}.`;
}
