// Amounts as people type them: 1.5, 1,5, 1 1/2, 1½, ¾; also with what follows: 2 oz, 60ml, 2 oz gin.

import { fold } from "../format.js";

const GLYPHS = { "½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4, "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8, "⅞": 7 / 8, "⅙": 1 / 6, "⅚": 5 / 6 };
const FRACTION = /^(?:(\d+)\s+)?(\d+)\s*[/⁄]\s*(\d+)/;
const GLYPH = /^(\d*)\s*([½⅓⅔¼¾⅛⅜⅝⅞⅙⅚])/u;
const DECIMAL = /^(\d+(?:[.,]\d+)?|[.,]\d+)/;
const THOUSANDS = /^([1-9]\d{0,2}),(\d{3})$/;

const NO_AMOUNT = "Write an amount such as 1.5, 1½ or 1 1/2.";

/** { amount: a number, or null where none is written; rest: what follows it; problem: what is wrong, or "" } */
export function readAmount(text) {
  const typed = text.trim();
  if (!typed) return { amount: null, rest: "", problem: "" };
  for (const [shape, read] of SHAPES) {
    const found = shape.exec(typed);
    if (!found) continue;
    const rest = typed.slice(found[0].length).trim();
    return /^[\d.,/⁄½⅓⅔¼¾⅛⅜⅝⅞⅙⅚-]/u.test(rest) ? refused(NO_AMOUNT) : { rest, ...read(found) };
  }
  return refused(NO_AMOUNT);
}

const refused = (problem) => ({ amount: NaN, rest: "", problem });

/** @type {[RegExp, (found: RegExpExecArray) => { amount: number, problem: string, rest?: string }][]} */
const SHAPES = [
  [FRACTION, ([text, whole, above, below]) => (Number(below)
    ? { amount: Number(whole ?? 0) + Number(above) / Number(below), problem: "" }
    : refused(`“${text}” divides by nothing. ${NO_AMOUNT}`))],
  [GLYPH, ([, whole, glyph]) => ({ amount: Number(whole || 0) + GLYPHS[glyph], problem: "" })],
  [DECIMAL, ([text]) => {
    const [, thousands, units] = THOUSANDS.exec(text) ?? [];
    if (!thousands) return { amount: Number(text.replace(",", ".")), problem: "" };
    return refused(`“${text}” can be read in two ways. Write ${Number(`${thousands}.${units}`)} or ${thousands}${units}.`);
  }],
];

/**
 * The unit that a text begins with, by its name or abbreviation: { unit, rest }; unit is null where
 * it begins with none.
 */
export function readUnit(text, units) {
  const folded = fold(text);
  let best = { unit: null, rest: text };
  for (const unit of units) {
    for (const name of written(unit)) {
      const end = name.length;
      if (!folded.startsWith(name) || /^\p{L}/u.test(folded.slice(end))) continue;
      if (best.unit && text.length - end >= best.rest.length) continue;
      best = { unit, rest: text.slice(end) };
    }
  }
  return { unit: best.unit, rest: best.rest.replace(/^\./, "").replace(/^\s+of\s/, "").trim() };
}

/** Name, abbreviation and plurals. */
const written = ({ name, abbreviation, plural }) =>
  [plural, ...[name, abbreviation].flatMap((each) => (each ? [each, `${each}s`, `${each}es`] : []))].filter(Boolean).map(fold);
