// Deleting, asked for twice.

import { without } from "../data/provisional.js";
import { h } from "../html.js";
import { toast } from "../shell/toast.js";
import { confirmDialog } from "./confirm-dialog.js";
import { CancelledError, explain, idempotencyKey } from "./writer.js";

export function deleteDialog(store, router, writer) {
  return (kind, thing, etag) => {
    const noun = kind === "recipes" ? "recipe" : "ingredient";
    confirmDialog({
      title: `Delete ${thing.name}?`, label: "Delete it", keep: "Keep it",
      nodes: h("p", { class: "lede" }, `The ${noun} goes; the map follows with the next refresh.`),
      async act() {
        await writer.remove(`/${kind}/${thing.id}`, etag);
        forget(store, kind, thing.id);
        toast(`${thing.name} is deleted.`, { label: "Undo", act: () => restore(kind, thing, router, writer) });
        router.go(kind === "recipes" ? { view: "map" } : { view: "ingredient", id: thing.parent_id });
      },
    });
  };
}

/** Add again what was deleted; it has a new address. */
async function restore(kind, thing, router, writer) {
  try {
    const { body } = await writer.create(`/${kind}`, writable(thing), idempotencyKey());
    router.go({ view: kind === "recipes" ? "recipe" : "ingredient", id: body.id, search: "" });
  } catch (error) {
    if (!(error instanceof CancelledError)) toast(explain(error));
  }
}

/** What the API says of a thing that nobody can write. */
const READ_ONLY = new Set(["id", "created_at", "updated_at", "calculated", "ingredient", "unit", "alternative_names", "volume_ml", "ancestors", "children"]);

const writable = (thing) => Object.fromEntries(Object.entries(thing).filter(([name]) => !READ_ONLY.has(name))
  .map(([name, value]) => [name, name === "ingredients" ? value.map(writable) : value]));

/** The server has it no more, so it may leave the map at once. */
export function forget(store, kind, id) {
  if (kind !== "recipes") return;
  const { provisional, deleted } = store.get();
  store.set({ provisional: without(provisional, id), deleted: new Set(deleted).add(id) });
}
