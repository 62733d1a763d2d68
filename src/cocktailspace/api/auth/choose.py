"""Who may write and how the page signs people in, as the settings have it."""

from cocktailspace.api.auth.groups import GroupRoles
from cocktailspace.api.auth.identity import Authenticator
from cocktailspace.api.auth.oidc import OidcAuthenticator, OidcPolicy
from cocktailspace.api.auth.sign_in import SignIn, SignInAtIssuer, no_sign_in
from cocktailspace.api.auth.tokens import choose_tokens
from cocktailspace.catalogue.database import Database
from cocktailspace.settings import Settings


def choose_authenticator(settings: Settings, database: Database) -> Authenticator:
    """An OpenID Connect issuer's tokens where one is set, else the tokens made here."""
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        return choose_tokens(settings, database)
    return OidcAuthenticator(
        OidcPolicy(
            issuer=settings.oidc_issuer,
            audience=settings.oidc_audience,
            roles=group_roles(settings),
        )
    )


def choose_sign_in(settings: Settings, authenticator: Authenticator) -> SignIn:
    """At the issuer whose tokens are taken, where the page is a client of it."""
    if settings.oidc_client_id is None or not isinstance(authenticator, OidcAuthenticator):
        return no_sign_in
    return SignInAtIssuer(
        authenticator.issuer,
        client_id=settings.oidc_client_id,
        scopes=settings.oidc_scopes,
        audience=settings.oidc_audience or settings.oidc_client_id,
    )


def group_roles(settings: Settings) -> GroupRoles:
    """The roles that groups of a token have."""
    return GroupRoles(
        settings.oidc_groups_claim, settings.oidc_editor_group, settings.oidc_admin_group
    )
