// What the bar makes, kept up to date wherever one is on the page; and the switch that lights it up on the
// map, which stays as it was left.

import { all, byId } from "../html.js";
import { onDevice } from "../storage.js";
import { askBar } from "./asking.js";
import { currentBar } from "./kept.js";

const KEY = "bar-light";

export function createLighting(store, announce) {
  const button = byId("bar-light");

  function follow({ kept, mapData }) {
    const empty = !currentBar(kept).ingredients.length;
    button.hidden = empty;
    if (empty) store.set({ barAnswer: null });
    else if (mapData) askBar(store).catch(() => {}); // the next bar or run asks again
  }

  function turn(on) {
    store.set({ barLight: on });
    button.setAttribute("aria-pressed", String(on));
  }

  button.addEventListener("click", () => {
    turn(!store.get().barLight);
    announce(store.get().barLight ? "What your bar makes is bright on the map" : "The map shows all drinks alike");
    onDevice.write(KEY, store.get().barLight ? "on" : null);
  });
  turn(onDevice.read(KEY) === "on");
  store.subscribe(["kept", "mapData"], follow);
  store.subscribe(["barAnswer"], showMade);
  showMade(store.get());
  follow(store.get());
}

/** In lists that were there before the answer. */
function showMade(state) {
  for (const mark of all("[data-recipe]")) mark.textContent = madeOf(state, Number(mark.dataset.recipe));
}

const idsByAnswer = new WeakMap();

/** What the bar says to a recipe in a list: that it can be made, or with stand-ins, or nothing. */
export function madeOf({ barAnswer }, recipeId) {
  if (!barAnswer) return "";
  const { map } = barAnswer.answer;
  if (!idsByAnswer.has(map)) idsByAnswer.set(map, { made: new Set(map.can_make), near: new Set(map.with_stand_ins) });
  const { made, near } = idsByAnswer.get(map);
  return made.has(recipeId) ? "You can make this" : near.has(recipeId) ? "You can make this with stand-ins" : "";
}
