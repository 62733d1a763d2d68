// OpenID Connect, the part that a page needs: authorization code with PKCE (RFC 7636), nonce, the
// issuer's name in its answer (RFC 9207), refresh tokens, revocation (RFC 7009), RP-initiated logout.

const SKEW_SECONDS = 300; // what this device's clock may be off; lives are counted from the answer on
const LONGEST_ERROR = 200;
const OPAQUE = "You are not signed in: the issuer's access tokens are of a kind that only the issuer itself can read (opaque). Whoever runs this site must have it give signed ones (JWT).";

/**
 * @typedef {{ issuer: string, client_id: string, scopes: string, audience: string | null, authorization_endpoint: string,
 *   token_endpoint: string, revocation_endpoint: string | null, end_session_endpoint: string | null }} Config as the server gives it
 * @typedef {{ state: string, nonce: string, verifier: string }} Begun what the page remembers while somebody is at the issuer
 * @typedef {{ access: string, refresh: string | null, seconds: number, claims: any }} Granted
 */

/** Thrown when a sign-in cannot be trusted or was refused. */
export class SignInError extends Error {}

/** @returns {Begun} */
export const begin = () => ({ state: randomText(), nonce: randomText(), verifier: randomText() });

/**
 * Where to send somebody who wants to sign in.
 * @param {Config} config
 * @param {Begun} begun
 * @param {string} callback
 */
export async function authorizationAddress(config, begun, callback) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(begun.verifier));
  return addressWith(config.authorization_endpoint, {
    response_type: "code", client_id: config.client_id, redirect_uri: callback, scope: config.scopes, state: begun.state, nonce: begun.nonce,
    code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: "S256",
    ...(config.audience && { audience: config.audience }), ...resource(config),
  });
}

/**
 * The code of the issuer's answer, which is to this page's own question.
 * @param {URLSearchParams} answer
 * @param {Begun | null} begun
 * @param {Config} config
 */
export function codeOf(answer, begun, config) {
  if (!begun || answer.get("state") !== begun.state) throw new SignInError("This sign-in was not begun here. Try again.");
  if ((answer.get("iss") ?? config.issuer) !== config.issuer) throw new SignInError("Another issuer answered than was asked.");
  const error = answer.get("error");
  if (error === "access_denied") throw new SignInError("Signing in was cancelled.");
  if (error) throw new SignInError(`The issuer refused: ${(answer.get("error_description") ?? error).slice(0, LONGEST_ERROR)}`);
  const code = answer.get("code");
  if (!code) throw new SignInError("The issuer's answer has no code. Try again.");
  return code;
}

/**
 * Tokens for a code.
 * @param {Config} config
 * @param {Begun} begun
 * @returns {Promise<Granted>}
 */
export async function exchange(config, code, begun, callback) {
  const answer = await post(config.token_endpoint, {
    grant_type: "authorization_code", client_id: config.client_id, code, redirect_uri: callback, code_verifier: begun.verifier, ...resource(config),
  });
  const claims = checkedClaims(answer.id_token, config);
  if (claims.nonce !== begun.nonce) throw new SignInError("The issuer answered another question than was asked. Try again.");
  return granted(answer, claims);
}

/**
 * New tokens for a refresh token. subject: whose they must be, where that is known.
 * @param {Config} config
 * @returns {Promise<Granted>}
 */
export async function renew(config, refresh, subject) {
  const answer = await post(config.token_endpoint, { grant_type: "refresh_token", client_id: config.client_id, refresh_token: refresh, ...resource(config) });
  const claims = answer.id_token ? checkedClaims(answer.id_token, config) : null;
  if (claims && subject && claims.sub !== subject) throw new SignInError("The issuer answered for somebody else.");
  return granted(answer, claims);
}

/** Have the issuer forget a token; that it cannot be reached is no reason to stay. */
export async function revoke(config, token) {
  if (!config.revocation_endpoint || !token) return;
  await post(config.revocation_endpoint, { client_id: config.client_id, token }).catch(() => {});
}

/**
 * Where somebody signs out at the issuer; no token is in it. Cognito calls the way back by another name.
 * @param {Config} config
 */
export const signOutAddress = (config, back) => (config.end_session_endpoint
  ? addressWith(config.end_session_endpoint, { client_id: config.client_id, post_logout_redirect_uri: back, logout_uri: back }) : null);

/** What the access token is for (RFC 8707), where that has an address. */
const resource = ({ audience }) => (audience?.startsWith("https://") ? { resource: audience } : {});

/** @returns {Granted} */
function granted({ access_token: access, refresh_token: refresh, expires_in: seconds, token_type: type }, claims) {
  if (typeof access !== "string" || String(type).toLowerCase() !== "bearer") throw new SignInError("The issuer gave no token that could be used.");
  if (access.split(".").length !== 3) throw new SignInError(OPAQUE);
  return { access, refresh: typeof refresh === "string" ? refresh : null, seconds: Number(seconds) || SKEW_SECONDS, claims };
}

/**
 * What an ID token says. It comes from the token endpoint over TLS, which vouches for it (OpenID Connect
 * Core 3.1.3.7); what a token allows, the server decides by the access token's signature.
 * @param {Config} config
 */
export function checkedClaims(token, config, now = Date.now() / 1000) {
  let claims;
  try {
    claims = JSON.parse(new TextDecoder().decode(bytesOf(token.split(".")[1])));
  } catch {
    throw new SignInError("The issuer's answer cannot be read.");
  }
  const audiences = [claims.aud].flat();
  const ours = audiences.includes(config.client_id) && (audiences.length === 1 || claims.azp === config.client_id);
  if (claims.iss !== config.issuer || !ours || typeof claims.sub !== "string") throw new SignInError("The issuer's answer is for somebody else.");
  if (!(claims.exp > now - SKEW_SECONDS)) throw new SignInError("The issuer's answer is too old; is this device's clock right?");
  return claims;
}

async function post(address, fields) {
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" });
  } catch {
    throw new Error("The issuer cannot be reached.");
  }
  if (answer.status >= 500) throw new Error("The issuer does not answer for now.");
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new SignInError(said.error === "invalid_grant" ? "The issuer does not accept it any more." : `The issuer refused (${String(said.error ?? answer.status).slice(0, LONGEST_ERROR)}).`);
  return said;
}

function addressWith(endpoint, options) {
  const address = new URL(endpoint);
  for (const [name, value] of Object.entries(options)) address.searchParams.set(name, value);
  return address.href;
}

const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
