// A dialog that does something which needs a second thought: what goes wrong is said in it.

import { h } from "../html.js";
import { CancelledError, explain } from "./writer.js";

/**
 * act() does it, and the dialog closes; where it throws, the dialog says why. Gives { dialog, button: of act }.
 * @param {{ title: string, nodes: any, label: string, keep: string, act: () => Promise<any> }} parts
 */
export function confirmDialog({ title, nodes, label, keep, act }) {
  const problem = h("p", { class: "error", role: "alert" });
  const button = h("button", { type: "button", class: "button primary", onclick: perform }, label);
  const dialog = h("dialog", { "aria-labelledby": "confirm-title" }, h("div", { class: "form" },
    h("h2", { id: "confirm-title" }, title), nodes, problem,
    h("div", { class: "actions" }, button,
      h("button", { type: "button", class: "button", onclick: () => dialog.close(), autofocus: true }, keep))));

  async function perform() {
    button.disabled = true;
    problem.textContent = "";
    try {
      await act();
      dialog.close();
    } catch (error) {
      if (!(error instanceof CancelledError)) problem.textContent = said(error);
    } finally {
      button.disabled = false;
    }
  }

  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, button };
}

function said(error) {
  if (error.status === 412) return "Somebody changed it meanwhile. Close this, look at it again, and do it then if you still want to.";
  return error.problems?.length ? error.problems.map(({ message }) => message).join(" ") : explain(error);
}
