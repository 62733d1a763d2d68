// Numbers and times as people read them.

/** @type {[number, string][]} */
const FRACTIONS = [[1 / 8, "⅛"], [1 / 6, "⅙"], [1 / 4, "¼"], [1 / 3, "⅓"], [1 / 2, "½"], [2 / 3, "⅔"], [3 / 4, "¾"]];

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

export const count = (number) => whole.format(number);

/** "3 recipes", "1 recipe" */
export const counted = (number, noun, plural = `${noun}s`) => `${count(number)} ${number === 1 ? noun : plural}`;

/** An amount as the recipe has it: 1.5 → 1½, 0.333 → ⅓, but 0.34 → 0.34 */
export function amount(number) {
  const floor = Math.floor(number + 1e-9);
  const near = FRACTIONS.find(([part]) => Math.abs(number - floor - part) < 0.0005);
  return near ? `${floor || ""}${near[1]}` : String(Math.round(number * 1000) / 1000);
}

export const percent = (fraction) => `${Math.round(fraction * 100)}\u00a0%`;

/** 64 → "1:04"; 7500 → "2 h 5 min" */
export function clock(seconds) {
  const rest = Math.max(0, Math.ceil(seconds));
  if (rest >= 3600) return `${Math.floor(rest / 3600)} h ${Math.floor((rest % 3600) / 60)} min`;
  return `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
}

export const dateTime = (text) =>
  new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Today by the hour, else by the day too. */
export function dateShort(text, now = new Date()) {
  const moment = new Date(text);
  /** @type {Intl.DateTimeFormatOptions} */
  const time = { hour: "2-digit", minute: "2-digit" };
  const today = moment.toDateString() === now.toDateString();
  return moment.toLocaleString(undefined, today ? time : { day: "numeric", month: "short", ...time });
}

/** Text for comparing: no case, no accents, no typographic apostrophes. */
export const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’‘`]/g, "'").toLowerCase();
