"""What gives in first as the load rises: plain functions of what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.load.measuring import Use

# A machine whose cores are that busy has no more to give.
_BUSY = 0.9
# Refusals that are worth a word.
_ERRORS = 0.01
# More people, and hardly more done: something is at its end.
_GAIN = 1.1


@dataclass(frozen=True, kw_only=True)
class Level:
    """One number of people at once.

    per_second: what was done. p50, p95, p99: seconds. errors: by reason. uses: by part, the people
    themselves (`load`) included. elsewhere: cores that others on the machine took.
    """

    people: int
    per_second: float
    p50: float
    p95: float
    p99: float
    errors: Mapping[str, int]
    done: int
    uses: Mapping[str, Use]
    elsewhere: float
    cores: int

    @property
    def error_share(self) -> float:
        failed = sum(self.errors.values())
        return failed / max(1, failed + self.done)

    @property
    def busy(self) -> float:
        """The share of the machine's cores in use, by whomever."""
        return (sum(each.cores for each in self.uses.values()) + self.elsewhere) / self.cores


def first_limit(levels: Sequence[Level]) -> str:
    """A sentence that names the first thing that saturates."""
    for before, level in zip([None, *levels], levels, strict=False):
        if level.error_share > _ERRORS:
            reason, count = max(level.errors.items(), key=lambda it: it[1])
            return f"With {_people(level)} {reason} comes first: {count} times."
        if before is None or level.per_second > _GAIN * before.per_second:
            continue
        if level.busy >= _BUSY:
            return f"With {_people(before)} all {level.cores} cores are in use. {_most(level)}"
        part, use = max(level.uses.items(), key=lambda it: it[1].cores)
        return (
            f"With {_people(before)} nothing more is done, though {1 - level.busy:.0%} of the "
            f"cores are free: {part} is at {use.cores:.2f} cores, and others wait for it."
        )
    return f"Nothing, up to {_people(levels[-1])}."


def _people(level: Level) -> str:
    return "one person" if level.people == 1 else f"{level.people} people"


def _most(level: Level) -> str:
    told = sorted(level.uses.items(), key=lambda it: -it[1].cores)
    shares = ", ".join(f"{part} {use.cores:.2f}" for part, use in told[:4])
    others = f"; others on this machine {level.elsewhere:.2f}" if level.elsewhere > 0.1 else ""
    return f"They go to: {shares}{others}."
