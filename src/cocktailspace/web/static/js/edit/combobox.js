// A name typed ahead: the list narrows as one types, arrows choose, Enter takes.

import { fold } from "../format.js";
import { h, uniqueId } from "../html.js";

const MOST = 8;

/**
 * items: [{ id, name, note }]. Gives { node, input, value(), set(id) }; value() is the id of what
 * is named, or null. `onChange` is called when it changes.
 */
export function combobox(items, { label, onChange = () => {}, placeholder = "" }) {
  const listId = uniqueId("names");
  const list = h("div", { class: "found", role: "listbox", id: listId, "aria-label": label, hidden: true });
  const input = h("input", {
    type: "text", role: "combobox", "aria-label": label, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId,
    autocomplete: "off", spellcheck: "false", placeholder, maxlength: "200",
  });
  const known = items.map((item) => ({ ...item, folded: fold(item.name) }));
  let chosen = null, active = -1, shown = [];

  function choose(item) {
    input.value = item?.name ?? "";
    close();
    settle(item?.id ?? null);
  }

  function settle(id) {
    if (id === chosen) return;
    chosen = id;
    onChange(id);
  }

  function open() {
    const wanted = fold(input.value.trim());
    shown = ranked(known, wanted).slice(0, MOST);
    active = wanted && shown.length ? 0 : -1;
    list.replaceChildren(...shown.map((item, index) => option(item, index === active, choose)),
      ...(shown.length ? [] : [h("p", { class: "none" }, "No such name")]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    follow();
    settle(known.find((item) => item.folded === wanted)?.id ?? null);
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
      if (list.hidden) open();
      else if (shown.length) {
        active = (active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length;
        follow();
      }
    } else if (event.key === "Enter" && !list.hidden && active >= 0) choose(shown[active]);
    else if (event.key === "Escape" && !list.hidden) close();
    else return;
    event.preventDefault(); // which also tells the panel that Escape was not meant for it
  }

  input.addEventListener("input", open);
  input.addEventListener("keydown", key);
  input.addEventListener("blur", () => {
    const exact = known.find((item) => item.folded === fold(input.value.trim()));
    if (exact) choose(exact);
    else close();
  });
  return {
    node: h("div", { class: "combobox" }, input, list), input,
    value: () => chosen,
    set: (id) => choose(known.find((item) => item.id === id)),
  };
}

function ranked(known, wanted) {
  if (!wanted) return known;
  const rank = ({ folded }) => {
    const at = folded.indexOf(wanted);
    return at < 0 ? Infinity : at === 0 ? 0 : folded[at - 1] === " " ? 1 : 2;
  };
  return known.filter((item) => rank(item) < Infinity)
    .sort((one, other) => rank(one) - rank(other) || one.name.length - other.name.length || (one.name < other.name ? -1 : 1));
}

function option(item, selected, choose) {
  return h("div", {
    role: "option", id: uniqueId("name"), "aria-selected": String(selected),
    onpointerdown: (event) => { event.preventDefault(); choose(item); },
  }, h("span", {}, item.name), item.note ? h("small", {}, item.note) : null);
}
