// Which families colour the map: those of what each recipe is built on (the map says it). The taxonomy's
// roots will not always do: where one root holds nearly everything ("Spirit"), its children tell
// more, so the largest family is opened until none holds more than a share of the recipes.

import { fold } from "../format.js";

const LARGEST_SHARE = 0.3;
const MOST_UNCOLOURED = 0.15; // that opening a family may leave to "Other"
const MOST_COLOURS = 11;
const OTHERS = "Other";

/**
 * The colour (number of the palette) of well-known families, by the words in their names: the same in
 * every catalogue. Other families take what is left.
 */
const USUAL_COLOURS = [
  ["gin", "genever"], ["whiskey", "whisky", "bourbon", "scotch", "rye"], ["rum", "cane", "cachaca"], ["vodka"],
  ["wine", "champagne", "prosecco"], ["tequila", "agave"], ["brandy", "cognac", "pisco"], ["liqueur", "amaro", "bitter"],
  ["mixer", "juice", "soda"], ["mezcal", "beer"], ["sherry", "vermouth", "port"],
];

/**
 * Families of the recipes' main ingredients, the most frequent first, at most eleven and the rest
 * as "Other" (key 0): { list: [{ key, name, count, colour, whole }], of: Uint8Array, each recipe's place
 * in the list }. whole: the family is all that is built on it or a kind of it, as one may search for.
 * A family keeps the colour it had in `before`.
 */
export function familiesOf(columns, usage, before = null) {
  const { bases } = columns;
  const direct = new Map();
  for (const id of bases) direct.set(id, (direct.get(id) ?? 0) + 1);
  const belongs = belongTo(chooseFamilies(direct, usage, columns.count), usage);
  const list = ranked(countsOf(direct, belongs), usage);
  colour(list, before?.list ?? []);
  return { list, of: assigned(bases, belongs, list) };
}

/** How many recipes have their main ingredient at or below each ingredient. */
function countsWithAncestors(direct, usage) {
  const counts = new Map();
  for (const [id, count] of direct) {
    for (const each of [id, ...usage.ancestors(id).map((row) => row.ingredient_id)]) counts.set(each, (counts.get(each) ?? 0) + count);
  }
  return counts;
}

/**
 * Ids of the families: the roots, the largest ones opened. An opened one stays for its own; one
 * that would fall into more kinds than there are colours stays closed.
 */
function chooseFamilies(direct, usage, total) {
  const counts = countsWithAncestors(direct, usage);
  const size = (id) => counts.get(id) ?? 0;
  let families = new Set(usage.roots.map((row) => row.ingredient_id));
  const done = new Set();
  for (;;) {
    const open = [...families].filter((id) => !done.has(id));
    const largest = open.reduce((most, id) => (size(id) > size(most) ? id : most), open[0]);
    if (largest === undefined || size(largest) <= LARGEST_SHARE * total) return families;
    done.add(largest);
    const children = usage.byId.get(largest).children.filter((child) => counts.has(child));
    const opened = new Set([...families, ...children]);
    const uncoloured = bySize(countsOf(direct, belongTo(opened, usage))).slice(MOST_COLOURS);
    if (children.length > 1 && sum(uncoloured) <= MOST_UNCOLOURED * total) families = opened;
  }
}

const sum = (counts) => counts.reduce((total, [, count]) => total + count, 0);

/** Families with their counts, the largest first, ties by id. */
const bySize = (counts) => [...counts].sort(([one, ones], [other, others]) => others - ones || one - other);

function countsOf(direct, belongs) {
  const counts = new Map();
  for (const [id, count] of direct) counts.set(belongs(id), (counts.get(belongs(id)) ?? 0) + count);
  return counts;
}

/** The family that an ingredient belongs to: itself or the nearest above it that is one. */
function belongTo(families, usage) {
  const known = new Map();
  return (id) => {
    if (!known.has(id)) {
      const path = [...usage.ancestors(id).map((row) => row.ingredient_id), id];
      known.set(id, path.findLast((each) => families.has(each)) ?? id);
    }
    return known.get(id);
  };
}

function ranked(counts, usage) {
  const sorted = bySize(counts);
  const above = new Set([...counts.keys()].flatMap((key) => usage.ancestors(key).map((row) => row.ingredient_id)));
  const list = sorted.slice(0, MOST_COLOURS).map(([key, count]) => ({ key, name: usage.byId.get(key)?.name ?? OTHERS, count, whole: !above.has(key) }));
  const rest = sum(sorted.slice(MOST_COLOURS));
  if (rest) list.push({ key: 0, name: OTHERS, count: rest, whole: false });
  return list;
}

/** Numbers of the palette: as before, else the usual one, else the first that is free; "Other" has the last. */
function colour(list, before) {
  const had = new Map(before.map((family) => [family.key, family.colour]));
  const free = new Set(Array.from({ length: MOST_COLOURS }, (_, number) => number));
  const waiting = list.filter((family) => family.key !== 0);
  for (const wish of [(family) => had.get(family.key), usualColour, () => [...free][0]]) {
    for (const family of waiting) {
      const wanted = wish(family);
      if (family.colour === undefined && free.delete(wanted)) family.colour = wanted;
    }
  }
  for (const family of list) family.colour ??= MOST_COLOURS;
}

function usualColour({ name }) {
  const words = fold(name).split(/[^a-z]+/);
  return USUAL_COLOURS.findIndex((known) => known.some((word) => words.includes(word)));
}

function assigned(bases, belongs, list) {
  const place = new Map(list.map((family, index) => [family.key, index]));
  const others = place.get(0) ?? 0;
  return Uint8Array.from(bases, (main) => place.get(belongs(main)) ?? others);
}
