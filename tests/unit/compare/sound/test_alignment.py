"""Where a change of the sound begins and ends, inside samples of half a second."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.sound import alignment
from services.compare.sound.alignment import align_sound
from services.compare.timeline import (
    Alignment,
    Float32,
    Float64,
    Region,
    RegionKind,
    SegmentTrack,
    TimeMap,
)

SECONDS, STEP = 40.0, 0.5
_RANDOM = np.random.default_rng(3)


def unit(vectors: Float64) -> Float64:
    lengths: Float64 = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return lengths


EDGES: Float64 = np.arange(81, dtype=np.float64) * STEP
# What is heard in each half second, and what takes its place.
OWN = unit(_RANDOM.normal(size=(80, 83)))
OTHER = unit(_RANDOM.normal(size=(80, 83)))


def track(vectors: Float64) -> SegmentTrack:
    fine = SegmentTrack(vectors=as_float32(vectors), starts=EDGES[:-1], ends=EDGES[1:])
    whole = as_float32(unit(vectors.reshape(20, 4, -1).mean(axis=1)))
    return SegmentTrack(vectors=whole, starts=EDGES[:-1:4], ends=EDGES[4::4], fine=fine)


def as_float32(vectors: Float64) -> Float32:
    return vectors.astype(np.float32)


def replaced(start: float, end: float) -> SegmentTrack:
    """The own sound with other sound from `start` to `end`."""
    inside = np.minimum(EDGES[1:], end) - np.maximum(EDGES[:-1], start)
    share = np.clip(inside / STEP, 0, 1)[:, None]
    return track((1 - share) * OWN + share * OTHER)


def changes(b: SegmentTrack) -> list[tuple[float, float]]:
    picture = Alignment(
        regions=[
            Region(kind=RegionKind.UNCHANGED, a_start=0, a_end=SECONDS, b_start=0, b_end=SECONDS)
        ],
        time_map=TimeMap(a=np.array([0, SECONDS]), b=np.array([0, SECONDS])),
        distances=np.zeros(20, np.float32),
        partner_starts=EDGES[:-1:4],
        noise_floor=0.0,
        suggested_threshold=0.1,
    )
    regions = align_sound(picture, track(OWN), b, threshold=0.1, min_region=0.08).regions
    return [(r.a_start, r.a_end) for r in regions if r.kind is RegionKind.REPLACED]


@pytest.mark.parametrize(("start", "end"), [(10.0, 15.0), (7.5, 9.0), (20.0, 22.0)])
def test_ends_on_the_edges_of_samples_are_exact(start: float, end: float) -> None:
    assert changes(replaced(start, end)) == [(start, end)]


@pytest.mark.parametrize(
    ("start", "end"), [(10.2, 15.28), (7.24, 11.72), (20.28, 25.24), (5.32, 9.2)]
)
def test_ends_inside_samples_are_placed_by_how_much_of_them_changed(
    start: float, end: float
) -> None:
    ((found_start, found_end),) = changes(replaced(start, end))
    assert found_start == pytest.approx(start, abs=0.1)
    assert found_end == pytest.approx(end, abs=0.1)


def test_the_same_sound_has_no_change() -> None:
    assert changes(track(OWN)) == []


@given(share=st.floats(0.05, 1.0), full=st.floats(0.2, 1.0))
def test_the_share_of_a_mixture_is_told_from_its_distance(share: float, full: float) -> None:
    x = np.array([1.0, 0.0])
    y = np.array([1 - full, np.sqrt(1 - (1 - full) ** 2)])
    mixture = (1 - share) * x + share * y
    distance = 1 - float(mixture @ x) / float(np.linalg.norm(mixture))
    assert alignment._changed_share(distance, full) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize(("tail", "left"), [(0.5, None), (2.5, 2.0)])
def test_a_tail_that_is_the_end_of_late_sound_is_no_new_sound(
    tail: float, left: float | None
) -> None:
    whole = Region(
        kind=RegionKind.UNCHANGED, a_start=0, a_end=20, b_start=0, b_end=20, sound_offset=0.5
    )
    end = Region(kind=RegionKind.INSERTED, a_start=20, a_end=20, b_start=20, b_end=20 + tail)
    found = alignment._without_overhang([whole, end], [whole])
    assert [r.b_end - r.b_start for r in found[1:]] == ([] if left is None else [left])
    in_step = [replace(whole, sound_offset=0.0), end]
    assert alignment._without_overhang(in_step, [whole]) == in_step
