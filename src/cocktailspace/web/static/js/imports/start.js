// The way in: drop a file, choose one or paste a text; go on with what was begun.

import { dateShort } from "../format.js";
import { h, uniqueId } from "../html.js";
import { CancelledError, explain } from "../edit/writer.js";
import { mappingForm } from "./mapping.js";
import { plan, takeOffered } from "./sending.js";

const FORMATS = "CSV and spreadsheets, JSON, YAML, Bar Assistant's exports, saved web pages, Markdown, plain text";

export async function startView(context) {
  const { writer, router } = context;
  const problem = h("div", { role: "alert" });
  const told = h("p", { role: "status", class: "small soft" });
  const drop = dropPlace((file) => send(file));
  const paste = pasteForm((text) => send(new Blob([text], { type: "text/plain" })));
  const place = h("div", { class: "import" },
    h("p", { class: "lede" }, "A list, a spreadsheet, another program's export. You see what would become of it before anything changes, and can undo it as a whole."),
    drop.node, told, problem, paste.node, await earlier(context));

  async function send(file, mapping) {
    place.setAttribute("aria-busy", "true");
    told.textContent = "Reading …";
    problem.replaceChildren();
    try {
      router.go({ view: "import", id: (await plan(writer, file, mapping)).id });
    } catch (error) {
      if (!(error instanceof CancelledError)) problem.replaceChildren(failed(error, (meanings) => send(file, meanings)));
    } finally {
      place.removeAttribute("aria-busy");
      told.textContent = "";
    }
  }

  const offered = takeOffered();
  if (offered) queueMicrotask(() => send(offered));
  return [place];
}

/** What went wrong; where only the columns are not understood, the question what they are. */
function failed(error, again) {
  const headers = (error.problems ?? []).map(({ place }) => /^map\[(.*)\]$/.exec(place)?.[1]).filter(Boolean);
  if (headers.length) return mappingForm(headers, { question: "Which column is what? The file does not say.", send: again });
  const said = (error.problems ?? []).map(({ message }) => message).join(" ");
  return h("p", { class: "problem" }, error.status === 413 ? "The file is too large to be sent: split it, or use “cocktailspace import”." : said || explain(error));
}

function dropPlace(take) {
  const id = uniqueId("file");
  const input = h("input", { type: "file", id, onchange: () => { if (input.files[0]) take(input.files[0]); input.value = ""; } });
  const node = h("div", { class: "drop", ondragenter: over, ondragover: over, ondragleave: () => node.classList.remove("over"), ondrop: dropped },
    h("label", { for: id }, "Choose a file, or drop it here"), input, h("p", { class: "small soft" }, FORMATS));

  function over(event) {
    event.preventDefault();
    node.classList.add("over");
  }

  function dropped(event) {
    event.preventDefault();
    event.stopPropagation();
    node.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  }
  return { node };
}

function pasteForm(take) {
  const id = uniqueId("paste");
  const text = h("textarea", { id, rows: "6", spellcheck: "false", placeholder: "Negroni\n\n30 ml gin\n30 ml Campari\n30 ml sweet vermouth\nStir over ice." });
  const submit = (event) => {
    event.preventDefault();
    if (text.value.trim()) take(text.value);
    else text.focus();
  };
  return { node: h("form", { class: "form", onsubmit: submit },
    h("label", { for: id }, "Or paste a text"), text,
    h("div", { class: "actions" }, h("button", { class: "button" }, "Read it"))) };
}

/** What this person began or carried out before. */
async function earlier({ writer, router }) {
  const { items } = (await writer.send("/catalogue/imports", {})).body;
  if (!items.length) return null;
  return h("section", {},
    h("h3", {}, "Begun before"),
    h("ul", { class: "rows" }, items.map(({ id, file, state, created_at: at }) => h("li", {}, h("a", { class: "row", href: router.link({ view: "import", id, search: "" }) },
      h("span", { class: "name" }, file), h("span", { class: "value" }, state === "planned" ? "go on" : "brought in"),
      h("span", { class: "why" }, state === "planned" ? `Planned ${dateShort(at)}; kept for an hour` : `Brought in ${dateShort(at)}; can be undone`))))));
}
