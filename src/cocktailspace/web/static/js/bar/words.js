// How lines are met, in words of the bar.

import { count, counted } from "../format.js";

const SAID = {
  kind: ({ by, ingredient }) => `${by} as ${ingredient}`,
  made: ({ by, ingredient }) => `${ingredient} from ${by}`,
  generic: ({ by, ingredient }) => `your ${by} will do for ${ingredient}`,
  sibling: ({ by, ingredient }) => `${by} instead of ${ingredient}`,
  alternative: ({ by, alternative, ingredient }) => `${by === alternative ? by : `${by} as ${alternative}`}, which may stand for ${ingredient}`,
  stand_in: (line) => `${line.stand_in} for ${line.ingredient} (${evidence(line)}${adds(line)})`,
};

const evidence = ({ pairs }) => (pairs ? `${counted(pairs, "pair")} of recipes` : "by kind");
const adds = (line) => (line.adds?.length ? `; adds ${line.adds.join(" and ")}` : "");

/** What of a drink is not simply there, stand-ins first: ["Lime Juice from Lime", ...] */
export function waysOf({ lines }) {
  const said = lines.filter(({ how }) => SAID[how]);
  const standing = said.filter(({ how }) => how === "stand_in");
  return [...standing, ...said.filter(({ how }) => how !== "stand_in")].map((line) => SAID[line.how](line));
}

export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** "Campari and Sweet Vermouth" */
export const missingOf = ({ missing }) => missing.map(({ name }) => name).join(" and ");

/** "completes 4 drinks, brings 9 within one bottle" */
export function worthOf({ opens, nearer }) {
  const said = [opens ? `completes ${counted(opens, "drink")}` : "", nearer ? `brings ${count(nearer)} within one bottle` : ""];
  return said.filter(Boolean).join(", ");
}
