"""Times and stretches of A as notes say them."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_TOLD = 3


def clock(seconds: float) -> str:
    """`0:41`, `1:02:07`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def stretches(found: Sequence[tuple[float, float]]) -> str:
    """`from 0:10 to 0:20 and from 0:31 to 0:33`, or how many there are and how long."""
    if len(found) > _MOST_TOLD:
        seconds = sum(end - start for start, end in found)
        first = clock(found[0][0])
        return f"in {len(found)} stretches, {seconds:.1f} s in all, the first at {first}"
    return " and ".join(f"from {exact(start)} to {exact(end)}" for start, end in found)


def exact(seconds: float) -> str:
    """`0:41.20`: to a hundredth of a second."""
    minutes, rest = divmod(round(seconds, 2), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:05.2f}" if hours else f"{minutes}:{rest:05.2f}"
