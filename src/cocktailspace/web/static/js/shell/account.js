// Who is signed in: the button that says so, signing out, and what is theirs on the server.

import { createSyncer } from "../bar/syncing.js";
import { byId, h } from "../html.js";
import { toast } from "./toast.js";

const MAY = {
  admin: "You may edit everything.",
  editor: "You may edit recipes and ingredients.",
  none: "You may read; editing takes a role that you do not have.",
};

export function createAccount(store, session, keeper) {
  const button = byId("account"), more = byId("account-more");
  const syncer = createSyncer(store, session, keeper);

  function show() {
    const { person } = store.get();
    const said = person ? `Signed in${person.name ? ` as ${person.name}` : ""}` : "Sign in";
    button.setAttribute("aria-label", said);
    button.title = said;
    button.toggleAttribute("data-signed-in", person !== null);
    if (person) button.setAttribute("popovertarget", "account-more");
    else button.removeAttribute("popovertarget");
    if (!person && more.matches(":popover-open")) more.hidePopover();
    if (person) more.replaceChildren(...details(person));
  }

  const details = (person) => [
    h("p", {}, h("b", {}, person.name || "Signed in")),
    h("p", { class: "small soft" }, person.key ? `${MAY[person.role ?? "none"]} Your bars, notes and lists are kept on the server.` : "The server does not say for now what you may do."),
    h("button", { type: "button", class: "button", onclick: signOut }, "Sign out"),
    h("details", { class: "small" }, h("summary", {}, "Delete what is mine"),
      h("p", {}, "The server forgets your bars, notes and lists, and you are signed out. This browser keeps them."),
      h("button", { type: "button", class: "button", onclick: deleteMine }, "Delete them from the server")),
  ];

  async function signOut() {
    await syncer.leave();
    await session.signOut();
  }

  async function deleteMine() {
    try {
      await syncer.deleteThere();
      await session.signOut();
    } catch (error) {
      toast(error.message);
    }
  }

  store.subscribe(["person"], show);
  show();
}
