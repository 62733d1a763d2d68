// Why two recipes are near, in words.

import { percent } from "../format.js";

const NEGLIGIBLE = 0.005;

/** "Gin → Bourbon, the rest is the same" from the largest flows of a transport plan. */
export function reason({ flows, unchanged }) {
  if (!flows.length) return "the same, measure for measure";
  const parts = flows.map((flow) => `${flow.from} → ${flow.to}${flows.length > 1 ? ` (${percent(flow.fraction)})` : ""}`);
  const left = 1 - unchanged - flows.reduce((sum, flow) => sum + flow.fraction, 0);
  if (left > NEGLIGIBLE) return `${parts.join(", ")}, and smaller changes`;
  return `${parts.join(", ")}${unchanged > NEGLIGIBLE ? ", the rest is the same" : ""}`;
}
