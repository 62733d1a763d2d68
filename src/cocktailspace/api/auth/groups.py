"""What the groups of a verified token allow, whoever verified it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cocktailspace.api.auth.identity import Identity, NotAllowedError, NotAuthenticatedError, Role


@dataclass(frozen=True, slots=True)
class GroupRoles:
    """Which claim lists a user's groups, and which of them may do what."""

    claim: str
    editor: str
    admin: str

    def identity_of(self, claims: Mapping[str, Any]) -> Identity:
        """Who the claims are about; NotAllowedError when none of the groups may write."""
        subject = claims.get("sub")
        if not subject:
            raise NotAuthenticatedError("the token does not say whose it is")
        groups = _listed(claims.get(self.claim))
        for group, role in ((self.admin, Role.ADMIN), (self.editor, Role.EDITOR)):
            if group in groups:
                return Identity(str(subject), role)
        raise NotAllowedError("your token is valid, but none of its groups may write")


def _listed(value: object) -> Collection[str]:
    """A list of names; a text is one name, whatever is in it."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    return ()
