"""How fast and how right the alignment is.

    OPENBLAS_NUM_THREADS=1 python -m tests.bench.alignment [--seeds N] [--data DIR]

Times are processor time, the best of several runs, beside their peers in the same run. The quality
is that on made-up pairs (`edited_pairs`), other ones for every `--first-seed`, or on a folder of
cases in the format of `services.compare.evaluate` with a `truth.json`.
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.compare.evaluate import load_case
from services.compare.segments.distance import Metric, pairwise_distances
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.sequence import align_sequence
from services.compare.timeline import Region, RegionKind, SegmentTrack
from tests.bench.edited_pairs import CASES, EditedPair, make_pair
from tests.bench.region_scores import (
    Tally,
    different_seconds,
    events,
    is_right,
    mean,
    rank_agreement,
)

_DIMENSIONS = 512
_FOUR_HOURS = 7200


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="How fast and how right the alignment is.")
    parser.add_argument("--seeds", type=int, default=6, help="made-up pairs of each kind")
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--data", type=Path, help="a folder of cases with their truth")
    chosen = parser.parse_args(arguments)
    if chosen.data:
        report_quality(load_folder(chosen.data))
        return
    report_index()
    report_sequence()
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
    report_quality([make_pair(kind, seed) for kind in CASES for seed in seeds])


def report_index() -> None:
    random = np.random.default_rng(0)
    a = random.standard_normal((_FOUR_HOURS, _DIMENSIONS)).astype(np.float32)
    b = a + random.standard_normal(a.shape).astype(np.float32)
    reading = best_of(15, lambda: (a.sum(), b.sum()))
    rows = [
        ("reading both matrices", reading),
        ("INDEX, cosine", best_of(15, lambda: pairwise_distances(a, b, Metric.COSINE))),
        ("INDEX, Euclidean", best_of(15, lambda: pairwise_distances(a, b, Metric.EUCLIDEAN))),
        ("a loop over the segments", best_of(2, lambda: one_by_one(a, b))),
    ]
    print(f"Distances of {_FOUR_HOURS} pairs of {_DIMENSIONS} dimensions")
    for name, seconds in rows:
        print(f"  {name:<28}{1e3 * seconds:9.2f} ms {seconds / reading:7.1f} x reading")


def one_by_one(a: NDArray[np.float32], b: NDArray[np.float32]) -> list[float]:
    return [
        float(1 - x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))
        for x, y in zip(a, b, strict=True)
    ]


def report_sequence() -> None:
    print(f"\nSEQUENCE, {_DIMENSIONS} dimensions")
    for segments in (600, 1800, 3600, _FOUR_HOURS):
        report_alignment(f"edited, {segments} segments", *long_pair(segments))
    unrelated = track(footage(_FOUR_HOURS, 1)), track(footage(_FOUR_HOURS, 2))
    report_alignment(f"unrelated, {_FOUR_HOURS} segments", *unrelated)


def report_alignment(name: str, a: SegmentTrack, b: SegmentTrack) -> None:
    def align() -> None:
        align_sequence(a, b, AlignmentOptions())

    seconds = best_of(3, align)
    tracemalloc.start()
    align()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"  {name:<28}{seconds:9.3f} s {peak / 2**20:7.0f} MB at peak")


def footage(segments: int, seed: int) -> NDArray[np.float32]:
    """Segment vectors of shots of some seconds each."""
    random = np.random.default_rng(seed)
    shot = np.cumsum(random.random(segments) < 0.35)
    bases = random.standard_normal((int(shot[-1]) + 1, _DIMENSIONS))
    vectors = bases[shot] + 0.3 * random.standard_normal((segments, _DIMENSIONS)) + 0.5
    return vectors.astype(np.float32)


def long_pair(segments: int) -> tuple[SegmentTrack, SegmentTrack]:
    """A long video and a version of it with an edit about every four minutes, re-encoded."""
    a = footage(segments, 0)
    random = np.random.default_rng(3)
    parts, position = [], 0
    for cut in np.sort(random.choice(np.arange(20, segments - 20), segments // 120, False)):
        if cut < position + 10:
            continue
        parts.append(a[position:cut])
        kind, length = random.integers(3), int(random.integers(2, 20))
        if kind != 1:
            parts.append(footage(length, int(cut)))
        position = int(cut) + (length if kind != 0 else 0)
    b = np.concatenate([*parts, a[position:]])
    b += 0.12 * random.standard_normal(b.shape).astype(np.float32)
    return track(a), track(b)


def track(vectors: NDArray[np.float32]) -> SegmentTrack:
    starts = 2.0 * np.arange(len(vectors), dtype=np.float64)
    return SegmentTrack(vectors=vectors, starts=starts, ends=starts + 2.0)


def load_folder(folder: Path) -> list[EditedPair]:
    truth = json.loads((folder / "truth.json").read_text())
    pairs = []
    for case in json.loads((folder / "manifest.json").read_text())["cases"]:
        a, b = load_case(folder, case["name"])
        regions = [
            Region(**{**record, "kind": RegionKind[record["kind"].upper()]})
            for record in truth[case["name"]]
        ]
        pairs.append(EditedPair(name=case["name"], kind=case["kind"], a=a, b=b, truth=regions))
    return pairs


def report_quality(pairs: list[EditedPair]) -> None:
    seconds: dict[str, Tally] = defaultdict(Tally)
    found: dict[str, Tally] = defaultdict(Tally)
    judged: list[tuple[float, bool]] = []
    for pair in pairs:
        regions = align_sequence(pair.a, pair.b, AlignmentOptions()).regions
        seconds[pair.kind] += different_seconds(pair.truth, regions)
        found[pair.kind] += events(pair.truth, regions)
        judged += [(region.confidence, is_right(region, pair.truth)) for region in regions]
    print(f"\nQuality on {len(pairs)} pairs")
    print(f"  {'kind':<18}{'diff F1':>9}{'false s':>9}{'missed s':>9}{'event F1':>10}")
    for kind, tally in seconds.items():
        score = f"{tally.f1:9.3f}" if tally.hits + tally.missed > 0 else f"{'-':>9}"
        print(f"  {kind:<18}{score}{tally.false:9.1f}{tally.missed:9.1f}{found[kind].f1:10.3f}")
    scored = [tally for tally in seconds.values() if tally.hits + tally.missed > 0]
    quiet = sum(tally.false for tally in seconds.values() if tally.hits + tally.missed == 0)
    total = Tally()
    for tally in found.values():
        total += tally
    print(
        f"  diff F1, mean of the kinds {mean(tally.f1 for tally in scored):.4f}; "
        f"event F1 {total.f1:.4f}; false seconds where nothing differs {quiet:.1f}"
    )
    report_confidence(judged)


def report_confidence(judged: list[tuple[float, bool]]) -> None:
    """judged: of each region its confidence and whether it is right."""
    sure, right = (np.array(column) for column in zip(*judged, strict=True))
    agreement = rank_agreement(sure.tolist(), right.tolist())
    print(f"\nConfidence of {len(judged)} regions, {(~right).sum()} of them wrong or misplaced")
    print(f"  a right one is surer than a wrong one in {agreement:.3f} of all cases")
    for low, high in pairwise([0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.01]):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            share = f"{right[inside].mean():.2f} are right"
            print(f"  {low:.1f} to {min(high, 1.0):.1f}: {inside.sum():6d} regions, {share}")


def best_of(runs: int, action: Callable[[], object]) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    main()
