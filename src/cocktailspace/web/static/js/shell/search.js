// Search as you type: suggestions below the field, matches lit on the map.

import { count, counted, fold } from "../format.js";
import { all, byId, h, uniqueId } from "../html.js";
import { searched } from "./highlights.js";

const TYPING_MS = 140;
const MOST_RECIPES = 6;
const MOST_INGREDIENTS = 4;

export function createSearch(store, router, announce) {
  const input = byId("search-text"), list = byId("search-found");
  let active = -1;
  let timer = 0;

  const options = () => all("[role=option]", list);

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function suggest() {
    const { mapData } = store.get();
    const text = input.value.trim();
    if (!text || !mapData) return close();
    const { found, matches } = suggestions(text, mapData);
    list.replaceChildren(...found.map((each) => option(each, choose)), ...(found.length ? [] : [nothing(text)]));
    list.hidden = false;
    active = -1;
    input.setAttribute("aria-expanded", String(found.length > 0));
    return announce(found.length ? `${counted(matches, "recipe")} match` : "Nothing matches");
  }

  function choose(patch) {
    clearTimeout(timer);
    if (patch.view !== "search") input.value = "";
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
    else if (input.value.trim()) choose({ view: "search", search: input.value.trim() });
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
  input.value = store.get().route.search;
}

/** The best suggestions: recipes by name, ingredients by name, then all matches together; and how many match. */
export function suggestions(text, mapData) {
  const { columns, usage } = mapData;
  const wanted = fold(text);
  const recipes = best(columns.folded, wanted, MOST_RECIPES).map((point) => ({
    name: columns.names[point], note: "", go: { view: "recipe", id: columns.ids[point] },
  }));
  const used = usage.rows.filter((row) => row.hierarchical_recipes > 0);
  const ingredients = best(used.map((row) => fold(row.name)), wanted, MOST_INGREDIENTS, (place) => used[place].hierarchical_recipes).map((number) => ({
    name: used[number].name, note: counted(used[number].hierarchical_recipes, "recipe"),
    go: { view: "ingredient", id: used[number].ingredient_id },
  }));
  const matches = searched(text, mapData).length;
  if (!matches && !ingredients.length) return { found: [], matches };
  const everything = { name: `All that match “${text}”`, note: count(matches), go: { view: "search", search: text } };
  return { found: [...recipes, ...ingredients, everything], matches };
}

/** Places of the texts that contain what is wanted: beginnings of words first, then the most used, then the shorter ones. */
function best(texts, wanted, most, uses = (_place) => 0) {
  const found = [];
  for (let place = 0; place < texts.length; place++) {
    const at = texts[place].indexOf(wanted);
    if (at < 0) continue;
    const begins = at === 0 || texts[place][at - 1] === " ";
    found.push([begins ? 0 : 1, -uses(place), at === 0 ? 0 : 1, texts[place].length, place]);
  }
  found.sort(inOrder);
  return found.slice(0, most).map((each) => each.at(-1));
}

/** Compares two lists by their first difference. */
function inOrder(one, other) {
  const place = one.findIndex((each, index) => each !== other[index]);
  return place < 0 ? 0 : one[place] - other[place];
}

function option({ name, note, go }, choose) {
  return h("div", {
    role: "option", id: uniqueId("found"), "aria-selected": "false",
    onpointerdown: (event) => event.preventDefault(), onclick: () => choose(go),
  }, h("span", {}, name), note ? h("span", { class: "soft small number" }, note) : null);
}

const nothing = (text) => h("p", { class: "none" }, `Nothing matches “${text}”.`);
