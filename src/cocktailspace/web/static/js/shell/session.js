// The token that editing needs: kept for this tab, or on this device if asked to.

import { byId, h } from "../html.js";

const KEY = "token";

const stores = () => [sessionStorage, localStorage];

export function readToken() {
  try {
    return stores().map((each) => each.getItem(KEY)).find(Boolean) ?? null;
  } catch {
    return memory;
  }
}

let memory = null;

function keepToken(token, lasting) {
  memory = token;
  try {
    stores().forEach((each) => each.removeItem(KEY));
    if (token) (lasting ? localStorage : sessionStorage).setItem(KEY, token);
  } catch {
    // Storage is blocked: the token lives as long as the page.
  }
}

export const forgetToken = () => keepToken(null, false);

/** Ask for a token; resolves to it, or to null when the person thinks better of it. */
export function askForToken(reason) {
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
      if (token) keepToken(token, lasting.checked);
      resolve(token || null);
    }, { once: true });
    dialog.showModal();
  });
}
