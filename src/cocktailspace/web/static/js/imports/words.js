// How a plan is put into words.

import { count, counted } from "../format.js";

const ACTIONS = { create: "new", second: "as a second version", fill: "filled in", replace: "replaced", unchanged: "as they are", leave: "left alone", refuse: "refused" };

export const ACTION_TITLES = { refuse: "Refused", leave: "Left alone", replace: "Replaced", second: "Second versions", fill: "Filled in", create: "New" };

const HOW = { name: "its name", alias: "another of its names", synonym: "the same at the bar", brand: "a brand of it", near: "spelled nearly so", new: "new", unplaced: "new, without a place" };

/** "12 new, 3 filled in" */
export const countsText = (counts) =>
  Object.entries(ACTIONS).filter(([key]) => counts[key]).map(([key, word]) => `${count(counts[key])} ${word}`).join(", ") || "nothing";

export const howText = (how) => HOW[how] ?? how;

/** What a name of the file becomes by the plan alone. */
export function meaningText({ how, name, place }) {
  if (how === "near") return `${name}?`;
  if (how === "unplaced") return `new: ${name}`;
  return how === "new" ? `new: ${name}, under ${place}` : name;
}

export const linesText = (lines) => counted(lines, "line");

/** The name of a file; a pasted text has none. */
export const fileName = (file) => (file.name || "pasted.txt").slice(0, 200);

/** "Bring in 12 recipes" */
export function applyText({ counts }) {
  const touched = ["create", "second", "fill", "replace"].reduce((sum, key) => sum + (counts[key] ?? 0), 0);
  return touched ? `Bring in ${counted(touched, "recipe")}` : "Nothing to bring in";
}
