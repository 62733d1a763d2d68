// Search as you type: suggestions below the field, matches lit on the map.

import { getJson } from "../data/api.js";
import { count, counted } from "../format.js";
import { all, byId, h, uniqueId } from "../html.js";

const TYPING_MS = 140;
const MOST_RECIPES = 6;
const MOST_INGREDIENTS = 4;

export function createSearch(store, router, announce) {
  const input = byId("search-text"), list = byId("search-found");
  let active = -1, timer = 0, asking = new AbortController();

  const options = () => all("[role=option]", list);

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** An answer to older letters is not waited for. */
  async function suggest() {
    const text = input.value.trim();
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    if (!text) return close();
    const { found, said } = await suggestions(text, signal).catch((error) => ({ found: [], said: error.name === "AbortError" ? "" : error.message }));
    if (signal.aborted || document.activeElement !== input) return undefined;
    list.replaceChildren(...found.map((each) => option(each, choose)), ...(found.length ? [] : [h("p", { class: "none" }, said)]));
    list.hidden = false;
    active = -1;
    input.setAttribute("aria-expanded", String(found.length > 0));
    return announce(said);
  }

  function choose(patch) {
    clearTimeout(timer);
    asking.abort();
    if (patch.view !== "recipes") input.value = "";
    close();
    input.blur(); // what was chosen gets the focus, and a phone's keyboard goes
    router.go({ search: "", ...patch });
  }

  function move(step) {
    const shown = options();
    if (!shown.length) return;
    active = (active + step + shown.length) % shown.length;
    shown.forEach((each, index) => each.setAttribute("aria-selected", String(index === active)));
    shown[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", shown[active].id);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      suggest();
      router.adjust({ search: input.value.trim() });
    }, TYPING_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape" && !list.hidden) close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("focus", () => input.value && suggest());
  byId("search").addEventListener("focusout", (event) => {
    if (!byId("search").contains(event.relatedTarget)) close();
  });
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = options()[active];
    if (chosen) chosen.click();
    else if (input.value.trim()) choose({ view: "recipes", search: input.value.trim() });
  });
  store.subscribe(["route"], ({ route }) => {
    if (document.activeElement !== input) input.value = route.search;
  });
  addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing) return;
    event.preventDefault();
    input.focus();
  });
  if (input.value) input.dispatchEvent(new Event("input")); // typed before we were here
  else input.value = store.get().route.search;
}

/**
 * What a text may mean, as the API reads it: recipes, then ingredients, then all matches together; and what is said of it.
 * @param {string} text
 * @param {AbortSignal} signal
 */
async function suggestions(text, signal) {
  const { recipes, ingredients, total } = await getJson(`/search?${new URLSearchParams({ q: text, limit: String(MOST_RECIPES) })}`, { signal });
  const found = [
    ...recipes.map(({ id, name }) => ({ name, note: "", go: { view: "recipe", id } })),
    ...ingredients.slice(0, MOST_INGREDIENTS).map(({ id, name, recipes: uses }) => ({ name, note: counted(uses, "recipe"), go: { view: "ingredient", id } })),
  ];
  if (!found.length) return { found, said: `Nothing matches “${text}”.` };
  const everything = { name: `All that match “${text}”`, note: count(total), go: { view: "recipes", search: text, filters: {} } };
  return { found: total ? [...found, everything] : found, said: `${counted(total, "recipe")} match` };
}

function option({ name, note, go }, choose) {
  return h("div", {
    role: "option", id: uniqueId("found"), "aria-selected": "false",
    onmousedown: (event) => event.preventDefault(), onclick: () => choose(go),
  }, h("span", {}, name), note ? h("span", { class: "soft small number" }, note) : null);
}
