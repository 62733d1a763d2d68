// What somebody keeps here: bars, and what they think of recipes. Pure: from outside in, and back.
// Whatever was stored, imported or linked is read as a stranger's: bounded, and made anew.

export const FORMAT = "cocktailspace-bars/1";
export const LINK_BYTES = 2000;

export const MOST = { bars: 20, ingredients: 500, recipes: 5000, lists: 100, listed: 500, name: 200, note: 5000 };

/**
 * @typedef {{ id: number | null, name: string }} Named an ingredient or a recipe; without id one that this catalogue does not have
 * @typedef {{ name: string, staples: boolean, ingredients: Named[] }} Bar
 * @typedef {{ id: number | null, name: string, favourite: boolean, tried: boolean, rating: number, note: string }} Opinion
 * @typedef {{ name: string, recipes: Named[] }} List
 * @typedef {{ current: number, bars: Bar[], opinions: Opinion[], lists: List[] }} Kept
 */

/** @returns {Kept} */
export const nothingKept = () => ({ current: 0, bars: [newBar("My bar")], opinions: [], lists: [] });

/** @returns {Bar} */
export const newBar = (name) => ({ name, staples: true, ingredients: [] });

/** @returns {Opinion} */
export const noOpinion = ({ id, name }) => ({ id, name, favourite: false, tried: false, rating: 0, note: "" });

/**
 * What a text holds, or null where it is none of ours.
 * @returns {Kept | null}
 */
export function readKept(text) {
  try {
    const value = JSON.parse(text);
    return value?.format === FORMAT ? sound(value) : null;
  } catch {
    return null;
  }
}

/** Whether it is no more than may be kept; `sound` would cut what is. */
export const fits = ({ bars, opinions, lists }) => bars.length <= MOST.bars && opinions.length <= MOST.recipes && lists.length <= MOST.lists
  && bars.every((bar) => bar.ingredients.length <= MOST.ingredients) && lists.every((list) => list.recipes.length <= MOST.listed)
  && opinions.every((each) => each.note.length <= MOST.note);

export const writeKept = (kept) => JSON.stringify({ format: FORMAT, ...kept });

/** @returns {Kept} */
function sound(value) {
  const bars = list(value.bars, MOST.bars).map((bar) => ({
    name: words(bar?.name, MOST.name) || "My bar", staples: bar?.staples !== false, ingredients: named(bar?.ingredients, MOST.ingredients),
  }));
  const current = Number.isInteger(value.current) && value.current >= 0 && value.current < bars.length ? value.current : 0;
  return {
    current, bars: bars.length ? bars : nothingKept().bars,
    opinions: list(value.opinions, MOST.recipes).filter((each) => words(each?.name, MOST.name)).map(opinion),
    lists: list(value.lists, MOST.lists).map((each) => ({ name: words(each?.name, MOST.name) || "List", recipes: named(each?.recipes, MOST.listed) })),
  };
}

function opinion(each) {
  const rating = Number.isInteger(each.rating) && each.rating >= 0 && each.rating <= 5 ? each.rating : 0;
  return {
    id: id(each.id), name: words(each.name, MOST.name), favourite: each.favourite === true, tried: each.tried === true,
    rating, note: words(each.note, MOST.note),
  };
}

/** @returns {any[]} */
const list = (value, most) => (Array.isArray(value) ? value.slice(0, most) : []);
const words = (value, most) => (typeof value === "string" ? value.trim().slice(0, most) : "");
const id = (value) => (Number.isSafeInteger(value) && value > 0 ? value : null);

/** @returns {Named[]} */
function named(value, most) {
  const found = new Map();
  for (const each of list(value, most)) {
    const name = words(each?.name, MOST.name);
    if (name) found.set(id(each.id) ?? name, { id: id(each.id), name });
  }
  return [...found.values()];
}

/** The file that holds it all, by names alone: ids are another catalogue's business. */
export function exportText(kept) {
  const withoutId = ({ id: _id, ...rest }) => rest;
  return `${JSON.stringify({
    format: FORMAT,
    bars: kept.bars.map((bar) => ({ ...bar, ingredients: bar.ingredients.map(withoutId) })),
    opinions: kept.opinions.map(withoutId),
    lists: kept.lists.map((each) => ({ ...each, recipes: each.recipes.map(withoutId) })),
  }, null, 1)}\n`;
}

/**
 * What a file brings, beside what is there: bars and lists come as further ones, opinions only of recipes
 * that there is none of. It may be more than may be kept. idOf: of ingredients and of recipes, by name, or null.
 * @param {Kept} kept
 * @param {Kept} brought
 * @param {{ ingredient: (name: string) => number | null, recipe: (name: string) => number | null }} idOf
 * @returns {Kept}
 */
export function joined(kept, brought, idOf) {
  const here = (find) => (each) => ({ ...each, id: find(each.name) });
  const own = kept.bars.filter((bar) => bar.ingredients.length);
  const names = new Set(own.map((bar) => bar.name));
  const bars = brought.bars.map((bar) => ({ ...bar, name: unused(bar.name, names), ingredients: bar.ingredients.map(here(idOf.ingredient)) }));
  const known = new Set(kept.opinions.map((each) => each.name));
  const opinions = brought.opinions.filter((each) => !known.has(each.name)).map(here(idOf.recipe));
  const lists = brought.lists.map((each) => ({ ...each, recipes: each.recipes.map(here(idOf.recipe)) }));
  const all = [...own, ...bars];
  return { current: Math.min(own.length, all.length - 1), bars: all, opinions: [...kept.opinions, ...opinions], lists: [...kept.lists, ...lists] };
}

/** The name, or with a number where it is taken; it is taken then. */
export function unused(name, taken) {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
  taken.add(free);
  return free;
}

/** What is said of a recipe, with a change to it; what says nothing any more is forgotten. */
export function withOpinion(kept, recipe, change) {
  const before = opinionOf(kept, recipe.id) ?? noOpinion(recipe);
  const after = { ...before, ...change, name: recipe.name };
  const others = kept.opinions.filter((each) => each.id !== recipe.id);
  const says = after.favourite || after.tried || after.rating || after.note;
  return { ...kept, opinions: says ? [after, ...others] : others };
}

export const opinionOf = (kept, recipeId) => kept.opinions.find((each) => each.id === recipeId) ?? null;

/** The bar that is looked at, with a change to it. */
export const withBar = (kept, change) =>
  ({ ...kept, bars: kept.bars.map((bar, place) => (place === kept.current ? { ...bar, ...change } : bar)) });

export const currentBar = (kept) => kept.bars[kept.current];

/** The bar with more ingredients; one that is there already stays once. */
export function withIngredients(bar, more) {
  const there = new Set(bar.ingredients.map((each) => each.id ?? each.name));
  const added = more.filter((each) => !there.has(each.id ?? each.name));
  return [...bar.ingredients, ...added];
}

/** Ids of what is there and of what is liked, as the server is asked. */
export const idsOf = (rows) => rows.map((each) => each.id).filter((each) => each !== null);

/** Everything of a kind that is kept, wherever. */
export const keptRows = (kept, kind) =>
  (kind === "ingredients" ? kept.bars.flatMap((bar) => bar.ingredients) : [...kept.opinions, ...kept.lists.flatMap((each) => each.recipes)]);

/**
 * With another in the place of what had an id; what is there already stays once.
 * @returns {Kept}
 */
export function replaced(kept, kind, old, now) {
  const rows = (all) => {
    const there = now.id !== null && all.some((each) => each.id === now.id);
    return all.filter((each) => !(there && each.id === old)).map((each) => (each.id === old ? { ...each, id: now.id, name: now.name } : each));
  };
  if (kind === "ingredients") return { ...kept, bars: kept.bars.map((bar) => ({ ...bar, ingredients: rows(bar.ingredients) })) };
  return { ...kept, opinions: rows(kept.opinions), lists: kept.lists.map((each) => ({ ...each, recipes: rows(each.recipes) })) };
}
