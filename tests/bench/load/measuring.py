"""What was measured: times by action, errors by reason, and what each process took."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psutil

_SAMPLE_SECONDS = 0.5
_MIB = 1024 * 1024


@dataclass
class Times:
    """Seconds of each action that went well, and the errors of those that did not."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return sum(len(each) for each in self.seconds.values())

    def all(self) -> list[float]:
        return [each for times in self.seconds.values() for each in times]


def quantile(times: Sequence[float], share: float) -> float:
    """The smallest time within which that share of all ended; 0 where there is none."""
    ordered = sorted(times)
    if not ordered:
        return 0.0
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, kw_only=True)
class Use:
    """What the processes of one part took. cores: on average. mebibytes: the most, resident."""

    cores: float
    mebibytes: float


class Processes:
    """Everything that a launcher started, by the part that it belongs to.

    A confined process is its service's, a worker of the store the store's.
    """

    def __init__(self, launcher: int) -> None:
        self._launcher = psutil.Process(launcher)
        self._spent: dict[tuple[int, float], tuple[str, float]] = {}
        self._memory: dict[str, float] = {}

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[dict[str, Use]]:
        """Fills the answer when the body ends."""
        found: dict[str, Use] = {}
        self._spent, self._memory = {}, {}
        self._look()
        before, began = self._cpu(), time.monotonic()
        looking = asyncio.create_task(self._keep_looking(), name="processes")
        try:
            yield found
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
            self._look()
            took = time.monotonic() - began
            for part, seconds in self._cpu().items():
                cores = (seconds - before.get(part, 0.0)) / took
                found[part] = Use(cores=cores, mebibytes=self._memory.get(part, 0.0))

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_SAMPLE_SECONDS)
            self._look()

    def _look(self) -> None:
        memory: dict[str, float] = defaultdict(float)
        for part, process in self._parts():
            with suppress(psutil.Error):
                times = process.cpu_times()
                key = process.pid, process.create_time()
                self._spent[key] = part, times.user + times.system
                memory[part] += process.memory_info().rss / _MIB
        for part, size in memory.items():
            self._memory[part] = max(self._memory.get(part, 0.0), size)

    def _cpu(self) -> Mapping[str, float]:
        """Seconds by part, those of processes that have ended included as far as they were seen."""
        spent: dict[str, float] = defaultdict(float)
        for part, seconds in self._spent.values():
            spent[part] += seconds
        return spent

    def _parts(self) -> list[tuple[str, psutil.Process]]:
        found = []
        with suppress(psutil.Error):
            for child in self._launcher.children():
                with suppress(psutil.Error):
                    part = part_of(child.cmdline())
                    family = [child, *child.children(recursive=True)]
                    found += [(part, each) for each in family]
        return found


def part_of(command: Sequence[str]) -> str:
    """The part that a command line starts."""
    words = " ".join(command)
    for part in ("ingest", "embed", "compare"):
        if f"services.{part}" in words:
            return part
    if "nanio" in words:
        return "store"
    return "gateway" if "envoy" in words else "other"
