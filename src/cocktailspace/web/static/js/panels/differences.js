// How alike two recipes are, and what makes the other of the one, as one bartender tells another.

import { millilitres } from "../format.js";

const NAMED = 2; // changes of one kind that are named, the largest first
const POUR_ML = 4; // less than this is counted in dashes

export const likenessOf = ({ likeness }) => `${likeness}\u00a0% alike`;

/** "swap 30 ml Gin for 45 ml Bourbon, no Campari, more Lime Juice (15 → 25 ml)" */
export function reason({ distance, changes }) {
  const said = Object.entries(KINDS).filter(([kind]) => changes[kind]).map(([kind, say]) => say(changes[kind])).join(", ");
  if (said) return distance === 0 ? `the same proportions: ${said}` : said;
  return distance === 0 ? "the same, measure for measure" : "the same, in nearly the same measures";
}

const KINDS = {
  swap: (list) => `swap ${named(list, exchange, "and")}`,
  without: (list) => `no ${named(list, ({ ingredient }) => ingredient, "or")}`,
  with: (list) => `add ${named(list, ({ ingredient, ml }) => poured(ml, ingredient), "and")}`,
  more: (list) => `more ${named(list, step, "and")}`,
  less: (list) => `less ${named(list, step, "and")}`,
};

function named(list, say, last) {
  const rest = list.length - NAMED;
  const parts = list.slice(0, NAMED).map(say);
  if (rest > 0) parts.push(rest === 1 ? "1 other" : `${rest} others`);
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1)}` : parts[0];
}

function exchange({ from, ml, to, to_ml: toMl }) {
  const same = millilitres(ml) === millilitres(toMl);
  return same ? `${from} for ${to}` : `${poured(ml, from)} for ${poured(toMl, to)}`;
}

const step = ({ ingredient, ml, to_ml: toMl }) =>
  Math.max(ml, toMl) < POUR_ML ? ingredient : `${ingredient} (${millilitres(ml)}\u00a0→\u00a0${millilitres(toMl)}\u00a0ml)`;

const poured = (ml, ingredient) => (ml < POUR_ML ? ingredient : `${millilitres(ml)}\u00a0ml ${ingredient}`);
