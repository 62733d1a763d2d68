// Deleting, asked for twice.

import { h } from "../html.js";
import { CancelledError, explain } from "./writer.js";

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
      h("p", { class: "lede" }, `The ${noun} goes for good; the map follows with the next refresh.`),
      problem,
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button primary", onclick: remove }, "Delete it"),
        h("button", { type: "button", class: "button", onclick: () => dialog.close(), autofocus: true }, "Keep it"))));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
}

/** The server has deleted it, so it may leave the map at once. */
function forget(store, kind, id) {
  if (kind !== "recipes") return;
  const { provisional, deleted } = store.get();
  store.set({ provisional: new Map([...provisional].filter(([each]) => each !== id)), deleted: new Set(deleted).add(id) });
}
