// What amounts are shown in, as somebody chose on this device.

import { UNITS } from "../measures.js";

const KEY = "units";
let chosen = null;

/** "written", "ml" or "oz" */
export function readUnits() {
  try {
    chosen ??= localStorage.getItem(KEY);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
  return chosen in UNITS ? chosen : "written";
}

export function keepUnits(units) {
  chosen = units;
  try {
    localStorage.setItem(KEY, units);
  } catch {
    // As above.
  }
}
