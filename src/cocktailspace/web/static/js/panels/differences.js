// How alike two recipes are, and what makes the other of the one, as one bartender tells another.

import { volume } from "../measures.js";

const NAMED = 2; // changes of one kind that are named, the largest first
const POUR_ML = 4; // less than this is counted in dashes
const VERY_CLOSE = 85, CLOSE = 70; // likeness; 70 is about one of three ingredients exchanged for its cousin

/** "very close", the same words wherever two recipes are compared. */
export function closeness({ likeness }) {
  if (likeness === 100) return "the same";
  return likeness >= VERY_CLOSE ? "very close" : likeness >= CLOSE ? "close" : "a relative";
}

/**
 * "swap 30 ml Gin for 45 ml Bourbon, no Campari, more Lime Juice (15 ml → 25 ml)"
 * counted: names of what recipes count in pieces, which is named without an amount: "add Mint"
 * @param {any} difference
 * @param {{ units?: string, counted?: Set<string> }} said
 */
export function reason({ distance, changes }, { units = "ml", counted = new Set() } = {}) {
  const how = { units, counted };
  const said = Object.entries(KINDS).filter(([kind]) => changes[kind]).map(([kind, say]) => say(changes[kind], how)).join(", ");
  if (said) return distance === 0 ? `the same proportions: ${said}` : said;
  return distance === 0 ? "the same, measure for measure" : "the same, in nearly the same measures";
}

const KINDS = {
  swap: (list, how) => `swap ${named(list, (each) => exchange(each, how), "and")}`,
  without: (list) => `no ${named(list, ({ ingredient }) => ingredient, "or")}`,
  with: (list, how) => `add ${named(list, ({ ingredient, ml }) => poured(ml, ingredient, how), "and")}`,
  more: (list, how) => `more ${named(list, (each) => step(each, how), "and")}`,
  less: (list, how) => `less ${named(list, (each) => step(each, how), "and")}`,
};

function named(list, say, last) {
  const rest = list.length - NAMED;
  const parts = list.slice(0, NAMED).map(say);
  if (rest > 0) parts.push(rest === 1 ? "1 other" : `${rest} others`);
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1)}` : parts[0];
}

function exchange({ from, ml, to, to_ml: toMl }, how) {
  const same = volume(ml, how.units) === volume(toMl, how.units);
  return same ? `${from} for ${to}` : `${poured(ml, from, how)} for ${poured(toMl, to, how)}`;
}

/** Not in numbers where there are none to measure, or where rounding leaves no difference. */
function step({ ingredient, ml, to_ml: toMl }, how) {
  const [from, to] = [volume(ml, how.units), volume(toMl, how.units)];
  return measured(Math.max(ml, toMl), ingredient, how) && from !== to ? `${ingredient} (${from}\u00a0→\u00a0${to})` : ingredient;
}

const poured = (ml, ingredient, how) => (measured(ml, ingredient, how) ? `${volume(ml, how.units)} ${ingredient}` : ingredient);

const measured = (ml, ingredient, { counted }) => ml >= POUR_ML && !counted.has(ingredient);
