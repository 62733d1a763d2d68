// Adding and changing an ingredient and its place in the taxonomy.

import { request } from "../data/api.js";
import { h } from "../html.js";
import { liveIngredients, liveUnits } from "../data/live.js";
import { conflictBox } from "./conflict.js";
import { formOf } from "./drafts.js";
import { formShell } from "./form-shell.js";
import { fieldsOf, modelField } from "./model-fields.js";

export function ingredientForm({ router, writer }) {
  return async ({ id }) => {
    const [ingredients, units, current] = await Promise.all([liveIngredients(), liveUnits(), id === null ? null : request(`/ingredients/${id}`)]);
    const parts = formParts(ingredients, units, id);
    parts.load(current?.body ?? { name: "", parent_id: null });
    const form = formShell({
      path: "/ingredients", id, etag: current?.etag, form: formOf({ view: "ingredient-form", id }), writer, ...parts, fields: () => parts.fields,
      save: id === null ? "Add ingredient" : "Save",
      cancel: () => router.go({ view: "ingredient", id }),
      compare: (draft, choices) => compared(id, draft, ingredients, units, choices),
      saved: ({ body }) => router.go({ view: "ingredient", id: body.id, search: "" }),
    });
    return { title: id === null ? "New ingredient" : `Change ${current.body.name}`, nodes: [form] };
  };
}

/** Add an ingredient that a recipe needs without leaving the recipe; resolves to it, or to null. */
export function askForIngredient(name, ingredients, units, writer) {
  const parts = formParts(ingredients, units, null);
  parts.load({ name, parent_id: null });
  const dialog = h("dialog", { "aria-labelledby": "new-ingredient-title" }, h("h2", { id: "new-ingredient-title" }, "New ingredient"));
  return new Promise((resolve) => {
    dialog.append(formShell({
      path: "/ingredients", id: null, writer, ...parts, capture: null, fields: () => parts.fields, save: "Add ingredient",
      cancel: () => dialog.close(),
      saved({ body }) {
        resolve(body); // and not when it has closed: the recipe can be saved by then
        dialog.close();
      },
    }));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(null); }, { once: true });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function formParts(ingredients, units, ownId) {
  const named = new Map(ingredients.map((each) => [each.id, each.name]));
  const items = ingredients.filter((each) => each.id !== ownId).map((each) => ({ id: each.id, name: each.name, note: named.get(each.parent_id) ?? "" }));
  const fields = fieldsOf("ingredient").map((spec) => modelField(spec, { ingredients: items, units }));
  const valuesOf = (each) => Object.fromEntries(fields.map((known) => [known.place, each(known)]));
  return {
    nodes: fields.map(({ node }) => node),
    fields,
    check: (draft) => [
      ...(draft.name ? [] : [{ place: "name", message: "Give it a name." }]),
      ...fields.map((each) => each.problem()).filter(Boolean),
    ],
    read: () => valuesOf((each) => each.read()),
    capture: () => valuesOf((each) => each.capture()),
    restore: (values) => fields.forEach((each) => each.restore(values[each.place])),
    load: (ingredient) => fields.forEach((each) => each.load(ingredient[each.place])),
  };
}

async function compared(id, draft, ingredients, units, choices) {
  const { body: current, etag } = await request(`/ingredients/${id}`, { cache: "no-store" });
  const fields = fieldsOf("ingredient").map((spec) => {
    const { text } = modelField(spec, { ingredients, units });
    return { label: spec.label, mine: text(draft[spec.name]), theirs: text(current[spec.name]) };
  });
  return { current, etag, ...conflictBox(fields.filter(({ mine, theirs }) => mine || theirs), choices) };
}
