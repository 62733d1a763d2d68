// Two collections of one person become one, and nothing that either says is lost. Pure. A collection is
// what is kept ({ bars, opinions, lists }) as the server has it; base is what both began with.

import { fits, newBar } from "./kept.js";

/** @typedef {{ bars: any[], opinions: any[], lists: any[] }} Collection */

/** @type {Collection} */
export const nothing = { bars: [], opinions: [], lists: [] };

/**
 * What of the browser's is worth sending: all but the bar that everybody begins with.
 * @returns {Collection}
 */
export const collectionOf = ({ bars, opinions, lists }) => ({ bars: bars.filter((bar) => !same(bar, newBar(bar.name)) || bar.name !== "My bar"), opinions, lists });

/** The same for the page, looking at the bar that it looked at before where that is still there. */
export function keptOf({ bars, opinions, lists }, before) {
  const looked = before.bars[before.current]?.name;
  return { bars: bars.length ? bars : [newBar("My bar")], opinions, lists, current: Math.max(0, bars.findIndex((bar) => bar.name === looked)) };
}

/**
 * What one side alone changed is as it has it: also deleted. What both changed is merged: marks of either
 * count, the higher rating, both notes, everything in either list; what one deleted and the other changed
 * stays. Null where it is more than may be kept.
 * @param {Collection} base
 * @param {Collection} mine
 * @param {Collection} theirs
 * @returns {Collection | null}
 */
export function merged(base, mine, theirs) {
  const one = {
    bars: mergedRows(byName, base.bars, mine.bars, theirs.bars, mergedBar),
    opinions: mergedRows(byId, base.opinions, mine.opinions, theirs.opinions, mergedOpinion),
    lists: mergedRows(byName, base.lists, mine.lists, theirs.lists, mergedList),
  };
  return fits(one) ? one : null;
}

export const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

/** Theirs first, in their order, then what mine has besides. */
function mergedRows(keyed, base, mine, theirs, both) {
  const [from, here, there] = [base, mine, theirs].map(keyed);
  const keys = [...there.keys(), ...[...here.keys()].filter((key) => !there.has(key))];
  return keys.map((key) => decided(from.get(key), here.get(key), there.get(key), both)).filter((row) => row !== undefined);
}

function decided(base, mine, theirs, both) {
  if (same(mine, theirs) || same(mine, base)) return theirs;
  if (same(theirs, base)) return mine;
  return mine === undefined || theirs === undefined ? mine ?? theirs : both(base, mine, theirs);
}

const mergedBar = (base, mine, theirs) => ({
  name: theirs.name, staples: decided(base?.staples ?? true, mine.staples, theirs.staples, either),
  ingredients: mergedRows(byId, base?.ingredients ?? [], mine.ingredients, theirs.ingredients, (_base, _mine, row) => row),
});

const mergedList = (base, mine, theirs) => ({
  name: theirs.name, recipes: mergedRows(byId, base?.recipes ?? [], mine.recipes, theirs.recipes, (_base, _mine, row) => row),
});

const mergedOpinion = (base, mine, theirs) => ({
  id: theirs.id, name: theirs.name,
  favourite: decided(base?.favourite ?? false, mine.favourite, theirs.favourite, either),
  tried: decided(base?.tried ?? false, mine.tried, theirs.tried, either),
  rating: decided(base?.rating ?? 0, mine.rating, theirs.rating, (_base, one, other) => Math.max(one, other)),
  note: decided(base?.note ?? "", mine.note, theirs.note, bothNotes),
});

const either = (_base, one, other) => one || other;

function bothNotes(_base, one, other) {
  if (one.includes(other)) return one;
  return other.includes(one) ? other : [one, other].sort().join("\n");
}

const byId = (rows) => new Map(rows.map((row) => [row.id ?? row.name, row]));

/** By name, and of those with the same name by place. */
function byName(rows) {
  const found = new Map();
  for (const row of rows) {
    let place = 1;
    while (found.has(`${place} ${row.name}`)) place++;
    found.set(`${place} ${row.name}`, row);
  }
  return found;
}

/** Fields in one order, whoever wrote them. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value ?? null;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}
