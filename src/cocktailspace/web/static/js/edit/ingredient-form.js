// Adding and changing an ingredient and its place in the taxonomy.

import { request } from "../data/api.js";
import { h, uniqueId } from "../html.js";
import { liveIngredients } from "../panels/ingredient.js";
import { combobox } from "./combobox.js";
import { conflictBox } from "./conflict.js";
import { formOf } from "./drafts.js";
import { errorFor, field } from "./fields.js";
import { formShell } from "./form-shell.js";

export function ingredientForm({ router, writer }) {
  return async ({ id }) => {
    const [ingredients, current] = await Promise.all([liveIngredients(), id === null ? null : request(`/ingredients/${id}`)]);
    const parts = formParts(ingredients, id);
    parts.load(current?.body ?? { name: "", parent_id: null });
    const form = formShell({
      path: "/ingredients", id, etag: current?.etag, form: formOf({ view: "ingredient-form", id }), writer, ...parts, fields: () => parts.fields,
      save: id === null ? "Add ingredient" : "Save",
      cancel: () => router.go({ view: "ingredient", id }),
      compare: (draft, choices) => compared(id, draft, ingredients, choices),
      saved: ({ body }) => router.go({ view: "ingredient", id: body.id, search: "" }),
    });
    return { title: id === null ? "New ingredient" : `Change ${current.body.name}`, nodes: [form] };
  };
}

/** Add an ingredient that a recipe needs without leaving the recipe; resolves to it, or to null. */
export function askForIngredient(name, ingredients, writer) {
  const parts = formParts(ingredients, null);
  parts.load({ name, parent_id: null });
  const dialog = h("dialog", { "aria-labelledby": "new-ingredient-title" }, h("h2", { id: "new-ingredient-title" }, "New ingredient"));
  return new Promise((resolve) => {
    let made = null;
    dialog.append(formShell({
      path: "/ingredients", id: null, writer, ...parts, capture: null, fields: () => parts.fields, save: "Add ingredient",
      cancel: () => dialog.close(),
      saved({ body }) { made = body; dialog.close(); },
    }));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(made); }, { once: true });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function formParts(ingredients, ownId) {
  const named = new Map(ingredients.map((each) => [each.id, each.name]));
  const items = ingredients.filter((each) => each.id !== ownId).map((each) => ({ id: each.id, name: each.name, note: named.get(each.parent_id) ?? "" }));
  const name = field("Name", "name", h("input", { type: "text" }));
  const description = field("What it is", "description", h("textarea"), { optional: true });
  const family = combobox(items, { label: "Family", placeholder: "None: a family of its own" });
  const parent = { place: "parent_id", input: family.input, error: errorFor(family.input) };
  const same = h("input", { type: "checkbox", id: uniqueId("same") });
  const unknownParent = () => family.input.value.trim() !== "" && family.value() === null;
  return {
    nodes: [
      name.node,
      h("div", {}, h("p", { class: "label" }, "Family"), family.node, parent.error),
      h("label", { class: "check", for: same.id }, same, "A guest would take its siblings instead (it counts as its family when recipes are compared)"),
      description.node,
    ],
    fields: [name, parent, description],
    check: (draft) => [
      ...(draft.name ? [] : [{ place: "name", message: "Give it a name." }]),
      ...(unknownParent() ? [{ place: "parent_id", message: "Choose a family from the list, or leave it empty." }] : []),
    ],
    read: () => ({ name: name.read(), parent_id: family.value(), description: description.read(), allow_substitution: same.checked }),
    capture: () => ({ name: name.input.value, description: description.input.value, family: family.input.value, same: same.checked }),
    restore(values) {
      name.input.value = values.name;
      description.input.value = values.description;
      family.write(values.family);
      same.checked = values.same;
    },
    load(ingredient) {
      name.load(ingredient.name);
      description.load(ingredient.description);
      family.set(ingredient.parent_id);
      same.checked = Boolean(ingredient.allow_substitution);
    },
  };
}

async function compared(id, draft, ingredients, choices) {
  const { body: current, etag } = await request(`/ingredients/${id}`, { cache: "no-store" });
  const named = new Map(ingredients.map((each) => [each.id, each.name]));
  const fields = Object.entries({
    Name: (each) => each.name,
    Family: (each) => named.get(each.parent_id) ?? "",
    "What it is": (each) => each.description ?? "",
    Replaceable: (each) => (each.allow_substitution ? "yes" : "no"),
  }).map(([label, say]) => ({ label, mine: say(draft), theirs: say(current) }));
  return { current, etag, ...conflictBox(fields, choices) };
}
