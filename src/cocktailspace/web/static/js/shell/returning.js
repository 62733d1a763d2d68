// What of signing in cannot wait: the rest is fetched when it is needed (shell/session.js).

import { byId } from "../html.js";
import { inTab, onDevice } from "../storage.js";

const CALLBACK = "/signed-in";

/** The issuer at which people sign in, as the server names it; null where they have a token. */
export const config = JSON.parse(byId("sign-in-config").textContent);

/** What the issuer sent back with somebody, taken out of the address before anything else reads it. */
export function takeReturn() {
  if (location.pathname !== CALLBACK) return null;
  const answer = new URLSearchParams(location.search);
  const begun = inTab.readJson("sign-in");
  inTab.write("sign-in", null);
  history.replaceState(null, "", `/${begun?.hash ?? ""}`);
  return { answer, begun };
}

/** Whether it is worth a look: an issuer's tokens may be in another tab. */
export const mayBeSignedIn = () => Boolean(config ?? inTab.read("token") ?? onDevice.read("token"));
