// What can be made, what comes near, and what to buy next.

import { count, counted } from "../format.js";
import { h } from "../html.js";
import { currentBar, withBar, withIngredients } from "./kept.js";
import { capital, missingOf, waysOf, worthOf } from "./words.js";

const AT_ONCE = 12;

/** The lists of an answer, each with how many there are. */
export function drinkLists(answer, { router }) {
  const link = (drink) => router.link({ view: "recipe", id: drink.recipe_id, search: "" });
  const ways = (drink) => capital(waysOf(drink).join("; "));
  const short = (drink) => [`Missing: ${missingOf(drink)}`, ways(drink)].filter(Boolean).join(". ");
  return [
    ...list("You can make", "can_make", ways, "Nothing yet."),
    ...list("With stand-ins", "with_stand_ins", ways),
    ...list("One bottle short", "one_short", short),
    ...list("Two bottles short", "two_short", short),
  ];

  function list(title, name, why, none = "") {
    const drinks = answer[name], total = answer.counts[name];
    if (!total && !none) return [];
    const heading = h("h3", { "data-list": name }, title, " ", h("span", { class: "soft number" }, count(total)));
    if (!total) return [heading, h("p", { class: "small soft" }, none)];
    return [heading, ...grown(drinks.map((drink) => row(drink, link(drink), why(drink))), total)];
  }
}

const row = (drink, href, why) => h("li", {}, h("a", { class: "row", href }, h("span", { class: "name" }, drink.name), why ? h("span", { class: "why" }, why) : null));

/** Rows a few at a time; of more than were sent only the number is said. */
function grown(rows, total) {
  const list = h("ul", { class: "rows" });
  const more = h("button", { type: "button", class: "button", onclick: grow });
  let shown = 0;
  function grow() {
    list.append(...rows.slice(shown, shown + AT_ONCE));
    shown = Math.min(shown + AT_ONCE, rows.length);
    more.hidden = shown === rows.length;
    more.textContent = `Show more (${count(rows.length - shown)})`;
  }
  grow();
  const rest = total - rows.length;
  return [list, more, rest > 0 ? h("p", { class: "small soft" }, `and ${count(rest)} more`) : null].filter(Boolean);
}

/** What to buy, as cards with what each opens. */
export function nextBottles({ next_bottles: bottles }, { router, keeper }) {
  if (!bottles.length) return [];
  const add = ({ ingredient_id: id, name }) =>
    keeper.change((kept) => withBar(kept, { ingredients: withIngredients(currentBar(kept), [{ id, name }]) }));
  return [
    h("h3", {}, "What to buy next"),
    h("p", { class: "small soft" }, "The best first; each counts with those before it."),
    h("ol", { class: "cards" }, bottles.map((bottle) => h("li", { class: "card" },
      h("a", { class: "name", href: router.link({ view: "ingredient", id: bottle.ingredient_id, search: "" }) }, bottle.name),
      bottle.any_of && bottle.any_of !== bottle.name ? h("span", { class: "small soft" }, ` or any other ${bottle.any_of}`) : null,
      h("p", { class: "small" }, worthOf(bottle)),
      bottle.drinks.length ? h("p", { class: "small soft" }, opened(bottle, router)) : null,
      h("button", { type: "button", class: "quiet", onclick: () => add(bottle) }, "I have it")))),
  ];
}

function opened({ drinks, opens }, router) {
  const links = drinks.map((drink) => h("a", { href: router.link({ view: "recipe", id: drink.recipe_id, search: "" }) }, drink.name));
  const parts = links.flatMap((each, place) => (place ? [", ", each] : [each]));
  return opens > drinks.length ? [...parts, ` and ${counted(opens - drinks.length, "other")}`] : parts;
}
