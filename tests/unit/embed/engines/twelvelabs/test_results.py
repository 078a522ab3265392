"""The vendor's list, in whatever order it comes."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.embed.engines.twelvelabs.estimate import Estimate
from services.embed.engines.twelvelabs.facts import Facts
from services.embed.engines.twelvelabs.results import tracks_of
from services.embed.ports import PermanentFailure
from services.embed.tasks.task_state import Modality


@dataclass(frozen=True)
class Item:
    embedding: list[float]
    embedding_option: str | None
    embedding_scope: str | None
    start_sec: float | None
    end_sec: float | None


def segments(option: str, count: int) -> list[Item]:
    return [
        Item([float(index), 1.0], option, "clip", 2.0 * index, 2.0 * index + 2)
        for index in range(count)
    ]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 20), st.integers(0, 20), st.randoms(use_true_random=False))
def test_order_and_mixture_do_not_matter(seen: int, heard: int, shuffle: random.Random) -> None:
    whole = Item([9.0, 9.0], "visual", "asset", 0.0, 2.0 * seen)
    fused = Item([9.0, 9.0], "fused", "clip", 0.0, 2.0)
    items = [*segments("visual", seen), *segments("audio", heard), whole, fused]
    shuffle.shuffle(items)
    tracks = tracks_of(items)
    assert len(tracks[Modality.VISUAL].vectors) == seen
    assert tracks[Modality.VISUAL].starts.tolist() == [2.0 * index for index in range(seen)]
    assert tracks[Modality.VISUAL].vectors[:, 0].tolist() == list(range(seen))
    assert (Modality.AUDIO in tracks) == (heard > 0)


def test_a_segment_without_times_is_no_segment() -> None:
    with pytest.raises(PermanentFailure, match="1 visual segments have no times"):
        tracks_of([*segments("visual", 2), Item([1.0, 1.0], "visual", "clip", None, None)])


def test_vectors_of_two_lengths_are_no_track() -> None:
    with pytest.raises(PermanentFailure, match="2 to 3 dimensions"):
        tracks_of([*segments("visual", 2), Item([1.0] * 3, "visual", "clip", 4.0, 6.0)])


@settings(deadline=None, max_examples=40)
@given(st.floats(0.1, 10_000), st.floats(0, 50_000), st.floats(0, 50_000))
def test_an_estimate_grows_and_never_arrives(expected: float, one: float, two: float) -> None:
    estimate = Estimate(expected=expected)
    early, late = sorted((one, two))
    assert 0.0 <= estimate.progress(early) <= estimate.progress(late) <= 1.0


def test_an_estimate_learns_from_past_tasks() -> None:
    assert Estimate.of(100.0, 0.5).expected == 50.0
    assert Estimate.of(100.0, None).expected > 0
    assert Estimate(expected=10.0).eta(4.0) == 6.0
    assert Estimate(expected=10.0).eta(11.0) is None


@settings(deadline=None, max_examples=30)
@given(
    st.builds(
        Facts,
        sending=st.booleans(),
        asset_id=st.text(max_size=5),
        asked_at=st.integers(0, 2**60),
        task_id=st.text(max_size=5),
    )
)
def test_what_is_remembered_is_read_back(facts: Facts) -> None:
    assert Facts.read(facts.written()) == facts
