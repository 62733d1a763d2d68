import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import {
  authorizationAddress, begin, checkedClaims, codeOf, exchange, renew, revoke, signOutAddress,
} from "../../../src/cocktailspace/web/static/js/sign-in/oidc.js";

const CALLBACK = "https://bar.example.org/signed-in", JWT = "a.b.c", LATER = Date.now() / 1000 + 600;
const begun = { state: "s", nonce: "n", verifier: "v" };
const claims = { iss: "https://issuer.example.org", aud: "page", sub: "eve", nonce: "n", exp: LATER };
const token = (said) => `e30.${Buffer.from(JSON.stringify(said)).toString("base64url")}.x`;

/** What the issuer answers next, and what it was asked. */
let answer, status, asked;
let config, server;

before(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    asked = { path: request.url, ...Object.fromEntries(new URLSearchParams(body)) };
    if (status === 302) response.setHeader("Location", "/elsewhere");
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const at = `http://127.0.0.1:${server.address().port}`;
  config = {
    issuer: claims.iss, client_id: "page", scopes: "openid", audience: "https://api.example.org", authorization_endpoint: `${at}/auth`,
    token_endpoint: `${at}/token`, revocation_endpoint: `${at}/revoke`, end_session_endpoint: `${at}/logout`,
  };
});
after(() => server.close());

/** The issuer answers with these tokens. */
function give(said = {}, code = 200) {
  answer = { access_token: JWT, token_type: "Bearer", expires_in: 60, refresh_token: "r1", id_token: token(claims), ...said };
  status = code;
}
const swapped = () => exchange(config, "c", begun, CALLBACK);
const said = (text) => codeOf(new URLSearchParams(text), begun, config);

test("a question has a challenge, a state and a nonce, and none of what proves them", async () => {
  const first = begin();
  const address = new URL(await authorizationAddress(config, first, CALLBACK));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(first.verifier));
  assert.equal(address.searchParams.get("code_challenge"), Buffer.from(digest).toString("base64url"));
  assert.equal(address.searchParams.get("code_challenge_method"), "S256");
  assert.equal(address.searchParams.get("state"), first.state);
  assert.equal(address.searchParams.get("nonce"), first.nonce);
  assert.equal(address.searchParams.get("resource"), config.audience);
  assert.ok(!address.href.includes(first.verifier));
  assert.ok(new Set([...Object.values(first), ...Object.values(begin())]).size === 6);
  assert.ok(first.verifier.length >= 43);
});

test("an answer counts that is this issuer's, to the question that was asked", () => {
  assert.equal(said("code=c&state=s"), "c");
  assert.equal(said(`code=c&state=s&iss=${encodeURIComponent(claims.iss)}`), "c");
});

for (const [text, why] of [
  ["code=c&state=other", /not begun here/], ["code=c", /not begun here/], ["error=access_denied&state=other", /not begun here/],
  ["code=c&state=s&iss=https://evil.example.org", /Another issuer/], ["error=access_denied&state=s", /cancelled/],
  ["error=server_error&error_description=Out+of+gin&state=s", /refused: Out of gin/], ["state=s", /no code/],
]) test(`an answer that is not right signs nobody in: ${text}`, () => assert.throws(() => said(text), why));

test("an answer to nothing that was asked signs nobody in", () => {
  assert.throws(() => codeOf(new URLSearchParams("code=c&state=s"), null, config), /not begun here/);
  assert.throws(() => codeOf(new URLSearchParams("code=c"), null, config), /not begun here/);
});

test("a code goes to the issuer with its verifier, and tokens come back", async () => {
  give();
  const { access, refresh, seconds, claims: known } = await swapped();
  assert.deepEqual([access, refresh, seconds, known.sub], [JWT, "r1", 60, "eve"]);
  assert.deepEqual([asked.path, asked.code, asked.code_verifier, asked.redirect_uri], ["/token", "c", "v", CALLBACK]);
});

for (const [what, change, why] of [
  ["another issuer", { iss: "https://evil.example.org" }, /somebody else/], ["another client", { aud: "other" }, /somebody else/],
  ["several clients, none of which asked", { aud: ["page", "other"] }, /somebody else/], ["nobody", { sub: undefined }, /somebody else/],
  ["another question", { nonce: "other" }, /another question/], ["the past", { exp: 1000 }, /too old/],
]) test(`an ID token for ${what} signs nobody in`, async () => {
  give({ id_token: token({ ...claims, ...change }) });
  await assert.rejects(swapped, why);
});

test("an ID token for several clients counts for the one that asked", () => {
  assert.equal(checkedClaims(token({ ...claims, aud: ["page", "other"], azp: "page" }), config).sub, "eve");
});

for (const [what, change, why] of [
  ["that only the issuer can read", { access_token: "opaque" }, /only the issuer itself can read/],
  ["of another kind", { token_type: "DPoP" }, /no token that could be used/], ["that is none", { access_token: 1 }, /no token/],
  ["without a word on whose it is", { id_token: undefined }, /cannot be read/],
]) test(`an access token ${what} signs nobody in`, async () => {
  give(change);
  await assert.rejects(swapped, why);
});

test("what is renewed is the same person's", async () => {
  give({ id_token: undefined, refresh_token: undefined });
  assert.deepEqual((await renew(config, "r1", "eve")).refresh, null);
  assert.equal(asked.refresh_token, "r1");
  give();
  await assert.rejects(renew(config, "r1", "mallory"), /somebody else/);
});

test("an issuer that refuses, fails or sends elsewhere gives nothing", async () => {
  give({ error: "invalid_grant" }, 400);
  await assert.rejects(swapped, /does not accept it/);
  give({}, 503);
  await assert.rejects(swapped, /does not answer/);
  give({}, 302);
  await assert.rejects(swapped, /cannot be reached/);
  assert.equal(asked.path, "/token"); // and the code went nowhere else
});

test("signing out revokes, and has no token in its address", async () => {
  give();
  await revoke(config, "r1");
  assert.deepEqual([asked.path, asked.token], ["/revoke", "r1"]);
  const address = new URL(signOutAddress(config, "https://bar.example.org/"));
  assert.deepEqual([...address.searchParams.keys()].sort(), ["client_id", "logout_uri", "post_logout_redirect_uri"]);
});
