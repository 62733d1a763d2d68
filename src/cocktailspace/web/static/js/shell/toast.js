// A word on what has just happened, with what can be done about it; it goes by itself.

import { byId, h } from "../html.js";

const SHOWN_MS = 12_000;

let timer = 0;

/**
 * @param {string} text
 * @param {{ label: string, act: () => void }} [action]
 */
export function toast(text, action) {
  const box = byId("toast");
  const hide = () => { box.hidden = true; };
  const act = action && (() => { hide(); action.act(); });
  box.hidden = false;
  box.replaceChildren(h("span", {}, text), action ? h("button", { type: "button", class: "quiet", onclick: act }, action.label) : "",
    h("button", { type: "button", class: "quiet", "aria-label": "Put away", onclick: hide }, "✕"));
  clearTimeout(timer);
  timer = setTimeout(hideUnlessUsed, SHOWN_MS);

  function hideUnlessUsed() {
    if (box.matches(":hover, :focus-within")) timer = setTimeout(hideUnlessUsed, SHOWN_MS);
    else hide();
  }
}
