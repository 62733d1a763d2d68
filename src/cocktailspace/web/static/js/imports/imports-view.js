// Bringing in what somebody has: a file or a pasted list becomes a plan, which is decided, carried out, and undone if it was a mistake.

import { h } from "../html.js";
import { CancelledError } from "../edit/writer.js";
import { TOKEN_MAKER } from "../shell/session.js";
import { planView } from "./plan-view.js";
import { startView } from "./start.js";

const TITLE = "Bring in recipes";

export function importsView(context) {
  return async ({ id }, _mapData, signal) => {
    if (!await context.session.token()) return signedOut(context);
    try {
      return { title: TITLE, nodes: id === null ? await startView(context) : await planView(id, { ...context, signal }) };
    } catch (error) {
      if (error instanceof CancelledError) return signedOut(context);
      if (error.status === 404) return { title: TITLE, nodes: [gone(), ...await startView(context)] };
      throw error;
    }
  };
}

const gone = () => h("p", { class: "problem", role: "alert" }, "This plan is not here any more: one lasts an hour, and is its maker's alone. Start it anew.");

function signedOut({ again, session }) {
  const reason = "Bringing in recipes is for those who may edit.";
  async function signIn() {
    if (await session.ask(session.atIssuer ? reason : `${reason} ${TOKEN_MAKER}`)) again();
  }
  return {
    title: TITLE,
    nodes: [
      h("p", { class: "lede" }, "Whoever may edit here can bring in a list, a spreadsheet or another program's export."),
      h("p", {}, "You are not signed in.", session.atIssuer ? null : ` It takes a token. ${TOKEN_MAKER}`),
      h("div", { class: "actions" }, h("button", { type: "button", class: "button primary", onclick: signIn }, "Sign in")),
    ],
  };
}
