"""What the page needs to sign people in at an OpenID Connect issuer: addresses, nothing secret."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from cocktailspace.api.auth.issuer import Issuer
from cocktailspace.api.cloudfront import SITE
from cocktailspace.artifacts.store import ArtifactStore, StoreError
from cocktailspace.setting_types import HttpsAddress, Scopes

logger = logging.getLogger(__name__)

STORED_SECONDS = 300.0


class SignInConfig(BaseModel):
    """The issuer, as whose client people sign in, and where.

    audience: what the access token must be for, where that is not the client itself.
    """

    model_config = ConfigDict(frozen=True)

    issuer: HttpsAddress
    client_id: str
    scopes: Scopes
    audience: str | None = None
    authorization_endpoint: HttpsAddress
    token_endpoint: HttpsAddress
    revocation_endpoint: HttpsAddress | None = None
    end_session_endpoint: HttpsAddress | None = None

    @property
    def origins(self) -> list[str]:
        """Hosts that the page must be let fetch from: those of tokens and of their revocation."""
        used = (self.token_endpoint, self.revocation_endpoint)
        parts = [urlsplit(address) for address in used if address]
        return sorted({f"{each.scheme}://{each.netloc}" for each in parts})


def sign_in_config(
    metadata: Mapping[str, Any], *, client_id: str, scopes: str, audience: str | None
) -> SignInConfig:
    """The configuration by an issuer's discovery document; ValueError for one that will not do."""
    named = {name: metadata.get(name) for name in SignInConfig.model_fields if name in metadata}
    return SignInConfig.model_validate(
        named
        | {
            "client_id": client_id,
            "scopes": scopes,
            "audience": None if audience == client_id else audience,
        }
    )


class SignIn(Protocol):
    """Tells how the page signs people in."""

    def __call__(self) -> SignInConfig | None:
        """The configuration; None where people paste a token, or nobody knows for now."""
        ...


def no_sign_in() -> None:
    """There is no issuer."""


class SignInAtIssuer:
    """A SignIn by what an issuer says of itself."""

    def __init__(self, issuer: Issuer, *, client_id: str, scopes: str, audience: str) -> None:
        self._issuer = issuer
        self._ours = {"client_id": client_id, "scopes": scopes, "audience": audience}

    def __call__(self) -> SignInConfig | None:
        """None as long as the issuer has never answered."""
        found = self._issuer.known()
        if found is None:
            return None
        try:
            return sign_in_config(found.metadata, **self._ours)
        except ValueError as error:
            logger.warning("nobody can sign in at %s: %s", self._issuer.address, error)
            return None


class StoredSignIn:
    """A SignIn by an object of the store, for an API that reaches no issuer (Lambda in a VPC)."""

    def __init__(
        self, store: ArtifactStore, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self._found: SignInConfig | None = None
        self._until = -1.0

    def __call__(self) -> SignInConfig | None:
        """The object is read again after five minutes."""
        if self._monotonic() > self._until:
            self._found = self._read()
            self._until = self._monotonic() + STORED_SECONDS
        return self._found

    def _read(self) -> SignInConfig | None:
        try:
            said = json.loads(self._store.read(SITE).body).get("sign_in")
            return SignInConfig.model_validate(said) if said else None
        except (StoreError, ValueError) as error:
            logger.warning("nobody can sign in: %s: %s", SITE, error)
            return self._found
