// Recipes by what only this browser knows: what the bar makes, favourites, lists.

import { askBar } from "./asking.js";
import { currentBar, idsOf } from "./kept.js";

/** What there is to choose from: [value, words] */
export const choices = ({ opinions, lists }) => [
  ["can-make", "I can make"],
  ...(opinions.some((each) => each.favourite) ? [["favourites", "My favourites"]] : []),
  ...(opinions.some((each) => each.tried) ? [["tried", "Tried"]] : []),
  ...lists.map(({ name }) => [`list:${name}`, name]),
];

/**
 * The ids that a choice means.
 * @returns {Promise<Set<number | null>>}
 */
export async function ownRecipes(choice, store) {
  const { kept } = store.get();
  if (choice === "can-make") return new Set(currentBar(kept).ingredients.length ? (await askBar(store)).map.can_make : []);
  if (choice === "favourites" || choice === "tried") {
    return new Set(idsOf(kept.opinions.filter((each) => (choice === "tried" ? each.tried : each.favourite))));
  }
  return new Set(idsOf(kept.lists.filter(({ name }) => `list:${name}` === choice).flatMap((list) => list.recipes)));
}
