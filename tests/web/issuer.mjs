// An OpenID Connect issuer for tests: the certified oidc-provider with one public client, the page.
// node issuer.mjs PORT SITE SECONDS: anybody may sign in, under any name; whoever's begins with "editor"
// or "admin" is in that group. Access tokens live SECONDS.

import Provider from "oidc-provider";

const [port, site, seconds] = process.argv.slice(2);
const GROUPS = ["editor", "admin"];

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: "page", token_endpoint_auth_method: "none", redirect_uris: [`${site}/signed-in`], post_logout_redirect_uris: [`${site}/`],
    grant_types: ["authorization_code", "refresh_token"], response_types: ["code"],
  }],
  clientBasedCORS: (_ctx, origin) => origin === site,
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: process.env.ROTATE !== "no",
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: `The ${id}` }) }),
  claims: { openid: ["sub", "name"] },
  conformIdTokenClaims: false, // the name is in the ID token
  extraTokenClaims: (_ctx, token) => ({ groups: GROUPS.filter((each) => token.accountId?.startsWith(each)) }),
  features: {
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, resource) => ({ scope: "", audience: resource, accessTokenFormat: "jwt", accessTokenTTL: Number(seconds), jwt: { sign: { alg: "RS256" } } }),
    },
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
