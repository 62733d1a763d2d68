// In a recipe's panel: whether the bar makes it, what is missing and what would do; and one's own word.

import { h } from "../html.js";
import { closeness, reason } from "../panels/differences.js";
import { readUnits } from "../shell/units.js";
import { askWish } from "./asking.js";
import { currentBar, opinionOf, noOpinion, withOpinion } from "./kept.js";
import { capital, missingOf, waysOf } from "./words.js";

/** What the bar says to a recipe; nothing where there is no bar. It comes when it is known. */
export function barSection(recipe, { store, router }) {
  const { kept } = store.get();
  if (!currentBar(kept).ingredients.length) return [];
  const section = h("section", { class: "in-bar", "aria-live": "polite" });
  askWish(kept, recipe.id).then((wish) => wish && section.replaceChildren(...verdict(wish, router, store.get().mapData?.usage.counted)), () => {});
  return [section];
}

function verdict(wish, router, counted) {
  const ways = waysOf(wish);
  const list = ways.length ? h("ul", { class: "ways" }, ways.map((way) => h("li", {}, capital(way)))) : null;
  if (!wish.missing.length) return [h("h3", {}, "You can make this"), list].filter(Boolean);
  const doing = wish.lines.every(({ how }) => how !== "missing");
  const near = wish.nearest.map((each) => h("li", {}, h("a", { class: "row", href: router.link({ view: "recipe", id: each.recipe_id, search: "" }) },
    h("span", { class: "name" }, each.name), h("span", { class: "value" }, closeness(each)), h("span", { class: "why" }, reason(each, { units: readUnits(), counted })))));
  return [
    h("h3", {}, doing ? "You can make this with stand-ins" : `You lack ${missingOf(wish)}`), list,
    doing ? h("p", { class: "small soft" }, `As it is written it takes ${missingOf(wish)}.`) : null,
    ...(near.length ? [h("p", { class: "small soft" }, "Nearest that you can make:"), h("ul", { class: "rows" }, near)] : []),
  ].filter(Boolean);
}

/** One's own word on a recipe: favourite, tried, rating, note, lists. Kept in the browser. */
export function opinionSection({ id, name }, { store, keeper }) {
  const recipe = { id, name };
  const now = () => opinionOf(store.get().kept, id) ?? noOpinion(recipe);
  const say = (change) => keeper.change((kept) => withOpinion(kept, recipe, change));
  const { rating, note } = now();

  const toggle = (label, field) => h("button", {
    type: "button", class: "tap", "aria-pressed": String(now()[field]),
    onclick: ({ currentTarget: button }) => { say({ [field]: !now()[field] }); button.setAttribute("aria-pressed", String(now()[field])); },
  }, label);
  const stars = h("select", { "aria-label": "Rating", onchange: () => say({ rating: Number(stars.value) }) },
    [0, 1, 2, 3, 4, 5].map((each) => h("option", { value: String(each), selected: each === rating }, each ? "★".repeat(each) : "Rate it")));
  const words = h("textarea", { rows: "2", maxlength: "2000", placeholder: "Your own note", "aria-label": "Your own note", value: note, onchange: () => say({ note: words.value.trim() }) });

  const lists = h("span", { class: "taps" });
  const newList = h("input", { type: "text", maxlength: "200", placeholder: "New list", "aria-label": "New list", onchange: () => { put(newList.value.trim()); newList.value = ""; } });
  function put(list) {
    if (list) keeper.change((kept) => ({ ...kept, lists: toggled(kept.lists, list, recipe) }));
    showLists();
  }
  function showLists() {
    const place = [...lists.children].indexOf(/** @type {any} */ (document.activeElement));
    lists.replaceChildren(...store.get().kept.lists.map((list) => h("button", {
      type: "button", class: "tap", "aria-pressed": String(list.recipes.some((each) => each.id === id)), onclick: () => put(list.name),
    }, list.name)));
    if (place >= 0) /** @type {any} */ (lists.children[place])?.focus();
  }
  showLists();
  return [h("h3", {}, "Yours"), h("div", { class: "opinion" },
    h("div", { class: "taps" }, toggle("☆ Favourite", "favourite"), toggle("Tried", "tried"), stars), words, h("div", { class: "taps" }, lists, newList))];
}

/** The lists, with the recipe put to the one of that name or taken out of it; a new name is a new list. */
export function toggled(lists, name, recipe) {
  const known = lists.some((list) => list.name === name);
  const all = known ? lists : [...lists, { name, recipes: [] }];
  return all.map((list) => {
    if (list.name !== name) return list;
    const others = list.recipes.filter((each) => each.id !== recipe.id);
    return { ...list, recipes: others.length < list.recipes.length ? others : [...others, recipe] };
  });
}
