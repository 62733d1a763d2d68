"""An OpenID Connect issuer, found by discovery."""

import json
import logging
import math
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from cocktailspace.api.auth.identity import AuthenticationUnavailableError
from cocktailspace.setting_types import require_https

logger = logging.getLogger(__name__)

CACHE_SECONDS = 3600.0
STALE_SECONDS = 24 * 3600.0
REFETCH_SECONDS = 30.0
FAILED_SECONDS = 5.0
_FETCH_TIMEOUT = 3.0
_MOST_BYTES = 1_000_000
_UNAVAILABLE = "the issuer of tokens does not answer for now; try again"


@dataclass(frozen=True, slots=True)
class Discovered:
    """What an issuer publishes: where its endpoints are, and its public keys."""

    metadata: Mapping[str, Any]
    keys: KeySet


class Issuer:
    """An issuer's public keys and the addresses of its endpoints, cached for an hour.

    One caller at a time fetches them, and holds no lock meanwhile: the others go on with the cached
    keys, or get AuthenticationUnavailableError at once where these do not help.
    """

    def __init__(
        self, issuer: str, fetch: Callable[[str], Any], monotonic: Callable[[], float]
    ) -> None:
        self.address = issuer.rstrip("/")
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._cached: Discovered | None = None
        self._fetched_at = self._failed_at = -math.inf
        self._fetching = False

    def current(self) -> Discovered:
        """The cached keys, or new ones once these are too old; the old ones for up to a day while
        the issuer does not answer.
        """
        cached, age = self._cached, self._age()
        if cached is not None and age < CACHE_SECONDS:
            return cached
        try:
            return self._fetched()
        except AuthenticationUnavailableError:
            if cached is None or age > STALE_SECONDS:
                raise
            return cached

    def newer_than(self, known: Discovered) -> Discovered | None:
        """Keys fetched after the known ones, or now; None if those are at most half a minute old.

        So there is at most one good fetch each half minute, however many bad tokens come.
        """
        with self._lock:
            if self._cached is not known:
                return self._cached
            if self._age() < REFETCH_SECONDS:
                return None
        return self._fetched()

    def known(self) -> Discovered | None:
        """What was found, however long ago; asks the issuer, at most once in half a minute, where
        nothing was.
        """
        if self._cached is None and self._monotonic() - self._failed_at > REFETCH_SECONDS:
            with suppress(AuthenticationUnavailableError):
                return self._fetched()
        return self._cached

    def _age(self) -> float:
        return self._monotonic() - self._fetched_at

    def _fetched(self) -> Discovered:
        """New keys; AuthenticationUnavailableError while somebody else fetches them, and for some
        seconds after that failed.
        """
        with self._lock:
            if self._fetching or self._monotonic() - self._failed_at < FAILED_SECONDS:
                raise AuthenticationUnavailableError(_UNAVAILABLE)
            self._fetching = True
        try:
            found = self._load()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
            logger.warning("the issuer %s cannot be asked: %s", self.address, error)
            self._failed_at = self._monotonic()
            raise AuthenticationUnavailableError(_UNAVAILABLE) from error
        else:
            with self._lock:
                self._cached, self._fetched_at = found, self._monotonic()
            return found
        finally:
            self._fetching = False

    def _load(self) -> Discovered:
        discovered = self._fetch(f"{self.address}/.well-known/openid-configuration")
        if discovered["issuer"].rstrip("/") != self.address:
            raise ValueError("the discovery document is another issuer's")
        keys = KeySet.import_key_set(self._fetch(discovered["jwks_uri"]))
        return Discovered(discovered, keys)


def fetch_json(address: str) -> Any:
    """A JSON document over HTTPS (or over HTTP from this machine), bounded in size and time."""
    require_https(address)
    until = time.monotonic() + _FETCH_TIMEOUT
    body = b""
    with urllib.request.urlopen(address, timeout=_FETCH_TIMEOUT) as answer:  # noqa: S310 - checked
        require_https(answer.url)  # after any redirection
        while part := answer.read1(_MOST_BYTES):
            body += part
            if len(body) > _MOST_BYTES:
                raise ValueError(f"{address} is too large")
            if time.monotonic() > until:
                raise TimeoutError(f"{address} takes too long")
    return json.loads(body)
