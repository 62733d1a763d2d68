"""Access tokens: names, roles and hashes, in a file that its owner alone can read, or in the
database that several servers share.

A token is 256 random bits, so a plain SHA-256 of it can be kept: there is nothing to guess.
"""

import fcntl
import hashlib
import hmac
import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from cocktailspace.api.auth.identity import (
    AuthenticationUnavailableError,
    Identity,
    NotAuthenticatedError,
    bearer_token,
)
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import problems_of
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.tokens import (
    Role,
    TokenEntry,
    add_token,
    delete_token,
    list_tokens,
    token_of,
)
from cocktailspace.files import open_lock, replace_file
from cocktailspace.settings import Settings
from cocktailspace.times import Clock

if TYPE_CHECKING:
    from fastapi import Request

PREFIX = "cs_"


class TokenError(Exception):
    """A token command cannot be carried out."""


class TokenList(BaseModel):
    """The file."""

    tokens: list[TokenEntry] = []


class Tokens(ABC):
    """An Authenticator over tokens, wherever they are kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def identify(self, request: "Request") -> Identity:
        """The identity of the request's bearer token. A revoked token is refused at once."""
        entry = self._find(_digest(bearer_token(request)))
        if entry is None:
            raise NotAuthenticatedError("the token is not valid")
        return Identity(entry.name, entry.role, owner=f"token {entry.sha256}")

    def create(self, name: str, role: Role) -> str:
        """Make a token; this is the only time that anybody sees it."""
        token = PREFIX + secrets.token_urlsafe(32)
        try:
            made = TokenEntry(name=name, role=role, sha256=_digest(token), created_at=self._clock())
        except ValidationError as error:
            [problem, *_] = problems_of(error)
            raise TokenError(f"the name {name!r} {problem.message}") from None
        if not self._add(made):
            raise TokenError(f"there is a token named {made.name!r} already; revoke it first")
        return token

    def revoke(self, name: str) -> None:
        """Revoke a token: nobody may write with it any more."""
        if not self._remove(name):
            raise TokenError(f"there is no token named {name!r}; `token list` shows them")

    @abstractmethod
    def is_new(self) -> bool:
        """Whether no token was ever made here."""

    @abstractmethod
    def entries(self) -> list[TokenEntry]:
        """All tokens, without the tokens; TokenError when they cannot be read."""

    @abstractmethod
    def _find(self, sha256: str) -> TokenEntry | None:
        """The token of this digest."""

    @abstractmethod
    def _add(self, made: TokenEntry) -> bool:
        """Keep a token; returns whether its name was free."""

    @abstractmethod
    def _remove(self, name: str) -> bool:
        """Forget a token; returns whether there was one of that name."""


class TokenFile(Tokens):
    """Tokens in a file that several processes of one machine may read and change."""

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(clock)
        self.path = path

    def is_new(self) -> bool:
        """Whether there is no file yet."""
        return not self.path.exists()

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

    def add_all(self, entries: list[TokenEntry]) -> None:
        """Keep tokens that were made elsewhere."""
        with self._changing() as kept:
            kept.extend(entries)

    def _find(self, sha256: str) -> TokenEntry | None:
        found = None
        try:
            entries = self.entries()
        except TokenError as error:
            raise AuthenticationUnavailableError(str(error)) from error
        for entry in entries:  # all of them: the time taken tells nothing
            if hmac.compare_digest(entry.sha256, sha256):
                found = entry
        return found

    def _add(self, made: TokenEntry) -> bool:
        with self._changing() as entries:
            free = all(name_key(entry.name) != name_key(made.name) for entry in entries)
            if free:
                entries.append(made)
        return free

    def _remove(self, name: str) -> bool:
        with self._changing() as entries:
            kept = [entry for entry in entries if name_key(entry.name) != name_key(name.strip())]
            found = len(kept) < len(entries)
            entries[:] = kept
        return found

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


class TokenTable(Tokens):
    """Tokens in the database that several servers share."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.clock)
        self._database = database

    def is_new(self) -> bool:
        """Whether there is no token."""
        return not self.entries()

    def entries(self) -> list[TokenEntry]:
        """All tokens, without the tokens."""
        with self._database.reading() as connection:
            return list_tokens(connection)

    def _find(self, sha256: str) -> TokenEntry | None:
        with self._database.reading() as connection:
            return token_of(connection, sha256)

    def _add(self, made: TokenEntry) -> bool:
        with self._database.transaction() as tx:
            return add_token(tx, made)

    def _remove(self, name: str) -> bool:
        with self._database.transaction() as tx:
            return delete_token(tx, name)


def choose_tokens(settings: Settings, database: Database) -> Tokens:
    """In the database that several servers share; beside a SQLite file, in a file of their own,
    which a backup that is put back leaves alone.
    """
    if database.is_sqlite:
        return TokenFile(settings.tokens_file, database.clock)
    return TokenTable(database)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
