// What recipes get that are there already, and the source of those that name none.

import { h, uniqueId } from "../html.js";

const WAYS = { fill: "what they lack", skip: "nothing", replace: "all that the file says" };

export function conflicts(context) {
  const radios = uniqueId("conflict"), sourceId = uniqueId("source");
  const ways = Object.entries(WAYS).map(([value, words]) => {
    const input = h("input", { type: "radio", name: radios, value, onchange: () => context.change((decisions) => { decisions.on_conflict = value; }) });
    return { input, node: h("label", { class: "check" }, input, words) };
  });
  const second = h("input", { type: "checkbox", onchange: () => context.change((decisions) => { decisions.second_versions = second.checked; }) });
  const source = h("input", { id: sourceId, type: "text", maxlength: "200", onchange: () => context.change((decisions) => { decisions.source = source.value.trim(); }) });
  const node = h("section", {},
    h("fieldset", { class: "decision" }, h("legend", {}, "Recipes that are here already get"), h("div", { class: "options" }, ways.map((way) => way.node)),
      h("label", { class: "check" }, second, "Add a second version where one of that name is here from elsewhere")),
    h("label", { for: sourceId }, "Source of recipes that name none"), source);

  function show(plan) {
    for (const { input } of ways) input.checked = input.value === plan.decisions.on_conflict;
    second.checked = plan.decisions.second_versions;
    if (document.activeElement !== source) source.value = plan.source;
  }

  return { node, show };
}
