// A name typed ahead: the list narrows as one types, arrows choose, Enter and Tab take.

import { fold } from "../format.js";
import { h, uniqueId } from "../html.js";

const MOST = 8;
const TYPING_MS = 140;

/**
 * items: [{ id, name, note, uses: how much it is used }], or a function that finds them for a text, best first. Gives { node, input, value(), set(id), write(text), add(item) }; value() is the id
 * of what is named, or null. `onChange` is called when it changes, `onTake` when a name is taken. With `exactFirst` what is typed stands before what is used more. With `make`, a name that is not
 * there is offered to be made: make(text) resolves to the new item, or to null.
 * @param {any[] | ((text: string) => Promise<any[]>)} items
 * @param {{ label: string, onChange?: (id: any) => void, onTake?: (id: any) => void, exactFirst?: boolean, placeholder?: string, make?: ((text: string) => Promise<any>) | null }} options
 */
export function combobox(items, { label, onChange = () => {}, onTake = () => {}, exactFirst = false, placeholder = "", make = null }) {
  const listId = uniqueId("names");
  const list = h("div", { class: "found", role: "listbox", id: listId, "aria-label": label, hidden: true });
  const input = h("input", {
    type: "text", role: "combobox", "aria-label": label, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId,
    autocomplete: "off", spellcheck: "false", placeholder, maxlength: "200",
  });
  const find = typeof items === "function" ? items : null;
  let known = Array.isArray(items) ? items.map(withFolded) : [];
  let chosen = null, active = -1, shown = [], timer = 0;

  /** The one of that name; of several the one that was chosen. */
  function named(text) {
    const same = known.filter((item) => item.folded === fold(text.trim()));
    return same.find(({ id }) => id === chosen) ?? same[0];
  }

  function typed() {
    if (!find) return open();
    clearTimeout(timer);
    settle(null);
    timer = setTimeout(look, TYPING_MS);
  }

  async function look() {
    const text = input.value;
    const found = await find(text.trim()).catch(() => []);
    if (input.value !== text) return;
    known = found.map(withFolded);
    if (document.activeElement === input) open();
  }

  function choose(item) {
    input.value = item?.name ?? "";
    close();
    settle(item?.id ?? null);
    if (item) onTake(item.id);
  }

  function settle(id) {
    if (id === chosen) return;
    chosen = id;
    onChange(id);
  }

  async function accept(item) {
    if (!item?.text) return choose(item);
    close();
    const made = await make(item.text);
    input.focus();
    return made ? choose(made) : undefined;
  }

  function open() {
    const text = input.value.trim(), wanted = fold(text);
    const exact = named(text);
    const others = find ? known : ranked(known, wanted);
    shown = (exact && exactFirst ? [exact, ...others.filter((item) => item !== exact)] : others).slice(0, MOST);
    if (make && wanted && !exact) shown.push({ name: `New: “${text}” …`, text });
    active = wanted && shown.length ? 0 : -1;
    list.replaceChildren(...shown.map((item, index) => option(item, wanted, index === active, accept)),
      ...(shown.length ? [] : [h("p", { class: "none" }, "No such name")]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    follow();
    settle(exact?.id ?? null);
  }

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function follow() {
    [...list.children].forEach((each, index) => each.setAttribute("aria-selected", String(index === active)));
    const current = list.children[active];
    if (!current || active < 0) return input.removeAttribute("aria-activedescendant");
    current.scrollIntoView({ block: "nearest" });
    return input.setAttribute("aria-activedescendant", current.id);
  }

  function key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) typed();
      else if (shown.length) {
        active = (active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length;
        follow();
      }
    } else if (event.key === "Enter" && !list.hidden && active >= 0) accept(shown[active]);
    else if (event.key === "Tab" && !list.hidden && shown[active]?.id) return choose(shown[active]);
    else if (event.key === "Escape" && !list.hidden) close();
    else return undefined;
    return event.preventDefault(); // which also tells the panel that Escape was not meant for it
  }

  input.addEventListener("input", typed);
  input.addEventListener("keydown", key);
  input.addEventListener("blur", () => {
    const exact = named(input.value);
    if (exact) choose(exact);
    else close();
  });
  return {
    node: h("div", { class: "combobox" }, input, list), input,
    value: () => chosen,
    set: (id) => choose(known.find((item) => item.id === id)),
    /** Write a text, as if it had been typed. */
    write(text) {
      input.value = text;
      settle(named(text)?.id ?? null);
    },
    add: (item) => known.push(withFolded(item)),
  };
}

const withFolded = (item) => ({ ...item, folded: fold(item.name) });

/**
 * Those with every word of what is wanted, best first: where a word begins with it before others, and
 * of these the most used.
 */
export function ranked(known, wanted) {
  if (!wanted) return known;
  const words = wanted.split(/\s+/);
  const rank = ({ folded }) => {
    if (!words.every((word) => folded.includes(word))) return Infinity;
    const at = folded.indexOf(wanted);
    return at === 0 || folded[at - 1] === " " ? 0 : at < 0 ? 2 : 1;
  };
  return known.filter((item) => rank(item) < Infinity)
    .sort((one, other) => rank(one) - rank(other) || (other.uses ?? 0) - (one.uses ?? 0) || one.name.length - other.name.length || (one.name < other.name ? -1 : 1));
}

function option(item, wanted, selected, accept) {
  return h("div", {
    role: "option", id: uniqueId("name"), "aria-selected": String(selected), class: item.text ? "make" : null,
    onmousedown: (event) => event.preventDefault(), onclick: () => accept(item), // the field keeps the focus; a finger may scroll
  }, h("span", {}, marked(item, wanted)), item.note ? h("small", {}, item.note) : null);
}

/** The name, with what was typed marked where it stands in one piece. */
function marked({ name, folded }, wanted) {
  const at = wanted && folded?.length === name.length ? folded.indexOf(wanted) : -1;
  if (at < 0) return name;
  return [name.slice(0, at), h("mark", {}, name.slice(at, at + wanted.length)), name.slice(at + wanted.length)];
}
