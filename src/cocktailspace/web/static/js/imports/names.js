// One name of the file: what it is taken for, and another answer.

import { h } from "../html.js";
import { combobox } from "../edit/combobox.js";
import { howText, linesText, meaningText } from "./words.js";

/** context: { ingredients: items for a combobox, nameOf(id), decisions(), change(f) } */
export function nameRow(name, context) {
  const said = h("span", { class: "said" });
  const button = h("button", { type: "button", class: "quiet", onclick: edit }, "Change");
  const editor = h("div", { class: "answer" });
  const node = h("li", { class: "named" }, h("b", {}, name.said[0] ?? name.key), " ", said, " ", h("small", { class: "soft" }, remark(name)), button, editor);
  button.setAttribute("aria-label", `Change what “${name.said[0] ?? name.key}” is`);

  function show() {
    const answer = context.decisions().names[name.key];
    said.textContent = `→ ${answer ? answerText(answer, name, context) : meaningText(name)}`;
    node.classList.toggle("decided", Boolean(answer));
  }

  function edit() {
    const kind = h("select", { "aria-label": "What it is" }, h("option", { value: "is" }, "It is"), h("option", { value: "new" }, "It is new, under"));
    const box = combobox(context.ingredients, { label: "Ingredient", exactFirst: true, onTake: (id) => decide(kind.value === "is" ? { ingredient_id: id } : { parent_id: id }) });
    const back = h("button", { type: "button", class: "quiet", onclick: () => decide(null) }, "As it was");
    editor.replaceChildren(kind, box.node, back);
    button.hidden = true;
    box.input.focus();
  }

  function decide(answer) {
    context.change((decisions) => {
      if (answer) decisions.names[name.key] = answer;
      else delete decisions.names[name.key];
    });
    editor.replaceChildren();
    button.hidden = false;
    button.focus();
    show();
  }

  show();
  return { node, show };
}

function answerText(answer, name, { nameOf }) {
  if (answer.ingredient_id) return nameOf(answer.ingredient_id);
  return `new: ${answer.name ?? (name.how === "near" ? name.said[0] : name.name)}, under ${answer.parent_id ? nameOf(answer.parent_id) : "Unsorted"}`;
}

function remark({ said, lines, how }) {
  const others = said.length > 1 ? `; also ${said.slice(1).map((each) => `“${each}”`).join(", ")}` : "";
  return `${linesText(lines)}; ${howText(how)}${others}`;
}
