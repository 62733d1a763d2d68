// The families: what their colours mean, and which of them are shown. And the two spaces.

import { count } from "../format.js";
import { all, byId, h } from "../html.js";

const SPACES = [
  ["em", "Similar ingredients", "gin is near other gins"],
  ["fractions", "Same ingredients", "only the very same count"],
];

export function createLegend(store, router) {
  const box = byId("legend");
  store.subscribe(["mapData", "route"], ({ mapData, route }) => {
    if (!mapData) return;
    const { activeElement } = document;
    const focused = activeElement instanceof HTMLElement && box.contains(activeElement) ? activeElement.dataset.family : null;
    box.replaceChildren(...buttons(mapData.families.list, route.families, router));
    if (focused !== null) all("button", box).find((button) => button.dataset.family === focused)?.focus();
  });
}

function buttons(list, chosen, router) {
  const toggle = (name) => {
    const families = chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];
    router.adjust({ families: families.length === list.length ? [] : families });
  };
  const items = list.map((family) =>
    h("button", {
      type: "button", "data-family": family.name, "aria-pressed": String(!chosen.length || chosen.includes(family.name)),
      onclick: () => toggle(family.name),
    }, h("i", { style: { background: `var(--family-${family.colour})` } }), family.name, h("span", {}, count(family.count))));
  if (chosen.length) {
    items.push(h("button", { type: "button", class: "all", "data-family": "", onclick: () => router.adjust({ families: [] }) }, "Show all"));
  }
  return items;
}

export function createSpaceSwitch(store, router) {
  const box = byId("spaces");
  const inputs = SPACES.map(([space, name, hint]) => {
    const input = h("input", { type: "radio", name: "space", value: space });
    input.addEventListener("change", () => router.go({ space, view: store.get().route.view }));
    box.append(h("label", {}, input, h("b", {}, name), h("small", {}, hint)));
    return input;
  });
  const follow = ({ route }) => inputs.forEach((input) => { input.checked = input.value === route.space; });
  store.subscribe(["route"], follow);
  follow(store.get());
}
