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

/** "swap 30 ml Gin for 45 ml Bourbon, no Campari, more Lime Juice (15 ml → 25 ml)" */
export function reason({ distance, changes }, units = "ml") {
  const said = Object.entries(KINDS).filter(([kind]) => changes[kind]).map(([kind, say]) => say(changes[kind], units)).join(", ");
  if (said) return distance === 0 ? `the same proportions: ${said}` : said;
  return distance === 0 ? "the same, measure for measure" : "the same, in nearly the same measures";
}

const KINDS = {
  swap: (list, units) => `swap ${named(list, (each) => exchange(each, units), "and")}`,
  without: (list) => `no ${named(list, ({ ingredient }) => ingredient, "or")}`,
  with: (list, units) => `add ${named(list, ({ ingredient, ml }) => poured(ml, ingredient, units), "and")}`,
  more: (list, units) => `more ${named(list, (each) => step(each, units), "and")}`,
  less: (list, units) => `less ${named(list, (each) => step(each, units), "and")}`,
};

function named(list, say, last) {
  const rest = list.length - NAMED;
  const parts = list.slice(0, NAMED).map(say);
  if (rest > 0) parts.push(rest === 1 ? "1 other" : `${rest} others`);
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1)}` : parts[0];
}

function exchange({ from, ml, to, to_ml: toMl }, units) {
  const same = volume(ml, units) === volume(toMl, units);
  return same ? `${from} for ${to}` : `${poured(ml, from, units)} for ${poured(toMl, to, units)}`;
}

/** Not in numbers where there are none to measure, or where rounding leaves no difference. */
function step({ ingredient, ml, to_ml: toMl }, units) {
  const [from, to] = [volume(ml, units), volume(toMl, units)];
  return Math.max(ml, toMl) < POUR_ML || from === to ? ingredient : `${ingredient} (${from}\u00a0→\u00a0${to})`;
}

const poured = (ml, ingredient, units) => (ml < POUR_ML ? ingredient : `${volume(ml, units)} ${ingredient}`);
