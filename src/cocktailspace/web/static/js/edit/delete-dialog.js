// Deleting, asked for twice.

import { h } from "../html.js";
import { toast } from "../shell/toast.js";
import { CancelledError, explain, idempotencyKey } from "./writer.js";

export function deleteDialog(store, router, writer) {
  return (kind, thing, etag) => {
    const noun = kind === "recipes" ? "recipe" : "ingredient";
    const dialog = h("dialog", { "aria-labelledby": "remove-title" });
    const problem = h("p", { class: "error", role: "alert" });
    const remove = async () => {
      try {
        await writer.remove(`/${kind}/${thing.id}`, etag);
        dialog.close();
        forget(store, kind, thing.id);
        toast(`${thing.name} is deleted.`, { label: "Undo", act: () => restore(kind, thing, router, writer) });
        router.go(kind === "recipes" ? { view: "map" } : { view: "ingredient", id: thing.parent_id });
      } catch (error) {
        if (error instanceof CancelledError) return;
        problem.textContent = error.status === 412
          ? "Somebody changed it meanwhile. Close this, look at it again, and delete it then if you still want to."
          : explain(error);
      }
    };
    dialog.append(h("div", { class: "form" },
      h("h2", { id: "remove-title" }, `Delete ${thing.name}?`),
      h("p", { class: "lede" }, `The ${noun} goes; the map follows with the next refresh.`),
      problem,
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button primary", onclick: remove }, "Delete it"),
        h("button", { type: "button", class: "button", onclick: () => dialog.close(), autofocus: true }, "Keep it"))));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
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

/** The server has deleted it, so it may leave the map at once. */
function forget(store, kind, id) {
  if (kind !== "recipes") return;
  const { provisional, deleted } = store.get();
  store.set({ provisional: new Map([...provisional].filter(([each]) => each !== id)), deleted: new Set(deleted).add(id) });
}
