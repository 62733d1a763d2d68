// Fields as the server's models declare them: a new one is asked for and shown without a change here.

import { amount, fold } from "../format.js";
import { byId, h, uniqueId } from "../html.js";
import { combobox } from "./combobox.js";
import { errorFor, field } from "./fields.js";

/** The declared fields of "recipe", "line", "ingredient": [{ name, label, help, kind, many, optional }]. */
export const fieldsOf = (model) => JSON.parse(byId("fields").textContent)[model];

const words = (text) => text.split(",").map((word) => word.trim()).filter(Boolean);

/** How each kind of field is asked for, shown as text, and read from text. */
const KINDS = {
  text: { input: () => h("input", { type: "text" }), write: String, read: (text) => text },
  area: { input: () => h("textarea"), write: String, read: (text) => text },
  suggested: { input: () => h("input", { type: "text" }), write: String, read: (text) => text },
  number: { input: () => h("input", { type: "text", inputmode: "decimal" }), write: String, read: (text) => Number(text.replace(",", ".")) },
  words: { input: () => h("input", { type: "text", placeholder: "one, another" }), write: (list) => list.join(", "), read: words, empty: [] },
  ingredients: { input: () => h("input", { type: "text", placeholder: "one, another" }), write: namesOf, read: idsOf, empty: [] },
  rows: { input: () => h("input", { type: "text", placeholder: "each 25, wedge 4" }), write: pieces, read: readPieces, empty: [] },
};

/**
 * A field in a form: { place, nodes, input, error, load(value), read(), capture(), restore(values), problem(), text(value) }.
 * read() gives a value back as it was unless somebody changed what is shown.
 * context: { ingredients, units, suggestions }
 */
export function modelField(spec, context) {
  if (spec.kind === "check") return checkField(spec);
  if (spec.kind === "ingredients" && !spec.many) return ingredientField(spec, context);
  const kind = KINDS[spec.kind];
  const input = kind.input();
  const list = spec.kind === "suggested" ? h("datalist", { id: uniqueId("suggestions") }, (context.suggestions?.[spec.name] ?? []).map((value) => h("option", { value }))) : null;
  if (list) input.setAttribute("list", list.id);
  const { node, error } = field(spec.label, spec.name, input, { optional: spec.optional, help: spec.kind === "rows" || spec.kind === "words" ? spec.help : null });
  let original = kind.empty ?? null, shown = "";
  const text = (value) => (value === null || value === undefined ? "" : kind.write(value, context));
  const read = () => {
    if (input.value === shown) return original;
    const typed = input.value.trim();
    return typed ? kind.read(typed, context) : kind.empty ?? null;
  };
  return {
    place: spec.name, label: spec.label, node: h("div", {}, node, list), input, error, text, read,
    load(value) { original = value ?? kind.empty ?? null; input.value = text(value); shown = input.value; },
    capture: () => input.value,
    restore(typed) { input.value = typed ?? ""; },
    problem: () => (unreadable(read()) ? { place: spec.name, message: `This cannot be read; write it like “${input.placeholder || "1.5"}”.` } : null),
  };
}

function namesOf(ids, { ingredients }) {
  return ids.map((id) => ingredients.find((each) => each.id === id)?.name ?? `#${id}`).join(", ");
}

/** Ids of ingredients by name; null in the place of a name that none has. */
function idsOf(text, { ingredients }) {
  return words(text).map((name) => ingredients.find((each) => fold(each.name) === fold(name))?.id ?? null);
}

const unreadable = (value) => Number.isNaN(value) || (Array.isArray(value) && value.includes(null));

function checkField(spec) {
  const input = h("input", { type: "checkbox", id: uniqueId("check") });
  const error = errorFor(input);
  return {
    place: spec.name, label: spec.label, input, error,
    node: h("div", {}, h("label", { class: "check", for: input.id }, input, `${spec.label}: ${spec.help}`), error),
    load(value) { input.checked = Boolean(value); },
    read: () => input.checked,
    text: (value) => (value ? "yes" : "no"),
    capture: () => input.checked,
    restore(typed) { input.checked = Boolean(typed); },
    problem: () => null,
  };
}

function ingredientField(spec, { ingredients }) {
  const choice = combobox(ingredients, { label: spec.label, placeholder: "None" });
  const error = errorFor(choice.input);
  const named = () => new Map(ingredients.map((each) => [each.id, each.name]));
  return {
    place: spec.name, label: spec.label, input: choice.input, error,
    node: h("div", {}, h("p", { class: "label" }, spec.label, spec.optional ? h("span", { class: "optional" }, " (optional)") : null), choice.node, error),
    load: (value) => choice.set(value ?? null),
    read: () => choice.value(),
    text: (value) => named().get(value) ?? "",
    capture: () => choice.input.value,
    restore: (typed) => choice.write(typed ?? ""),
    problem: () => (choice.input.value.trim() !== "" && choice.value() === null ? { place: spec.name, message: "Choose one from the list, or leave it empty." } : null),
  };
}

const unitsByWord = ({ units }) => new Map(units.flatMap((unit) => [[unit.name.toLowerCase(), unit.id], [(unit.abbreviation ?? unit.name).toLowerCase(), unit.id]]));

function pieces(list, { units }) {
  const short = new Map(units.map((unit) => [unit.id, unit.abbreviation ?? unit.name]));
  return list.map((piece) => `${short.get(piece.unit_id)} ${amount(piece.millilitres)}`).join(", ");
}

/** "each 25, wedge 4"; null in the place of what cannot be read. */
function readPieces(text, context) {
  const known = unitsByWord(context);
  return words(text).map((piece) => {
    const [, name, number] = /^(.+?)\s+([\d.]+)(?:\s*ml)?$/i.exec(piece) ?? [];
    const unit_id = known.get(name?.toLowerCase());
    return unit_id && Number.isFinite(Number(number)) ? { unit_id, millilitres: Number(number) } : null;
  });
}

/** Name, label and text of what an entity says in fields that are shown nowhere else. */
export function shownFields(model, entity, elsewhere, known) {
  return fieldsOf(model)
    .filter(({ name }) => !elsewhere.includes(name))
    .map((spec) => ({ name: spec.name, label: spec.label, text: textOf(spec, entity[spec.name], known) }))
    .filter(({ text }) => text !== "");
}

/** A value as a panel shows it; nothing for what is not so, or empty. */
function textOf({ kind, many }, value, known) {
  if (value === null || value === undefined || value === false) return "";
  if (kind === "check") return "yes";
  return kind === "ingredients" && !many ? namesOf([value], known) : String(KINDS[kind].write(value, known));
}
