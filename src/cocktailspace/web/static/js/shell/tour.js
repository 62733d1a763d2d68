// A tour in three steps: what a dot is, what near means, what one can do here.

import { byId, h } from "../html.js";

/**
 * Starts the tour; example(): the id of a recipe in the middle of many, close() puts the panel away.
 * @param {{ example: () => number, router: any, close: () => void }} page
 */
export function startTour({ example, router, close }) {
  byId("tour")?.remove();
  const heading = h("h2", { id: "tour-title", tabindex: "-1" }), text = h("p", {}), place = h("span", { class: "soft small" });
  const next = h("button", { type: "button", class: "button primary", onclick: () => show(step + 1) });
  const card = h("div", { class: "tour", id: "tour", role: "dialog", "aria-labelledby": "tour-title", onkeydown: onKey },
    heading, text, h("div", { class: "actions" }, place, h("button", { type: "button", class: "quiet", onclick: end }, "End"), next));
  const steps = [
    { title: "A dot is a drink", text: "Its colour is its main ingredient. Point at a dot, or tap it, to see what is in the drink.", enter: close },
    {
      title: "Near means alike", text: "Lines lead to the drinks that are most like this one. Beside the map stands what to change to make them of it.",
      enter: () => router.go({ view: "recipe", id: example(), search: "" }),
    },
    { title: "Your turn", text: "Search for a name or for what you have at home, show only some colours, and add recipes of your own.", more: h("a", { href: "#/start" }, "Start with your own recipes"), enter: () => { close(); byId("search").classList.add("pointed-out"); } },
  ];
  let step = 0;

  function show(wanted) {
    byId("search").classList.remove("pointed-out");
    step = wanted;
    const shown = steps[step];
    if (!shown) return end();
    heading.textContent = shown.title;
    text.replaceChildren(shown.text, ...(shown.more ? [" ", shown.more] : []));
    place.textContent = `${step + 1} of ${steps.length}`;
    next.textContent = step + 1 < steps.length ? "Next" : "Done";
    shown.enter();
    return heading.focus({ preventScroll: true });
  }

  function end() {
    byId("search").classList.remove("pointed-out");
    card.remove();
    byId("stage").focus({ preventScroll: true });
  }

  function onKey(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end();
  }

  document.body.append(card);
  show(0);
}
