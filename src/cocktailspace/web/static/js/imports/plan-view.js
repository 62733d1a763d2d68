// A plan: what would happen, what is still to be decided, and the buttons that do it and take it back.

import { counted } from "../format.js";
import { all, h, uniqueId } from "../html.js";
import { CancelledError, explain } from "../edit/writer.js";
import { liveIngredients } from "../data/live.js";
import { questions } from "./questions.js";
import { conflicts } from "./conflicts.js";
import { doneView } from "./done.js";
import { certainNames, notShown, recipeLists, unread } from "./said.js";
import { planOf, sentFor } from "./sending.js";
import { applyText, countsText, linesText } from "./words.js";

export async function planView(id, context) {
  const { store, writer, router, announce } = context;
  const [first, ingredients] = await Promise.all([planOf(writer, id), liveIngredients()]);
  if (first.state !== "planned") return [doneView(first, context)];
  let plan = first;
  const decisions = structuredClone(first.decisions);
  let busy = null, waiting = false;

  const named = new Map(ingredients.map((each) => [each.id, each.name]));
  const shared = {
    ingredients: ingredients.map((each) => ({ id: each.id, name: each.name, note: named.get(each.parent_id) ?? "" })),
    nameOf: (ingredient) => named.get(ingredient) ?? "an ingredient that is gone",
    decisions: () => decisions,
    change,
  };
  const summary = h("p", { class: "lede" });
  const problem = h("div", { role: "alert" });
  const asked = questions(shared);
  const settings = conflicts(shared);
  const certain = h("div"), recipes = h("div");
  const apply = h("button", { type: "button", class: "button primary", onclick: carryOut });
  const note = h("p", { class: "small soft", id: uniqueId("still") });
  apply.setAttribute("aria-describedby", note.id);
  const discard = h("button", { type: "button", class: "button", onclick: putAway }, "Discard the plan");
  const place = h("div", { class: "import form" }, summary, remarks(plan), asked.node, settings.node, certain, recipes,
    unread(plan), notShown(plan, sentFor(id), context), problem,
    h("div", { class: "actions decide" }, note, apply, discard));
  show();
  return [place];

  /** Change a decision; it is kept by the server at once, the newest last. */
  function change(edit) {
    edit(decisions);
    waiting = true;
    busy ??= keep().finally(() => { busy = null; });
  }

  async function keep() {
    place.setAttribute("aria-busy", "true");
    problem.replaceChildren();
    try {
      while (waiting) {
        waiting = false;
        plan = (await writer.send(`/catalogue/imports/${id}/decisions`, { method: "PUT", json: decisions })).body;
      }
      show();
      announce(stillOpen(plan));
    } catch (error) {
      failed(error);
    } finally {
      place.removeAttribute("aria-busy");
    }
  }

  function show() {
    summary.textContent = `${plan.file}: ${plan.format}. Of its recipes ${countsText(plan.counts)}; ${linesText(plan.lines)}, ${plan.unread_lines ? `${plan.unread_lines} not understood` : "all understood"}.`;
    asked.show(plan);
    settings.show(plan);
    kept(certain, certainNames(plan, shared));
    kept(recipes, recipeLists(plan));
    apply.textContent = applyText(plan);
    note.textContent = stillOpen(plan);
  }

  async function carryOut() {
    await busy;
    if (plan.open_groups) return asked.focusOpen();
    apply.disabled = true;
    const before = store.get().mapData?.run; // the new map may be there before the answer
    try {
      const { body } = await writer.send(`/catalogue/imports/${id}/apply?digest=${plan.digest}`, { method: "POST" });
      const done = doneView(body, context, before);
      place.replaceWith(done);
      done.querySelector("[role=status]").focus();
    } catch (error) {
      failed(error);
      if (error.status === 409) await lookAgain();
    } finally {
      apply.disabled = false;
    }
    return undefined;
  }

  /** What it rests on changed: the plan as it is now. */
  async function lookAgain() {
    plan = (await writer.send(`/catalogue/imports/${id}`, {})).body;
    show();
  }

  async function putAway() {
    try {
      await writer.send(`/catalogue/imports/${id}`, { method: "DELETE" });
      router.go({ view: "import", id: null });
    } catch (error) {
      failed(error);
    }
  }

  function failed(error) {
    if (!(error instanceof CancelledError)) problem.replaceChildren(h("p", { class: "problem" }, explain(error)));
    problem.scrollIntoView({ block: "nearest" });
  }
}

const stillOpen = ({ open_groups: open, new_ingredients: made, new_units: units }) => (
  `${open ? `${counted(open, "question")} to decide. ` : "Everything is decided. "}${counted(made, "new ingredient")}${units.length ? `, new units: ${units.join(", ")}` : ""}.`
);

/** Put new lists in the place of old ones; those that were open stay so. */
function kept(place, nodes) {
  const open = new Set(all("details[open]", place).map((each) => each.dataset.key));
  place.replaceChildren(...nodes);
  for (const each of all("details", place)) if (open.has(each.dataset.key)) each.setAttribute("open", "");
}

const remarks = ({ remarks: said }) => (said.length ? h("ul", { class: "small soft" }, said.map((each) => h("li", {}, each))) : null);
