// All questions of a plan, and the two buttons that answer many at once.

import { counted } from "../format.js";
import { h } from "../html.js";
import { groupCard } from "./groups.js";

export function questions(context) {
  const list = h("div");
  const title = h("h3", { tabindex: "-1" });
  const certain = h("button", { type: "button", class: "button", onclick: takeCertain }, "Accept all that are certain");
  const rest = h("button", { type: "button", class: "button", onclick: takeRest });
  const node = h("section", { class: "questions" }, title, h("div", { class: "actions small" }, certain, rest), list);
  let cards = [];
  let open = [];

  function takeCertain() {
    context.change((decisions) => {
      for (const { key, kind } of open) if (kind === "new") decisions.groups[key] = "new";
    });
    title.focus();
  }

  function takeRest() {
    context.change((decisions) => { decisions.rest = decisions.rest ? null : "unsorted"; });
  }

  function show(plan) {
    open = plan.groups.filter((group) => group.open);
    node.hidden = plan.groups.length === 0;
    title.textContent = open.length ? `To decide: ${counted(open.length, "question")}` : "Decided";
    if (cards.map(({ key }) => key).join() !== plan.groups.map(({ key }) => key).join()) {
      cards = plan.groups.map((group) => groupCard(group, context));
      list.replaceChildren(...cards.map((card) => card.node));
    }
    cards.forEach((card, place) => card.show(plan.groups[place].open));
    certain.hidden = !open.some(({ kind }) => kind === "new");
    rest.hidden = !open.length && !context.decisions().rest;
    rest.textContent = context.decisions().rest ? "Decide the rest after all" : "The rest under Unsorted";
  }

  /** Go to the first that is open. */
  function focusOpen() {
    const card = cards.find(({ key }) => open.some((group) => group.key === key));
    card?.node.scrollIntoView({ block: "center" });
    card?.node.querySelector("input")?.focus({ preventScroll: true });
  }

  return { node, show, focusOpen };
}
