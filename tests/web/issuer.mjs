// An OpenID Connect issuer for tests: the certified oidc-provider with one public client, the page.
// node issuer.mjs PORT SITE SECONDS any|pool: anybody may sign in, under any name; whoever's begins with
// "editor" or "admin" is in that group. Access tokens live SECONDS; those of a pool are as Cognito makes
// them. Refresh tokens of "…still" do not rotate, access tokens of "…opaque" are not JWTs.

import Provider from "oidc-provider";

const [port, site, seconds, kind] = process.argv.slice(2);
const GROUPS = ["editor", "admin"];
const pool = kind === "pool";

/** Whose tokens are being made. */
const account = ({ oidc: { entities } }) => (entities.RefreshToken ?? entities.AuthorizationCode)?.accountId ?? "";
/** Cognito's access tokens have no audience, and say what they are for. */
const asCognito = (_ctx, _token, jwt) => {
  const { aud, groups, ...claims } = jwt.payload;
  jwt.payload = { ...claims, token_use: "access", "cognito:groups": groups };
  Object.defineProperty(jwt.payload, "aud", { get: () => aud, set: () => {} }); // the provider must see one; it is not written
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: "page", token_endpoint_auth_method: "none", redirect_uris: [`${site}/signed-in`], post_logout_redirect_uris: [`${site}/`],
    grant_types: ["authorization_code", "refresh_token"], response_types: ["code"],
  }],
  clientBasedCORS: (_ctx, origin) => origin === site,
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: (ctx) => !account(ctx).endsWith("still"),
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: `The ${id}` }) }),
  claims: { openid: ["sub", "name"] },
  conformIdTokenClaims: false, // the name is in the ID token
  extraTokenClaims: (_ctx, token) => ({ groups: GROUPS.filter((each) => token.accountId?.startsWith(each)) }),
  ...(pool && { formats: { customizers: { jwt: asCognito } } }),
  features: {
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      ...(pool && { defaultResource: () => `${site}/`, useGrantedResource: () => true }),
      getResourceServerInfo: (ctx, resource) => ({ scope: "", audience: resource, accessTokenFormat: account(ctx).endsWith("opaque") ? "opaque" : "jwt", accessTokenTTL: Number(seconds), jwt: { sign: { alg: "RS256" } } }),
    },
  },
});
provider.on("server_error", (_ctx, error) => console.error(error));
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
