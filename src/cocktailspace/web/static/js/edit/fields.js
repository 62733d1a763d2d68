// Form fields with a label and a place for what the API says about them.

import { h, uniqueId } from "../html.js";

/**
 * A labelled field: { node, input, place, load(value), read() }. `place` is what the API calls it.
 * @param {string} label
 * @param {string} place
 * @param {any} input
 * @param {{ optional?: boolean, help?: string | null }} [options]
 */
export function field(label, place, input, { optional = false, help = null } = {}) {
  const id = uniqueId("field");
  input.id = id;
  const error = errorFor(input, id);
  const node = h("div", {},
    h("label", { for: id }, label, optional ? h("span", { class: "optional" }, " (optional)") : null),
    input, help ? h("p", { class: "small soft" }, help) : null, error);
  return { node, input, place, error, ...untouched(input) };
}

/** load(value) shows a value of the API; read() gives it back as it was unless somebody changed what is shown. */
function untouched(input) {
  let original = null, shown = "";
  return {
    load(value) {
      original = value ?? null;
      input.value = value ?? "";
      shown = input.value; // a line break of another system is shown as ours
    },
    read: () => (input.value === shown ? original : input.value.trim() || null),
  };
}

/** An element for an input's problem, tied to it for screen readers. */
export function errorFor(input, id = uniqueId("field")) {
  const error = h("p", { class: "error", id: `${id}-error` });
  input.setAttribute("aria-describedby", error.id);
  input.addEventListener("input", () => say({ input, error }, ""));
  return error;
}

/** Say what is wrong with a field, or nothing. */
export function say({ input, error }, message) {
  error.textContent = message;
  if (message) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/**
 * Put the API's problems at their fields; gives those that belong to no field. The first field
 * with a problem gets the focus.
 */
export function showProblems(fields, problems) {
  fields.forEach((each) => say(each, ""));
  const unplaced = [];
  const hit = [];
  for (const { place, message } of problems) {
    const found = fields.find((each) => each.place === place) ?? fields.find((each) => place.startsWith(`${each.place}.`) || place.startsWith(`${each.place}[`));
    if (!found) unplaced.push(place ? `${place}: ${message}` : message);
    else {
      say(found, message);
      hit.push(found);
    }
  }
  fields.find((each) => hit.includes(each))?.input.focus();
  return unplaced;
}
