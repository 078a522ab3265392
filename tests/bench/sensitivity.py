"""What becomes of the quality when a number of the tuning is halved or doubled.

    python -m tests.bench.sensitivity [PACKAGE ...] [--only NUMBER ...] [--seeds N]

Each number of a package (`services/compare/*/tuning.py`) is tried alone, on made-up pairs of what
that package is for: vectors (`edited_pairs`) for segments, whole videos (`edited_films`) for the
others. Printed is the change of strict (seconds called different rightly, mean over the kinds) and
event (edits found, with their kind). A number that changes nothing has no pair here that needs it,
or does not need to be exact.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

from services.compare.differences import compare_pair
from services.compare.segments.distance import InvalidTrack
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.sequence import align_sequence
from services.compare.timeline import Region
from services.compare.tuning import TUNED, Tuning
from tests.bench.edited_films import PAIRS, EditedVideo
from tests.bench.edited_pairs import CASES, EditedPair, make_pair
from tests.bench.region_scores import Tally, different_seconds, events, mean

PACKAGES = ("segments", *PAIRS)


@dataclass(frozen=True)
class Quality:
    strict: float
    event: float


@dataclass(frozen=True)
class Trial:
    """A number of a package at a multiple of what it is; factor 1 for all as they are."""

    package: str
    number: str = ""
    factor: float = 1.0

    def tuning(self) -> Tuning:
        if self.factor == 1.0:
            return TUNED
        numbers = getattr(TUNED, self.package)
        return replace(TUNED, **{self.package: changed(numbers, self.number, self.factor)})


def changed(numbers: Any, name: str, factor: float) -> Any:
    """The numbers of a package, one of them multiplied; whole ones stay whole and differ."""
    value = getattr(numbers, name)
    multiplied = value * factor
    if isinstance(value, int):
        multiplied = max(round(multiplied), 0)
    return replace(numbers, **{name: multiplied})


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Halves and doubles each number of the tuning.")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=", ".join(PACKAGES))
    parser.add_argument("--seeds", type=int, default=1, help="made-up pairs of each kind")
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--only", nargs="+", default=(), metavar="NUMBER", help="these alone")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.packages) - set(PACKAGES)
    if unknown:
        parser.error(f"no such package: {', '.join(sorted(unknown))}")
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for package in chosen.packages or PACKAGES:
            trials = list(trials_of(package, chosen.only))
            answers = pool.map(quality, trials, [seeds] * len(trials))
            report(trials, answers)


def trials_of(package: str, only: Collection[str] = ()) -> Iterator[Trial]:
    """The numbers as they are first, then each, or those that are named, halved and doubled."""
    yield Trial(package)
    for number in fields(getattr(TUNED, package)):
        if not only or number.name in only:
            yield Trial(package, number.name, 0.5)
            yield Trial(package, number.name, 2.0)


def report(trials: Sequence[Trial], answers: Iterable[Quality]) -> None:
    coming = iter(answers)
    base = next(coming)
    print(f"\n{trials[0].package}: strict {base.strict:.4f}, event {base.event:.4f} as tuned")
    print(f"  {'':<26}{'halved':>10}{'':>8}{'doubled':>11}")
    print(f"  {'number':<26}{'strict':>9}{'event':>9}{'strict':>10}{'event':>9}", flush=True)
    for half, double in zip(trials[1::2], trials[2::2], strict=True):
        assert half.number == double.number
        changes = [
            change
            for found in (next(coming), next(coming))
            for change in (found.strict - base.strict, found.event - base.event)
        ]
        print(f"  {half.number:<26}{''.join(map(_said, changes))}", flush=True)


def _said(change: float) -> str:
    return f"{change:+9.4f}" if abs(change) > 5e-5 else f"{'.':>9}"


def quality(trial: Trial, seeds: Sequence[int]) -> Quality:
    """Of the pairs of a package under a trial's tuning; an answer that fails counts as none."""
    tuning = trial.tuning()
    seconds: dict[str, Tally] = defaultdict(Tally)
    found = Tally()
    for pair in _pairs(trial.package, tuple(seeds)):
        try:
            regions = _regions(pair, tuning)
        except (InvalidTrack, ValueError, IndexError, ZeroDivisionError):
            regions = []
        seconds[pair.kind] += different_seconds(pair.truth, regions)
        found += events(pair.truth, regions)
    return Quality(mean(tally.f1 for tally in seconds.values()), found.f1)


@lru_cache(maxsize=1)
def _pairs(package: str, seeds: tuple[int, ...]) -> Sequence[EditedPair | EditedVideo]:
    if package == "segments":
        return [make_pair(kind, seed) for kind in CASES for seed in seeds]
    return [pair for seed in seeds for pair in PAIRS[package](seed)]


def _regions(pair: EditedPair | EditedVideo, tuning: Tuning) -> Sequence[Region]:
    if isinstance(pair, EditedPair):
        options = AlignmentOptions()
        return align_sequence(pair.a, pair.b, options, tuning=tuning.segments).regions
    compared = compare_pair(pair.a, pair.b, tuning=tuning)
    (regions,) = (
        each.alignment.regions for each in compared.modalities if each.modality is pair.modality
    )
    return regions


if __name__ == "__main__":
    main()
