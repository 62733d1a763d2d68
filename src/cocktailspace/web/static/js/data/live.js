// What forms and lists need of the catalogue as it is now: newer than any run.

import { getJson } from "./api.js";

export const liveIngredients = async () => (await getJson("/ingredients")).items;
export const liveUnits = async () => (await getJson("/units")).items;
