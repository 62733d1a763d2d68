// The families: what their colours mean, and which of them are shown. And the two spaces.

import { toggled } from "../filters.js";
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
    const { list } = mapData.families;
    if (route.view === "recipes" && route.families.length) return router.adjust(asFilters(route, list));
    const { activeElement } = document;
    const focused = activeElement instanceof HTMLElement && box.contains(activeElement) ? activeElement.dataset.family : null;
    box.replaceChildren(...(route.view === "recipes" ? searching(list, route, router) : showing(list, route, router)));
    if (focused !== null) all("button", box).find((button) => button.dataset.family === focused)?.focus();
  });
}

/** Where recipes are listed, families are searched for, as other filters are. */
const asFilters = ({ families, filters }, list) => {
  const keys = list.filter(({ name, whole }) => whole && families.includes(name)).map(({ key }) => key);
  return { families: [], filters: keys.length ? { ...filters, base: [...new Set([...(filters.base ?? []), ...keys])] } : filters };
};

function searching(list, { filters }, router) {
  const { base: chosen = [], ...others } = filters;
  const items = list.map((family) => familyButton(family, !chosen.length || chosen.includes(family.key), {
    disabled: !family.whole, onclick: () => router.go({ filters: toggled(filters, "base", family.key) }),
  }));
  return chosen.length ? [...items, allButton(() => router.go({ filters: others }))] : items;
}

function showing(list, { families: chosen }, router) {
  const toggle = (name) => {
    const families = chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];
    router.adjust({ families: families.length === list.length ? [] : families });
  };
  const items = list.map((family) => familyButton(family, !chosen.length || chosen.includes(family.name), { onclick: () => toggle(family.name) }));
  return chosen.length ? [...items, allButton(() => router.adjust({ families: [] }))] : items;
}

function familyButton(family, pressed, attributes) {
  return h("button", { type: "button", "data-family": family.name, "aria-pressed": String(pressed), ...attributes },
    h("i", { style: { background: `var(--family-${family.colour})` } }), family.name, h("span", {}, count(family.count)));
}

const allButton = (onclick) => h("button", { type: "button", class: "all", "data-family": "", onclick }, "Show all");

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
