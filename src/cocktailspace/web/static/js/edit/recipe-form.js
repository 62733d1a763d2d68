// Adding and changing a recipe.

import { getJson, request } from "../data/api.js";
import { placeProvisionally } from "../data/provisional.js";
import { h } from "../html.js";
import { lineText } from "../measures.js";
import { liveIngredients, liveUnits } from "../data/live.js";
import { conflictBox } from "./conflict.js";
import { formOf } from "./drafts.js";
import { formShell } from "./form-shell.js";
import { askForIngredient } from "./ingredient-form.js";
import { draftPreview } from "./draft-preview.js";
import { fieldsOf, modelField } from "./model-fields.js";
import { recipeLines } from "./recipe-lines.js";

export function recipeForm({ store, router, writer }) {
  return async ({ id, from = null }, _mapData, signal) => {
    const [ingredients, units, suggestions, current] = await Promise.all([
      liveIngredients(), liveUnits(), getJson("/recipes/suggestions"), (id ?? from) === null ? null : request(`/recipes/${id ?? from}`),
    ]);
    const parts = formParts({ store, writer, ingredients, units, suggestions, ownId: id });
    signal.addEventListener("abort", parts.live.stop);
    parts.load(from ? variationOf(current.body) : current?.body ?? { name: "", ingredients: [] });
    const form = formShell({
      path: "/recipes", id, etag: id === null ? undefined : current.etag, form: formOf({ view: "recipe-form", id, from }), writer, nodes: parts.nodes, fields: parts.fields, read: parts.read, load: parts.load, capture: parts.capture, restore: parts.restore,
      check: (draft) => [...(draft.name ? [] : [{ place: "name", message: "Give it a name." }]), ...parts.problems()],
      save: id === null ? "Add recipe" : "Save",
      cancel: () => router.go(id === null ? { view: "map" } : { view: "recipe", id }),
      compare: (draft, choices) => compared(id, draft, ingredients, units, choices),
      async saved({ body }) {
        parts.live.stop();
        if (body.makes_id === null) await placeProvisionally(store, body); // the server has it, so it may be shown at once
        router.go({ view: "recipe", id: body.id, search: "" });
      },
    });
    const many = h("p", { class: "small soft" }, "Many at once? ", h("a", { href: router.link({ view: "import", id: null, search: "" }) }, "Bring in a file or a list"), ".");
    return { title: id === null ? "New recipe" : `Change ${current.body.name}`, nodes: [id === null ? many : null, form] };
  };
}

const variationOf = (recipe) => ({ ...recipe, name: `${recipe.name}, my way`, source: `After ${recipe.name}`, source_url: null, description: null });

function formParts({ store, writer, ingredients, units, suggestions, ownId }) {
  const live = draftPreview(store);
  const named = new Map(ingredients.map((each) => [each.id, each.name]));
  const usage = store.get().mapData?.usage.byId;
  const itemOf = (each) => ({ id: each.id, name: each.name, note: named.get(each.parent_id) ?? "", uses: usage?.get(each.id)?.hierarchical_recipes });
  const lines = recipeLines({ ingredients: ingredients.map(itemOf), units, usualUnit: suggestions.unit_ids[0] ?? units[0]?.id, onChange: () => update(), make });
  async function make(name) {
    const made = await askForIngredient(name, ingredients, units, writer);
    if (!made) return null;
    ingredients.push(made);
    named.set(made.id, made.name);
    return itemOf(made);
  }
  const plain = fieldsOf("recipe").filter(({ kind }) => kind !== "rows").map((spec) => modelField(spec, { ingredients: ingredients.map(itemOf), units, suggestions }));
  const [name, ...others] = plain;
  const update = () => live.update(name.input.value.trim(), lines.read(), ownId);
  name.input.addEventListener("input", update);
  return {
    live,
    nodes: [name.node, h("p", { class: "label" }, "Ingredients"), lines.node, live.node, others.map(({ node }) => node)],
    fields: () => [name, ...lines.fields(), ...others],
    problems: () => [...lines.problems(), ...plain.map((each) => each.problem()).filter(Boolean)],
    read: () => ({ ...Object.fromEntries(plain.map((each) => [each.place, each.read()])), ingredients: lines.read() }),
    load(recipe) {
      plain.forEach((each) => each.load(recipe[each.place]));
      lines.set(recipe.ingredients);
      update();
    },
    capture: () => ({ plain: Object.fromEntries(plain.map((each) => [each.place, each.capture()])), lines: lines.capture() }),
    restore(values) {
      plain.forEach((each) => each.restore(values.plain[each.place]));
      lines.restore(values.lines);
      update();
    },
  };
}

async function compared(id, draft, ingredients, units, choices) {
  const { body: current, etag } = await request(`/recipes/${id}`, { cache: "no-store" });
  const names = new Map(ingredients.map((each) => [each.id, each.name]));
  const unitOf = new Map(units.map((each) => [each.id, each]));
  const lines = (recipe) => recipe.ingredients.map((line) => lineText(line, unitOf.get(line.unit_id), [line.ingredient_id, ...(line.alternatives ?? [])].map((each) => names.get(each) ?? line.ingredient), { units: "written" })).join("\n");
  const differences = fieldsOf("recipe").map((spec) => {
    const text = (recipe) => (spec.kind === "rows" ? lines(recipe) : modelField(spec, { ingredients, units }).text(recipe[spec.name]));
    return { label: spec.label, mine: text(draft), theirs: text(current) };
  });
  return { current, etag, ...conflictBox(differences.filter(({ mine, theirs }) => mine || theirs), choices) };
}
