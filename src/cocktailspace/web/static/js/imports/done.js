// What an import did, how the map follows, and the way back.

import { counted } from "../format.js";
import { h } from "../html.js";
import { CancelledError, explain } from "../edit/writer.js";
import { countsText } from "./words.js";

/** before: the run that was shown when it was carried out, if that was just now: the map of another has it. */
export function doneView(plan, { writer, router, store, announce, signal }, before = null) {
  const said = h("p", { class: "lede", role: "status", tabindex: "-1" }, plan.state === "undone" ? "This import was undone: everything is as it was." : doneText(plan));
  const map = h("p", { class: "small soft", role: "status" });
  const problem = h("div", { role: "alert" });
  const undo = h("button", { type: "button", class: "button", hidden: plan.state !== "applied", onclick: takeBack }, "Undo all of it");
  const node = h("div", { class: "import" }, said, map, problem, h("div", { class: "actions" },
    h("a", { class: "button primary", href: router.link({ view: "map", search: "", families: [] }) }, "See the map"), undo,
    h("a", { class: "button", href: router.link({ view: "import", id: null, search: "" }) }, "Bring in more")));
  store.subscribe(["freshness", "mapData"], follow, signal);
  follow(store.get());
  return node;

  /** The map follows by itself; say how far it is. */
  function follow({ freshness, mapData }) {
    const state = freshness.status?.state;
    map.textContent = mapData && mapData.run !== before && state === "fresh" ? "The map shows it." : state === "fresh" ? "" : "The map is being computed anew; it fills by itself.";
  }

  async function takeBack() {
    undo.disabled = true;
    try {
      await writer.send(`/catalogue/imports/${plan.id}/undo`, { method: "POST" });
      undo.hidden = true;
      said.textContent = "Undone: everything is as it was.";
      announce("Undone");
      said.focus();
    } catch (error) {
      if (!(error instanceof CancelledError)) problem.replaceChildren(h("p", { class: "problem" }, explain(error)));
    } finally {
      undo.disabled = false;
    }
  }
}

const doneText = ({ counts, file, new_ingredients: made }) => `Brought in from ${file}: ${countsText(counts)}. ${counted(made, "new ingredient")}.`;
