// Writing: with the token, asking for one when it is missing or refused.

import { request } from "../data/api.js";
import { askForToken, forgetToken, readToken } from "../shell/session.js";

/** Thrown when the person closes the dialog that asks for a token: nothing was written. */
export class CancelledError extends Error {}

export function createWriter({ announce, written }) {
  async function send(path, options) {
    let token = readToken() ?? (await ask("Reading is open to all; adding and changing is for those with a token. Whoever runs this server makes one with “cocktailspace token new”."));
    for (;;) {
      try {
        const answer = await request(path, { ...options, headers: { ...options.headers, Authorization: `Bearer ${token}` } });
        written();
        return answer;
      } catch (error) {
        if (error.status !== 401) throw error;
        forgetToken();
        token = await ask("The server does not accept this token; it may be mistyped or revoked.");
      }
    }
  }

  return {
    send,
    create: (path, json, key, { confirm = false } = {}) => send(confirmed(path, confirm), { method: "POST", json, headers: { "Idempotency-Key": key } }),
    replace: (path, json, etag, { confirm = false } = {}) => send(confirmed(path, confirm), { method: "PUT", json, headers: { "If-Match": etag } }),
    merge: (path, into, etag) => send(`${path}/merge`, { method: "POST", json: { into }, headers: etag ? { "If-Match": etag } : {} }),
    remove: (path, etag) => send(path, { method: "DELETE", headers: etag ? { "If-Match": etag } : {} }),
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

async function ask(reason) {
  const token = await askForToken(reason);
  if (!token) throw new CancelledError("nothing was written");
  return token;
}

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
