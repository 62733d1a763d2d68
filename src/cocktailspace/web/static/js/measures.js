// Amounts as a bar writes them: as the recipe has them, in millilitres or in ounces, for any number of
// servings, rounded to what can be measured.

import { amount } from "./format.js";

export const UNITS = { written: "As written", ml: "ml", oz: "oz" };

const OUNCE_ML = 29.5735;
const COUNTED_ML = 5.5; // dashes, drops and spoons are counted, not poured; a millilitre is
const SNAP = 0.025; // to a five or a half that is nearer than this
/** @type {[number, string][]} */
const PARTS = [[0, ""], [1 / 8, "⅛"], [1 / 4, "¼"], [1 / 3, "⅓"], [1 / 2, "½"], [2 / 3, "⅔"], [3 / 4, "¾"], [1, ""]];
const SMALLEST_OUNCES = 0.1;

/** Millilitres that can be measured: 44.36 → 45, 22.18 → 22, 7.39 → 7.5, 0.62 → 0.6 */
export function wholeMillilitres(ml) {
  if (ml < 1) return Math.round(ml * 10) / 10;
  const step = ml < 10 ? 0.5 : 5;
  const snapped = Math.round(ml / step) * step;
  return Math.abs(snapped - ml) <= SNAP * ml || ml < 10 ? snapped : Math.ceil(ml - 0.5);
}

/** Ounces in the fractions of a jigger: 44.36 → "1½", 50 → "1⅔" */
function ounces(ml) {
  const number = ml / OUNCE_ML, whole = Math.floor(number);
  const parts = PARTS.filter(([part]) => part !== 1 / 8 || whole === 0);
  const [part, glyph] = parts.reduce((best, each) => (Math.abs(each[0] - number + whole) < Math.abs(best[0] - number + whole) ? each : best));
  const full = whole + (part === 1 ? 1 : 0);
  return `${full || (glyph ? "" : "0")}${glyph}`;
}

/** A volume with its unit: "45 ml", "1½ oz"; too little for ounces stays in millilitres. */
export function volume(ml, units) {
  return units === "oz" && ml / OUNCE_ML >= SMALLEST_OUNCES ? `${ounces(ml)}\u00a0oz` : `${wholeMillilitres(ml)}\u00a0ml`;
}

/** Whether a unit is counted or said in words whatever the others are shown in. */
const stays = (unit) => !unit || unit.millilitres === null || unit.name.startsWith("to ") || (unit.millilitres < COUNTED_ML && unit.millilitres !== 1);

/**
 * What a line of a recipe comes to, in words: "45 ml", "2 dashes", "1–2 leaves".
 * unit: as the API has it, or undefined; units: one of UNITS; times: how many times the recipe is made.
 */
export function measureOf(line, unit, { units, times = 1 }) {
  if (units !== "written" && unit && !stays(unit) && line.amount !== null) return volume(line.volume_ml * times, units);
  const numbers = [line.amount, line.amount_max].filter((each) => each != null).map((each) => multiplied(each, times));
  const word = Math.max(0, ...numbers) > 1 ? unit?.plural : unit?.singular;
  return [numbers.map(amount).join("–"), word].filter(Boolean).join("\u00a0");
}

/**
 * A line in words: "45 ml Rye or Bourbon (chilled), optional". names: what it may be, its own ingredient first.
 * @param {any} line
 * @param {any} unit
 * @param {string[]} names
 * @param {{ units: string, times?: number }} chosen
 */
export function lineText(line, unit, names, chosen) {
  const note = line.note ? ` (${line.note})` : "";
  return `${[measureOf(line, unit, chosen), names.join(" or ")].filter(Boolean).join(" ")}${note}${line.optional ? ", optional" : ""}`;
}

/** As the recipe has it, or multiplied and rounded to a quarter or a third. */
function multiplied(number, times) {
  if (times === 1) return number;
  const product = number * times;
  const nearest = [Math.round(product * 4) / 4, Math.round(product * 3) / 3].sort((one, other) => Math.abs(one - product) - Math.abs(other - product));
  return nearest[0] || product;
}
