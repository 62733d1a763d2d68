"""Who a client is, and how many writes a minute, good or failed, are its own."""

import time
from ipaddress import AddressValueError, IPv6Address, IPv6Network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import HTTPConnection

from cocktailspace.api.errors import TooManyRequestsError


def client_of(request: HTTPConnection) -> str:
    """The viewer's address, as far as the server and the proxies that it trusts can tell.

    Of IPv6 it is the network of 64 bits: so many addresses are one customer's to choose from.
    """
    host = request.client.host if request.client else "unknown"
    try:
        return str(IPv6Network((IPv6Address(host), 64), strict=False))
    except AddressValueError:
        return host


class WriteBudgets:
    """Counts writes by identity and failed attempts by client address, each on its own: whoever
    has a good token is not stopped by strangers that share the address.
    """

    def __init__(self, per_minute: int) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(per_minute)

    def count_write(self, identity: str) -> None:
        """Count a write; TooManyRequestsError when it is one too many."""
        self._count("identity", identity, "too many writes with your token")

    def count_failure(self, client: str) -> None:
        """Count an attempt without a valid token; TooManyRequestsError likewise."""
        self._count("client", client, "too many writes without a valid token from your address")

    def _count(self, kind: str, who: str, message: str) -> None:
        if not self._limiter.hit(self._limit, kind, who):
            reset_at, _ = self._limiter.get_window_stats(self._limit, kind, who)
            raise TooManyRequestsError(message, max(1, round(reset_at - time.time())))
