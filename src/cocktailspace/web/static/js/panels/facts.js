// What an entity says beside its name and prose, and what follows from a recipe.

import { API } from "../data/api.js";
import { shownFields } from "../edit/model-fields.js";
import { h } from "../html.js";
import { volume } from "../measures.js";

const SHOWN_ELSEWHERE = { recipe: ["name", "description", "instructions", "source", "source_url", "makes_id", "ingredients"], ingredient: ["name", "description", "allow_substitution", "parent_id", "shelf"] };

/**
 * A list of labels and texts, or null where there is nothing to say.
 * @param {string} model
 * @param {any} entity
 * @param {{ ingredients?: any[], units?: any[] }} [known] by which what it names is called
 */
export function facts(model, entity, known = {}) {
  const said = shownFields(model, entity, SHOWN_ELSEWHERE[model], known);
  const own = said.map((row) => (row.name === "strength" ? { ...row, text: percent(entity.strength) } : row));
  const rows = [...own, ...(entity.calculated ? calculated(entity.calculated, entity.method) : [])];
  return rows.length ? h("dl", { class: "facts" }, rows.map(({ label, text }) => [h("dt", {}, label), h("dd", {}, text)])) : null;
}

const percent = (number) => `${number.toFixed(1)}\u00a0% vol`;

/**
 * Strength, allergens, and what is assumed or unknown; a drink without volume says nothing.
 * named: how it is mixed, as the recipe says it, of which nobody may know how much water that adds.
 */
export function calculated({ volume_ml: ml, strength, strength_served: served, served_ml: servedMl, diluted_as: method, alcohol_free: free, contains, assumed, unknown_volumes: volumes, unknown_strengths: strengths }, named) {
  if (!ml) return [];
  const diluted = served === null ? (named && method === null ? `; how much water that adds (${named}) is not known` : "") : `; ${percent(served)} in ${volume(servedMl, "ml")} with the water of the ice (${method})`;
  return [
    { label: "Strength", text: free ? "free of alcohol" : strength === null ? "" : `${percent(strength)} before ice${diluted}` },
    { label: "Contains", text: contains.join(", ") },
    { label: "Assumed for", text: assumed.join(", ") },
    { label: "Unknown", text: [...volumes.map((name) => `volume of ${name}`), ...strengths.map((name) => `strength of ${name}`)].join(", ") },
  ].filter(({ text }) => text);
}

/** What a line says beside its ingredient and amount: "or Bourbon, chilled, optional". */
export function lineSays(line) {
  const others = line.alternative_names.map((name) => `or ${name}`);
  return [...others, line.note, line.optional ? "optional" : null].filter(Boolean).join(", ");
}

const FORMAT_NAMES = { csv: "CSV", markdown: "Markdown", "json-ld": "JSON-LD" };

/** Addresses of one recipe, or of all, in formats for people and programs. */
export const formatLinks = (path, formats) => formats.map((format) => h("a", { class: "quiet", href: `${API}${path}?format=${encodeURIComponent(format)}`, download: true }, FORMAT_NAMES[format] ?? format));

