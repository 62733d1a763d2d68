// What of signing in cannot wait: the rest is fetched when it is needed (shell/session.js).

import { byId } from "../html.js";

const CALLBACK = "/signed-in";

/** The issuer at which people sign in, as the server names it; null where they have a token. */
export const config = JSON.parse(byId("sign-in-config").textContent);

/** What the issuer sent back with somebody, taken out of the address before anything else reads it. */
export function takeReturn() {
  if (location.pathname !== CALLBACK) return null;
  const answer = new URLSearchParams(location.search);
  const begun = JSON.parse(takeKept("sign-in") ?? "null");
  history.replaceState(null, "", `/${begun?.hash ?? ""}`);
  return { answer, begun };
}

/** Whether it is worth a look: an issuer's tokens may be in another tab. */
export function mayBeSignedIn() {
  try {
    return config !== null || [sessionStorage, localStorage].some((each) => each.getItem("token"));
  } catch {
    return false;
  }
}

function takeKept(key) {
  try {
    const value = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return value;
  } catch {
    return null;
  }
}
