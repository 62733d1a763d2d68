"""Guards of signing in, and of what is somebody's own: each taken out once, and who must notice.

What an attacker does, the file, the guard's text, what it is replaced by, the tests.
"""

JS = "src/cocktailspace/web/static/js"
OIDC, TABS = f"{JS}/sign-in/oidc.js", f"{JS}/sign-in/at-issuer.js"
RETURN, SYNC = f"{JS}/shell/returning.js", f"{JS}/bar/syncing.js"
AUTH, ROUTES = "src/cocktailspace/api/auth", "src/cocktailspace/api/routes"
UNIT, ME = "tests/web/test_unit.py", "tests/api/test_me.py"
TOKENS = "tests/api/test_oidc.py::test_a_bad_token_is_refused"
SIGN_IN, GATEWAY = "tests/api/test_sign_in.py", "tests/api/test_lambda.py"
BROWSER, OWN = "tests/web/test_signing_in.py", "tests/web/test_own.py"

ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    ("nothing, in the page", "README.md", "cocktailspace", "cocktailspace", UNIT),
    ("nothing, in the API", "README.md", "cocktailspace", "cocktailspace", f"{TOKENS} {ME}"),
    (
        "an answer to another question: the state",
        OIDC,
        '!begun || answer.get("state") !== begun.state',
        "!begun",
        UNIT,
    ),
    (
        "another issuer answers",
        OIDC,
        '(answer.get("iss") ?? config.issuer) !== config.issuer',
        "false",
        UNIT,
    ),
    ("a code of another session: the nonce", OIDC, "claims.nonce !== begun.nonce", "false", UNIT),
    (
        "a stolen code: the challenge is the verifier",
        OIDC,
        'code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: "S256"',
        'code_challenge: begun.verifier, code_challenge_method: "plain"',
        UNIT,
    ),
    ("an ID token of another issuer", OIDC, "claims.iss !== config.issuer || ", "", UNIT),
    ("an ID token for another client", OIDC, " || !ours || ", " || ", UNIT),
    ("an old ID token", OIDC, "!(claims.exp > now - SKEW_SECONDS)", "false", UNIT),
    ("an opaque access token", OIDC, 'access.split(".").length !== 3', "false", UNIT),
    (
        "a renewal for somebody else",
        OIDC,
        "claims && subject && claims.sub !== subject",
        "false",
        UNIT,
    ),
    ("the token endpoint sends elsewhere", OIDC, 'redirect: "error"', 'redirect: "follow"', UNIT),
    (
        "signing out revokes nothing",
        OIDC,
        "if (!config.revocation_endpoint || !token) return;",
        "return;",
        UNIT,
    ),
    (
        "an answer that counts twice",
        RETURN,
        'inTab.write("sign-in", null);',
        "",
        f"{BROWSER}::test_an_answer_that_is_not_right_signs_nobody_in",
    ),
    (
        "a code that stays in the address",
        RETURN,
        'history.replaceState(null, "", `/${begun?.hash ?? ""}`);',
        "",
        f"{BROWSER}::test_an_answer_to_nothing_that_was_asked_signs_nobody_in",
    ),
    (
        "a refresh token that does not rotate is kept",
        TABS,
        "next?.rotates ? next.refresh : null",
        "next?.refresh ?? null",
        f"{BROWSER}::test_a_refresh_token_that_does_not_rotate_is_not_kept",
    ),
    (
        "two tabs renew at once",
        TABS,
        'navigator.locks.request("sign-in", async () => {',
        "Promise.resolve().then(async () => {",
        f"{BROWSER}::test_two_tabs_share_what_one_has_signed_in",
    ),
    (
        "signing out leaves the other tabs signed in",
        TABS,
        'tabs.postMessage("end");',
        "",
        f"{BROWSER}::test_two_tabs_share_what_one_has_signed_in",
    ),
    (
        "the next person at the browser sees the last one's bars",
        SYNC,
        "      keeper.change(nothingKept);\n",
        "",
        f"{OWN}::test_signing_out_takes_what_is_theirs_from_the_browser_and_in_brings_it_back",
    ),
    (
        "somebody else's bars become one's own",
        SYNC,
        "known ? nothing : mine()",
        "mine()",
        f"{OWN}::test_what_is_somebody_elses_is_not_taken_for_ones_own",
    ),
    (
        "an ID token of Cognito",
        f"{AUTH}/groups.py",
        'claims.get("token_use", "access") != "access"',
        "False",
        TOKENS,
    ),
    (
        "a refresh token of Keycloak",
        f"{AUTH}/groups.py",
        'claims.get("typ", "Bearer") != "Bearer"',
        "False",
        TOKENS,
    ),
    (
        "any other ID token",
        f"{AUTH}/groups.py",
        'not claims.keys().isdisjoint({"at_hash", "c_hash"})',
        "False",
        TOKENS,
    ),
    ("a logout token", f"{AUTH}/oidc.py", 'decoded.header.get("typ") in _TYPES and ', "", TOKENS),
    (
        "a token for another audience",
        f"{AUTH}/oidc.py",
        "return self._policy.audience in (named if isinstance(named, list) else [named])",
        "return named is not self",
        TOKENS,
    ),
    (
        "our client's token for another audience",
        f"{AUTH}/oidc.py",
        'claims.get("aud", claims.get("client_id"))',
        'claims.get("client_id") or claims.get("aud")',
        TOKENS,
    ),
    (
        "a token without an end",
        f"{AUTH}/oidc.py",
        '            exp={"essential": True},\n',
        "",
        TOKENS,
    ),
    (
        "a token that is over",
        f"{AUTH}/oidc.py",
        "SKEW_SECONDS = 60\n",
        "SKEW_SECONDS = 600\n",
        TOKENS,
    ),
    (
        "a token of another issuer",
        f"{AUTH}/oidc.py",
        '            iss={"essential": True, "value": policy.issuer},\n',
        "",
        TOKENS,
    ),
    (
        "keys without TLS",
        f"{AUTH}/issuer.py",
        "    require_https(address)\n",
        "",
        "tests/api/test_oidc.py::test_keys_come_over_https_alone",
    ),
    (
        "an endpoint without TLS, or a script",
        "src/cocktailspace/setting_types.py",
        "HttpsAddress = Annotated[str, AfterValidator(require_https)]",
        "HttpsAddress = str",
        SIGN_IN,
    ),
    (
        "the page may send tokens anywhere",
        f"{ROUTES}/app_page.py",
        "*(config.origins if config else ())",
        '"https:"',
        SIGN_IN,
    ),
    (
        "groups of another token than the gateway has verified",
        f"{AUTH}/gateway.py",
        'content.get("sub") != claims.get("sub") or _differ(content, claims)',
        "not content",
        GATEWAY,
    ),
    (
        "a name that is given again",
        f"{AUTH}/tokens.py",
        'owner=f"token {entry.sha256}"',
        "owner=entry.name",
        ME,
    ),
    (
        "somebody without a role edits",
        "src/cocktailspace/api/guarded_route.py",
        "identity.role in (self._role, Role.ADMIN)",
        "identity.role in (self._role, Role.ADMIN, None)",
        ME,
    ),
    (
        "a device overwrites what another one wrote",
        f"{ROUTES}/me.py",
        "            refuse_stale(if_match, get_collection(tx.connection, identity.owner))\n",
        "",
        ME,
    ),
    (
        "what is somebody's own lies in a cache",
        "src/cocktailspace/api/middleware.py",
        '"no-store" if "identity" in',
        '"no-cache" if "identity" in',
        ME,
    ),
    (
        "somebody's imports by their name",
        f"{ROUTES}/imports.py",
        "identity.owner",
        "identity.name",
        "tests/api/test_imports.py",
    ),
    (
        "somebody's response by their name",
        "src/cocktailspace/api/writing.py",
        "_digest(identity.owner, request.method",
        "_digest(identity.name, request.method",
        "tests/api/test_writing.py",
    ),
    (
        "a secret of CloudFront that nobody checks",
        "src/cocktailspace/api/cloudfront.py",
        'if not hmac.compare_digest(headers.pop(SECRET_HEADER, "").encode(), secret.encode()):',
        'if not headers.pop(SECRET_HEADER, "x"):',
        "tests/aws/test_cloudfront.py::"
        "test_whoever_does_not_come_through_cloudfront_is_told_where_the_api_is",
    ),
)
