// What all forms do: keep what is written until it is saved, save once, and say what went wrong where it did.

import { all, h } from "../html.js";
import { draftKeeper, noKeeper } from "./draft-keeper.js";
import { showProblems } from "./fields.js";
import { CancelledError, explain, idempotencyKey } from "./writer.js";

/**
 * read() gives the draft, check(draft) its problems; create and replace send it; saved(answer)
 * goes on; compare(draft, choices) gives the box of a conflict; load(current) fills the form.
 * With capture() and restore(values) what is typed is kept as the draft of `form` until it is saved.
 * @param {{ path: string, id: number | null, etag?: string, form?: string, fields: () => any[], read: () => any, check: (draft: any) => any[],
 *   saved: (answer: any) => any, compare?: (draft: any, choices: any) => Promise<any>, load: (current: any) => void, capture?: (() => any) | null, restore: (values: any) => void,
 *   writer: any, save?: string, cancel: () => void, nodes: any }} parts
 */
export function formShell({ path, id, etag, form, fields, read, check, saved, compare, load, capture, restore, writer, save = "Save", cancel, nodes }) {
  const drafts = capture ? draftKeeper(form, { capture, restore, etag }) : noKeeper;
  const problem = h("div", { role: "alert" });
  const button = h("button", { class: "button primary" }, save);
  let key = idempotencyKey(), sent = "", alike = "";

  async function submit(event) {
    event?.preventDefault();
    const draft = read();
    problem.replaceChildren();
    const wrong = check(draft);
    if (report(wrong)) return;
    button.disabled = true;
    try {
      const answer = await write(draft);
      drafts.discard();
      await saved(answer);
    } catch (error) {
      await failed(error, draft);
    } finally {
      button.disabled = false;
    }
  }

  function write(draft) {
    const confirm = alike !== "" && alike === draft.name;
    if (id !== null) return writer.replace(`${path}/${id}`, draft, drafts.version, { confirm });
    const text = JSON.stringify(draft);
    if (text !== sent) [sent, key] = [text, idempotencyKey()]; // the same draft sent again is one recipe
    return writer.create(path, draft, key, { confirm });
  }

  async function failed(error, draft) {
    if (error instanceof CancelledError) return;
    if (error.status === 412) return clash(draft);
    if (error.code === "alike") {
      alike = draft.name;
      say("Save again to keep the name as it is.");
    }
    if (!report(error.problems ?? [])) say(explain(error));
  }

  /** Put problems where they belong; whether there are any. */
  function report(problems) {
    const unplaced = showProblems(fields(), problems);
    if (unplaced.length) say(unplaced.join(" "));
    return problems.length > 0;
  }

  function say(text) {
    problem.replaceChildren(h("p", { class: "problem" }, text));
    problem.scrollIntoView({ block: "nearest" });
  }

  async function clash(draft) {
    try {
      const { current, etag: newer, box, heading } = await compare(draft, { keepMine, takeTheirs });
      drafts.version = newer;
      problem.replaceChildren(box);
      heading.focus();
      box.scrollIntoView({ block: "start" });
      function takeTheirs() { problem.replaceChildren(); load(current); }
    } catch (error) {
      say(error.status === 404 ? "Somebody deleted it meanwhile. What you wrote is still here." : explain(error));
    }
    function keepMine() { problem.replaceChildren(); submit(); }
  }

  const leave = (event) => {
    event.stopPropagation(); // or the form would keep its draft
    drafts.discard();
    cancel();
  };
  return h("form", {
    class: "form", novalidate: true, onsubmit: submit, onkeydown: (event) => enter(event, submit),
    oninput: drafts.changed, onchange: drafts.changed, onclick: drafts.changed, onkeyup: drafts.changed,
  }, drafts.note, problem, nodes,
  h("div", { class: "actions" }, button, h("button", { type: "button", class: "button", onclick: leave }, "Cancel")));
}

/** Enter goes on to the next field, so that none saves by accident; Ctrl+Enter saves. */
function enter(event, submit) {
  if (event.key !== "Enter" || event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    submit(event); // which may lead to a field with a problem
    return;
  }
  if (event.target.tagName !== "INPUT") return;
  event.preventDefault();
  const fields = all("input, select, textarea", event.currentTarget);
  fields[fields.indexOf(event.target) + 1]?.focus();
}
