// Writing: as who is signed in, asking for that when nobody is, or when it is over.

import { request } from "../data/api.js";
import { TOKEN_MAKER, TOKEN_REFUSED, bearer } from "../shell/session.js";

/** Thrown when the person closes the dialog that asks for a token: nothing was written. */
export class CancelledError extends Error {}

const FIRST = {
  token: `Reading is open to all; adding and changing is for those with a token. ${TOKEN_MAKER}`,
  issuer: "Reading is open to all; adding and changing is for those who are signed in. What you wrote is kept.",
};
const REFUSED = {
  token: TOKEN_REFUSED,
  issuer: "You are no longer signed in. What you wrote is kept: sign in, and save it then.",
};

export function createWriter({ announce, written, session }) {
  const kind = session.atIssuer ? "issuer" : "token";

  async function send(path, options) {
    let token = (await session.token()) ?? (await ask(FIRST[kind]));
    for (let renewed = false; ;) {
      try {
        const answer = await request(path, { ...options, headers: { ...options.headers, ...bearer(token) } });
        written();
        return answer;
      } catch (error) {
        if (error.status !== 401 || renewed) throw error;
        const other = await session.refused(token);
        renewed = other !== null; // refused twice, it is not the token's age
        token = other ?? (await ask(REFUSED[kind]));
      }
    }
  }

  async function ask(reason) {
    const token = await session.ask(reason);
    if (!token) throw new CancelledError("nothing was written");
    return token;
  }

  return {
    send,
    create: (path, json, key, { confirm = false } = {}) => send(confirmed(path, confirm), { method: "POST", json, headers: { "Idempotency-Key": key } }),
    replace: (path, json, etag, { confirm = false } = {}) => send(confirmed(path, confirm), { method: "PUT", json, headers: { "If-Match": etag } }),
    merge: (path, into, etag) => send(`${path}/merge`, { method: "POST", json: { into }, headers: etag ? { "If-Match": etag } : {} }),
    /** A file of a catalogue: what it does not say stays as it is. */
    bring: (json) => send("/catalogue/import", { method: "POST", json }),
    remove: (path, etag = null) => send(path, { method: "DELETE", headers: etag ? { "If-Match": etag } : {} }),
    async refreshNow() {
      try {
        await send("/refresh", { method: "POST" });
        announce("Refresh asked for");
      } catch (error) {
        if (!(error instanceof CancelledError)) announce(explain(error));
      }
    },
  };
}

/** The address by which a name is made although it looks like another. */
const confirmed = (path, confirm) => (confirm ? `${path}?confirm=true` : path);

/** An error in words for who was about to save. */
export function explain(error) {
  if (error.status === 403) return `This token may not do that: ${error.message}`;
  if (error.status === 429) return `Too many edits for now. Try again in ${error.retryAfter ?? "some"} seconds; nothing is lost.`;
  if (error.status === 0) return "The server cannot be reached. Nothing is lost: try again when it is back.";
  return error.message;
}

/** A key that makes sending the same thing twice harmless. */
export function idempotencyKey() {
  // Not randomUUID, which browsers keep from pages without TLS.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
