// Favourites, what was tried, and lists of one's own.

import { h } from "../html.js";

/** Sections for what is kept of recipes; none for what is empty. */
export function keptLists({ store, keeper, router }) {
  const { opinions, lists } = store.get().kept;
  const link = ({ id, name }) => (id === null ? h("span", { class: "soft" }, name)
    : h("a", { href: router.link({ view: "recipe", id, search: "" }) }, name));
  const section = (title, recipes, say) => (recipes.length ? [h("h3", {}, title), h("ul", { class: "kept-recipes" }, recipes.map((each) => h("li", {}, link(each), say(each))))] : []);
  return [
    ...section("Favourites", opinions.filter((each) => each.favourite), rated),
    ...section("Tried", opinions.filter((each) => each.tried && !each.favourite), rated),
    ...lists.flatMap((list, place) => [
      h("h3", {}, list.name, " ", h("button", {
        type: "button", class: "quiet", "aria-label": `Delete the list ${list.name}`,
        onclick: () => keeper.change((kept) => ({ ...kept, lists: kept.lists.filter((_, other) => other !== place) })),
      }, "Delete")),
      list.recipes.length ? h("ul", { class: "kept-recipes" }, list.recipes.map((each) => h("li", {}, link(each)))) : h("p", { class: "small soft" }, "Nothing in it yet: recipes have a place for it."),
    ]),
  ];
}

const rated = ({ rating, note }) => h("span", { class: "soft small" }, [rating ? ` ${"★".repeat(rating)}` : "", note ? ` ${note}` : ""].join(""));
