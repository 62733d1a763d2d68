// Signing in at an OpenID Connect issuer. Tokens live in the memory of the open tabs, which share them;
// a refresh token is also kept for this tab, if it rotates: then a copy is worth nothing once it is used.

import { byId, h } from "../html.js";
import { toast } from "../shell/toast.js";
import { inTab } from "../storage.js";
import { SignInError, authorizationAddress, begin, codeOf, exchange, renew, revoke, signOutAddress } from "./oidc.js";

const BEGUN = "sign-in", REFRESH = "refresh-token";
const EARLY_MS = 30_000; // so long before its end a token is renewed
const OTHERS_MS = 150; // other tabs answer within this time, or there are none

/**
 * @param {import("./oidc.js").Config} config
 * @param {{ answer: URLSearchParams, begun: any } | null} returned what the issuer sent back with somebody
 * @param {(who: { name: string | null } | null) => void} changed
 */
export function createWay(config, returned, changed) {
  /** @type {{ access: string, refresh: string | null, rotates: boolean, until: number, subject: string | null, name: string | null } | null} */
  let tokens = null;
  const tabs = new BroadcastChannel("sign-in");
  const callback = `${location.origin}/signed-in`;
  const left = () => ({ ...tokens, until: tokens.until - performance.now() }); // each tab has a clock of its own

  tabs.addEventListener("message", ({ data }) => {
    if (data === "who?" && tokens) tabs.postMessage({ tokens: left() });
    if (data === "end") take(null);
    if (data?.tokens) take({ ...data.tokens, until: data.tokens.until + performance.now() });
  });

  function take(next) {
    const other = next?.subject !== tokens?.subject || !next !== !tokens;
    tokens = next;
    inTab.write(REFRESH, next?.rotates ? next.refresh : null);
    if (other) changed(next && { name: next.name });
  }

  /** @param {import("./oidc.js").Granted} granted */
  function use({ access, refresh, seconds, claims }) {
    const before = tokens?.refresh ?? null;
    take({
      access, refresh: refresh ?? before, rotates: refresh !== null && before !== null ? refresh !== before : tokens?.rotates ?? false,
      until: performance.now() + 1000 * seconds, subject: claims?.sub ?? tokens?.subject ?? null, name: nameOf(claims) ?? tokens?.name ?? null,
    });
    tabs.postMessage({ tokens: left() });
  }

  /** One tab at a time renews, with what the others have by then; null where that cannot be. */
  function renewed(old) {
    return navigator.locks.request("sign-in", async () => {
      if (tokens && tokens.access === old) await othersHave(old);
      if (!tokens) return null;
      if (tokens.access !== old) return tokens.access;
      if (!tokens.refresh) {
        take(null); // it is over, and nothing renews it
        return null;
      }
      try {
        use(await renew(config, tokens.refresh, tokens.subject));
        return tokens.access;
      } catch (error) {
        if (!(error instanceof SignInError)) throw error;
        take(null); // it was used before, revoked, or is over
        return null;
      }
    });
  }

  /** Ask the other tabs; what they say is taken as it comes. */
  async function othersHave(old) {
    tabs.postMessage("who?");
    const until = performance.now() + OTHERS_MS;
    while (performance.now() < until && (tokens?.access ?? null) === old) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async function start() {
    if (returned) {
      const code = codeOf(returned.answer, returned.begun, config);
      use(await exchange(config, code, returned.begun, callback));
      const first = tokens;
      if (!first.refresh || await renewed(first.access)) return; // which shows whether it rotates
      if (!tokens) take({ ...first, refresh: null });
      return;
    }
    await othersHave(null);
    const stored = inTab.read(REFRESH);
    if (tokens || !stored) return;
    tokens = { access: "", refresh: stored, rotates: true, until: 0, subject: null, name: null };
    if (await renewed("")) changed({ name: tokens.name });
  }

  const started = start().catch((error) => toast(error.message));

  return {
    async token() {
      await started;
      if (!tokens) return null;
      return tokens.until - performance.now() > EARLY_MS ? tokens.access : (await renewed(tokens.access)) ?? null;
    },
    refused: (token) => renewed(token),
    ask: (reason) => askToSignIn(reason, () => signIn(config, callback)),
    signIn: () => signIn(config, callback),
    async end() {
      const refresh = tokens?.refresh;
      take(null);
      tabs.postMessage("end");
      await revoke(config, refresh);
      const away = signOutAddress(config, `${location.origin}/`);
      if (away) location.assign(away);
    },
  };
}

async function signIn(config, callback) {
  if (!crypto.subtle) return toast("Signing in needs https.");
  const begun = begin();
  if (!inTab.write(BEGUN, JSON.stringify({ ...begun, hash: location.hash }))) return toast("This browser keeps nothing, so nobody can sign in.");
  return location.assign(await authorizationAddress(config, begun, callback));
}

/** Resolves to null when the person thinks better of it; else the page goes to the issuer. */
function askToSignIn(reason, go) {
  const dialog = byId("sign-in");
  return new Promise((resolve) => {
    dialog.replaceChildren(h("form", { class: "form", method: "dialog" },
      h("h2", { id: "sign-in-title" }, "Sign in to go on"),
      h("p", { class: "lede" }, reason),
      h("div", { class: "actions" },
        h("button", { class: "button primary", value: "go" }, "Sign in"),
        h("button", { class: "button", type: "button", onclick: () => dialog.close("cancel") }, "Cancel"))));
    dialog.returnValue = "";
    dialog.addEventListener("close", () => (dialog.returnValue === "go" ? go() : resolve(null)), { once: true });
    dialog.showModal();
  });
}

const nameOf = (claims) => claims?.name || claims?.preferred_username || claims?.email || null;
