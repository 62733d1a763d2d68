"""Access tokens of one machine: a file of names, roles and hashes, readable by its owner alone.

A token is 256 random bits, so a plain SHA-256 of it can be kept: there is nothing to guess.
"""

import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, ValidationError

from cocktailspace.api.auth.identity import (
    AuthenticationUnavailableError,
    Identity,
    NotAuthenticatedError,
    Role,
    bearer_token,
)
from cocktailspace.catalogue.errors import problems_of
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.values import Name
from cocktailspace.files import open_lock, replace_file
from cocktailspace.times import Clock

if TYPE_CHECKING:
    from fastapi import Request

PREFIX = "cs_"


class TokenError(Exception):
    """A token command cannot be carried out."""


class TokenEntry(BaseModel):
    """What is known of a token: everything but the token."""

    name: Name
    role: Role
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    created_at: datetime


class TokenList(BaseModel):
    """The file."""

    tokens: list[TokenEntry] = []


class TokenFile:
    """An Authenticator over a file that several processes may read and change."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self._clock = clock

    def identify(self, request: "Request") -> Identity:
        """The identity of the request's bearer token. A revoked token is refused at once."""
        digest = _digest(bearer_token(request))
        found = None
        try:
            entries = self.entries()
        except TokenError as error:
            raise AuthenticationUnavailableError(str(error)) from error
        for entry in entries:  # all of them: the time taken tells nothing
            if hmac.compare_digest(entry.sha256, digest):
                found = Identity(entry.name, entry.role, owner=f"token {entry.sha256}")
        if found is None:
            raise NotAuthenticatedError("the token is not valid")
        return found

    def entries(self) -> list[TokenEntry]:
        """All tokens, without the tokens; TokenError when the file cannot be read."""
        try:
            return TokenList.model_validate_json(self.path.read_bytes()).tokens
        except FileNotFoundError:
            return []
        except OSError as error:
            message = f"{self.path} cannot be read ({error.strerror}); see to its owner and rights"
            raise TokenError(message) from error
        except ValidationError:
            message = f"{self.path} is damaged; delete it and make new tokens"
            raise TokenError(message) from None

    def create(self, name: str, role: Role) -> str:
        """Make a token; this is the only time that anybody sees it."""
        token = PREFIX + secrets.token_urlsafe(32)
        try:
            made = TokenEntry(name=name, role=role, sha256=_digest(token), created_at=self._clock())
        except ValidationError as error:
            [problem, *_] = problems_of(error)
            raise TokenError(f"the name {name!r} {problem.message}") from None
        with self._changing() as entries:
            if any(name_key(entry.name) == name_key(made.name) for entry in entries):
                raise TokenError(f"there is a token named {made.name!r} already; revoke it first")
            entries.append(made)
        return token

    def revoke(self, name: str) -> None:
        """Revoke a token: nobody may write with it any more."""
        with self._changing() as entries:
            kept = [entry for entry in entries if name_key(entry.name) != name_key(name.strip())]
            if len(kept) == len(entries):
                raise TokenError(f"there is no token named {name!r}; `token list` shows them")
            entries[:] = kept

    @contextmanager
    def _changing(self) -> Iterator[list[TokenEntry]]:
        """The entries to change; they are written, all or nothing, when nothing was raised."""
        lock = open_lock(self.path.with_name(f"{self.path.name}.lock"), mode=0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            entries = self.entries()
            yield entries
            text = TokenList(tokens=entries).model_dump_json(indent=1)
            replace_file(self.path, text.encode(), mode=0o600)
        finally:
            os.close(lock)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
