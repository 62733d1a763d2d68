"""What the groups of a verified token allow, whoever verified it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cocktailspace.api.auth.identity import Identity, NotAuthenticatedError
from cocktailspace.catalogue.tokens import Role


@dataclass(frozen=True, slots=True)
class GroupRoles:
    """Which claim lists a user's groups, and which of them may do what."""

    claim: str
    editor: str
    admin: str

    def identity_of(self, claims: Mapping[str, Any]) -> Identity:
        """Who the claims of an access token are about; without a role when no group may write.

        A token for another purpose, which says who somebody is or renews others, is refused.
        """
        issuer, subject = claims.get("iss"), claims.get("sub")
        if not issuer or not subject:
            raise NotAuthenticatedError("the token does not say whose it is")
        if _has_another_use(claims):
            raise NotAuthenticatedError("the token is no access token")
        groups = _listed(claims.get(self.claim))
        roles = ((self.admin, Role.ADMIN), (self.editor, Role.EDITOR))
        role = next((role for group, role in roles if group in groups), None)
        return Identity(str(subject), role, owner=f"{issuer} {subject}")


def _has_another_use(claims: Mapping[str, Any]) -> bool:
    """Whether the claims are not an access token's: Cognito says `token_use`, Keycloak `typ`, and
    only ID tokens have the hash of another token or of a code.
    """
    return (
        claims.get("token_use", "access") != "access"
        or claims.get("typ", "Bearer") != "Bearer"
        or not claims.keys().isdisjoint({"at_hash", "c_hash"})
    )


def _listed(value: object) -> Collection[str]:
    """A list of names; a text is one name, whatever is in it."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    return ()
