// Elements without markup strings: text stays text, and styles go through CSSOM, which the
// page's Content-Security-Policy allows where it refuses style attributes.

/**
 * An element: h("button", { class: "quiet", onclick: f, style: { width: "4px" } }, "text", child)
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** An SVG element, by the same rules. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function setProp(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "style") for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : value);
}

let lastId = 0;

/** An id that no other element has, for labels and descriptions. */
export const uniqueId = (prefix) => `${prefix}-${++lastId}`;

/**
 * An element of the template, of whatever kind it is there.
 * @returns {any}
 */
export const byId = (id) => document.getElementById(id);

/**
 * The elements that a selector finds, in an array.
 * @returns {HTMLElement[]}
 */
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
