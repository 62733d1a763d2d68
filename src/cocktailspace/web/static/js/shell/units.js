// What amounts are shown in, as somebody chose on this device.

import { UNITS } from "../measures.js";
import { onDevice } from "../storage.js";

const KEY = "units";
let chosen = null;

/** "written", "ml" or "oz" */
export function readUnits() {
  chosen ??= onDevice.read(KEY);
  return chosen in UNITS ? chosen : "written";
}

export function keepUnits(units) {
  chosen = units;
  onDevice.write(KEY, units);
}
