"""Leases that survive clocks: who holds one says so by a beat, and silence is measured here.

A lease is a row that names its holder and carries a beat, which the holder changes again and again
while it lives. Nobody reads a time out of it. Whoever wants to take the work over looks at the row
repeatedly, and may take it once the beat has stayed the same for a lease's length on the looking
process's own monotonic clock. Clocks of machines may be wrong, differ or jump: no lease ends early
or late by it. What a lease cannot give is exclusion (its holder may only be slow), so each
attempt is fenced: a holder writes only while the row still names its own attempt.

The price: a process that has just started must look for a whole length before it takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from time import monotonic

# Looks within a lease's length; with fewer, one that comes late would be the only one.
_LOOKS_PER_LEASE = 3


class LeaseWatch:
    """Which leases have run out, as far as this process has seen."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """clock: seconds, never set back."""
        self._clock = clock
        self._looked = clock()
        # By lease: its beat, and since when it has been seen unchanged.
        self._seen: dict[str, tuple[Hashable, float]] = {}

    def look(self, beats: Mapping[str, Hashable], length: float) -> set[str]:
        """Takes in all leases as they are now; answers with those that have run out.

        beats: by lease, whatever changes with its holder and with each sign of life.
        length: seconds of silence after which a lease has run out.
        """
        moment = self._clock()
        if moment - self._looked > length:
            # Whoever did not look (the process was stopped, the database away) saw no silence.
            self._seen = {}
        self._looked = moment
        self._seen = {
            lease: (beat, self._unchanged_since(lease, beat, moment))
            for lease, beat in beats.items()
        }
        return {lease for lease, (_, since) in self._seen.items() if moment - since >= length}

    def next_look(self, length: float) -> float | None:
        """Seconds until it is worth looking again; None when no lease can run out.

        One that has run out, and that nobody took, is no reason to look more often.
        """
        now = self._clock()
        silent = [now - since for _, since in self._seen.values() if now - since < length]
        if not silent:
            return None
        longest = max(silent)
        return max(min(length - longest, length / _LOOKS_PER_LEASE), 0.0)

    def forget(self) -> None:
        """Starts anew: for a while holders may have been unable to show that they live."""
        self._seen = {}

    def _unchanged_since(self, lease: str, beat: Hashable, moment: float) -> float:
        known = self._seen.get(lease)
        return known[1] if known is not None and known[0] == beat else moment
