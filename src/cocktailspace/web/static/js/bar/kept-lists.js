// Favourites, what was tried, and lists of one's own.

import { h } from "../html.js";
import { toast } from "../shell/toast.js";

export const FAVOURITES = "Favourites";

/** The recipes of the list of that name; of "Favourites", if there is no such list, these. */
export function namedRecipes({ lists, opinions }, name) {
  const list = lists.find((each) => each.name === name);
  return list ? list.recipes : name === FAVOURITES ? opinions.filter((each) => each.favourite) : [];
}

/** Sections for what is kept of recipes; none for what is empty. */
export function keptLists({ store, keeper, router }) {
  const { opinions, lists } = store.get().kept;
  const link = ({ id, name }) => (id === null ? h("span", { class: "soft" }, name)
    : h("a", { href: router.link({ view: "recipe", id, search: "" }) }, name));
  const menu = (name) => h("a", { class: "quiet", href: router.link({ view: "menu", id: name, search: "" }), "aria-label": `${name} as a menu` }, "Menu");
  const section = (title, recipes, say, more = null) => (recipes.length ? [h("h3", {}, title, " ", more), h("ul", { class: "kept-recipes" }, recipes.map((each) => h("li", {}, link(each), say(each))))] : []);
  return [
    ...section(FAVOURITES, opinions.filter((each) => each.favourite), rated, menu(FAVOURITES)),
    ...section("Tried", opinions.filter((each) => each.tried && !each.favourite), rated),
    ...lists.flatMap((list, place) => [
      h("h3", {}, list.name, " ", menu(list.name), " ", h("button", {
        type: "button", class: "quiet", "aria-label": `Delete the list ${list.name}`,
        onclick: () => removeList(list, place, keeper.change),
      }, "Delete")),
      list.recipes.length ? h("ul", { class: "kept-recipes" }, list.recipes.map((each) => h("li", {}, link(each)))) : h("p", { class: "small soft" }, "Nothing in it yet: recipes have a place for it."),
    ]),
  ];
}

function removeList(list, place, change) {
  change((old) => ({ ...old, lists: old.lists.filter((each) => each !== list) }));
  toast(`${list.name} is deleted.`, { label: "Undo", act: () => change((old) => ({ ...old, lists: [...old.lists.slice(0, place), list, ...old.lists.slice(place)] })) });
}

const rated = ({ rating, note }) => h("span", { class: "soft small" }, [rating ? ` ${"★".repeat(rating)}` : "", note ? ` ${note}` : ""].join(""));
