"""What sweeps have removed, for those who run SAGE: a line each time, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import structlog

log = structlog.get_logger()


class Swept:
    """Counts what sweeps of this process have removed since it started, by what it was."""

    def __init__(self) -> None:
        self._counts = Counter[str]()

    def add(self, what: str, count: int) -> None:
        """what: a plural that log and metric name it by, `videos`."""
        # A rate needs a zero to rise from.
        self._counts[what] += count
        if count:
            log.info("swept", what=what, count=count)

    def counts(self) -> Mapping[tuple[str, ...], float]:
        """For metrics: labels to how many, since the start of the process."""
        return {(what,): count for what, count in self._counts.items()}
