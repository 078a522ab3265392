"""How much of a service one caller may have: calls under way, and calls in a time."""

from __future__ import annotations

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

_RETRY_SECONDS = 1.0
# Providers give a customer a whole network of this size; its addresses are one client.
_IPV6_NETWORK_BITS = 64


class Slots:
    """Counts calls under way; refuses those over the limit of all, or of one owner.

    what: the plural of what is counted, for messages.
    total: how many there may be at once.
    per_owner: how many of them one owner may have.
    """

    def __init__(self, what: str, *, total: int, per_owner: int) -> None:
        self._what = what
        self._total = total
        self._per_owner = per_owner
        self._taken: Counter[str] = Counter()

    @contextmanager
    def take(self, owner: str) -> Iterator[None]:
        """Holds one for `owner` while the body runs.

        Raises SageError: TOO_MANY_CALLS when the owner has its share, OVERLOADED when none is left.
        """
        if self._taken[owner] >= self._per_owner:
            raise SageError(
                ErrorReason.ERROR_REASON_TOO_MANY_CALLS,
                f"You have {self._per_owner} {self._what} under way, which is as many as one "
                "workspace may have. End some, or try again when some have ended.",
                metadata={"limit": str(self._per_owner)},
                retry_after=_RETRY_SECONDS,
            )
        if self._taken.total() >= self._total:
            raise SageError(
                ErrorReason.ERROR_REASON_OVERLOADED,
                f"The server has {self._total} {self._what} under way, which is as many as it "
                "takes. Try again in a moment.",
                metadata={"limit": str(self._total)},
                retry_after=_RETRY_SECONDS,
            )
        self._taken[owner] += 1
        try:
            yield
        finally:
            self._taken[owner] -= 1
            if not self._taken[owner]:
                del self._taken[owner]


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How often something may be done: `count` times in `seconds`, and `burst` times at once."""

    count: float
    seconds: float
    burst: int

    def __str__(self) -> str:
        every = "second" if self.seconds == 1 else f"{self.seconds:g} seconds"
        return f"{self.count:g} every {every}, and {self.burst} at once"


class RateLimit:
    """A token bucket for each owner.

    what: the plural of what is counted, for messages.
    remembered: buckets kept; beyond that the one that was used longest ago starts anew.
    """

    def __init__(
        self,
        what: str,
        rate: Rate,
        *,
        remembered: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._rate = rate
        self._refill = rate.count / rate.seconds
        self._remembered = remembered
        self._clock = clock
        # Tokens left, and when that was so; the bucket used last is at the end.
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, owner: str) -> None:
        """Takes one token of `owner`.

        Raises SageError(RATE_LIMITED), with the time to wait, when none is left.
        """
        now = self._clock()
        tokens, since = self._buckets.get(owner, (float(self._rate.burst), now))
        tokens = min(float(self._rate.burst), tokens + (now - since) * self._refill)
        allowed = tokens >= 1
        self._buckets[owner] = (tokens - allowed, now)
        self._buckets.move_to_end(owner)
        if len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        if not allowed:
            wait = max((1 - tokens) / self._refill, 0.001)
            raise SageError(
                ErrorReason.ERROR_REASON_RATE_LIMITED,
                f"Too many {self._what}: {self._rate} are allowed. Try again in {wait:.3g} s.",
                metadata={
                    "limit": f"{self._rate.count:g}",
                    "seconds": f"{self._rate.seconds:g}",
                    "burst": str(self._rate.burst),
                },
                retry_after=wait,
            )


def client_of(address: str) -> str:
    """The client that an IP address stands for: itself, or the network of an IPv6 customer."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, _IPV6_NETWORK_BITS), strict=False))
