// Who is signed in: at an issuer where the server names one, else with a token. The store has it as
// `person`: { name, role, key }, where key stands for them in what this browser keeps.

import { request } from "../data/api.js";
import { config } from "./returning.js";

export const TOKEN_MAKER = "Whoever runs this server has an admin's from its first start, and makes others with “cocktailspace token new NAME --role editor”.";
export const TOKEN_REFUSED = "The server does not accept this token; it may be mistyped or revoked.";
const UNKNOWN = { name: null, role: null, key: null };

/** Gives { token(), refused(token), ask(reason), signIn(), signOut() }; a token is null where there is none. */
export function createSession(store, returned) {
  let way = null;
  let asked = 0;

  const load = () => (way ??= (config ? import("../sign-in/at-issuer.js") : import("../sign-in/with-token.js"))
    .then((module) => module.createWay(config, returned, changed)));

  async function changed(who) {
    const turn = ++asked;
    if (!who) return store.set({ person: null });
    const me = await ours().catch((error) => (error.status === 401 ? UNKNOWN : null));
    if (turn !== asked) return undefined;
    if (me === UNKNOWN && !config) return (await load()).refused(); // an issuer's is renewed by who writes
    return store.set({ person: { name: who.name ?? me?.name ?? "", role: me?.role ?? null, key: me?.key ?? null } });
  }

  /** What the server knows of who is signed in. */
  async function ours() {
    const token = await (await load()).token();
    return token && (await request("/me", { headers: bearer(token), cache: "no-store" })).body;
  }

  load();

  return {
    token: async () => (await load()).token(),
    refused: async (token) => (await load()).refused(token),
    ask: async (reason) => (await load()).ask(reason),
    signIn: async () => (await load()).signIn(),
    signOut: async () => (await load()).end(),
  };
}

export const bearer = (token) => ({ Authorization: `Bearer ${token}` });
