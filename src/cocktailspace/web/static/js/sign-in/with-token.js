// Signing in with a token of this server: kept for this tab, or on this device if asked to.

import { request } from "../data/api.js";
import { byId, h } from "../html.js";
import { TOKEN_MAKER, TOKEN_REFUSED, bearer } from "../shell/session.js";
import { inTab, onDevice } from "../storage.js";

const KEY = "token";

let memory = null; // where storage is blocked, the token lives as long as the page

const readToken = () => inTab.read(KEY) ?? onDevice.read(KEY) ?? memory;

function keepToken(token, lasting) {
  for (const each of [inTab, onDevice]) each.write(KEY, null);
  memory = (lasting ? onDevice : inTab).write(KEY, token) ? null : token;
}

/** @param {(who: { name: string | null } | null) => void} changed */
export function createWay(_config, _returned, changed) {
  const ask = async (reason) => {
    let given = await askForToken(reason);
    while (given && !await isAccepted(given.token)) given = await askForToken(TOKEN_REFUSED);
    if (!given) return null;
    keepToken(given.token, given.lasting);
    changed({ name: null });
    return given.token;
  };
  if (readToken()) changed({ name: null });
  return {
    token: async () => readToken(),
    async refused() {
      keepToken(null, false);
      changed(null);
      return null;
    },
    ask,
    signIn: () => ask(`With one you can edit, and your bars, notes and lists are kept for you on the server. ${TOKEN_MAKER}`),
    async end() {
      keepToken(null, false);
      changed(null);
    },
  };
}

/** False when the server says no; when it says nothing, what is done with the token will show. */
const isAccepted = (token) => request("/me", { headers: bearer(token), cache: "no-store" }).then(() => true, (error) => error.status !== 401);

/** Ask for a token; resolves to it and whether to remember it, or to null when the person thinks better of it. */
function askForToken(reason) {
  const dialog = byId("sign-in");
  return new Promise((resolve) => {
    const field = h("input", { id: "token", type: "password", autocomplete: "off", required: true, "aria-describedby": "token-why" });
    const lasting = h("input", { type: "checkbox", id: "token-lasting" });
    const form = h("form", { class: "form", method: "dialog" },
      h("h2", { id: "sign-in-title" }, "Editing needs a token"),
      h("p", { id: "token-why", class: "lede" }, reason),
      h("label", { for: "token" }, "Token"), field,
      h("label", { class: "check", for: "token-lasting" }, lasting, "Remember it on this device"),
      h("div", { class: "actions" },
        h("button", { class: "button primary", value: "use" }, "Use it"),
        h("button", { class: "button", value: "cancel", type: "button", onclick: () => dialog.close("cancel") }, "Cancel")));
    dialog.replaceChildren(form);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      const token = dialog.returnValue === "use" ? field.value.trim() : "";
      resolve(token ? { token, lasting: lasting.checked } : null);
    }, { once: true });
    dialog.showModal();
  });
}
