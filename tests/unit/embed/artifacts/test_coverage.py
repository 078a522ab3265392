"""Embeddings that do not cover their video are found out, and the numbers are told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.embed.artifacts import coverage
from services.embed.artifacts.tracks import VectorTrack
from services.embed.ports import EngineResult, PermanentFailure
from services.embed.tasks.task_state import Modality
from tests.fixtures.tasks import make_task, make_video


def track(*edges: float) -> VectorTrack:
    count = len(edges) - 1
    return VectorTrack(
        vectors=np.ones((count, 4), np.float32),
        starts=np.array(edges[:-1]),
        ends=np.array(edges[1:]),
    )


def faults(made: VectorTrack, duration: float = 5.0) -> str:
    return "; ".join(coverage.track_faults(made, 2.0, duration))


def test_a_short_last_segment_is_fine() -> None:
    assert faults(track(0, 2, 4, 5)) == ""


def test_a_last_segment_of_full_length_is_fine() -> None:
    assert faults(track(0, 2, 4, 6)) == ""


def test_no_segments() -> None:
    assert "no segments" in faults(track(0))


def test_half_of_the_video() -> None:
    assert "covers 4.00 s of 5.00 s" in faults(track(0, 2, 4))


def test_far_more_than_the_video() -> None:
    assert "ends at 5.00 s" in faults(track(0, 2, 4, 6, 8))


def test_a_late_start() -> None:
    assert "starts at 2.00 s" in faults(track(2, 4, 5))


def test_a_hole_and_an_overlap_are_placed() -> None:
    whole = track(0, 2, 4, 6, 8, 10)
    keep = [0, 1, 3, 4]
    holed = replace(
        whole, vectors=whole.vectors[keep], starts=whole.starts[keep], ends=whole.ends[keep]
    )
    assert "the first between 4.00 s and 6.00 s" in faults(holed, 10.0)
    doubled = replace(whole, starts=np.array([0.0, 2, 2, 4, 6]), ends=np.array([2.0, 4, 4, 6, 8]))
    assert "overlaps" in faults(doubled, 8.0)


def test_segments_of_another_length() -> None:
    assert "segment 1 is 3.00 s long" in faults(track(0, 2, 5, 7), 7.0)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers(value: float) -> None:
    made = track(0, 2, 4, 5)
    made.vectors[1, 2] = value
    assert "1 of 3 vectors" in faults(made)


def test_what_was_asked_for_must_be_there() -> None:
    task = make_task(video=make_video(duration=5.0))
    made = EngineResult(
        tracks={Modality.VISUAL: track(0, 2, 4, 5)},
        expected={Modality.VISUAL, Modality.AUDIO},
        frames=None,
    )
    with pytest.raises(PermanentFailure, match="no audio segments") as caught:
        coverage.check(task, made)
    assert caught.value.failure.reason == "COVERAGE_INCOMPLETE"
    assert caught.value.failure.metadata["covered_seconds"] == "5.000"


def test_sound_may_go_on_after_the_last_picture() -> None:
    task = make_task(video=make_video(duration=5.0))
    tracks = {Modality.VISUAL: track(0, 2, 4, 5), Modality.AUDIO: track(0, 2, 4, 6, 8, 9)}
    coverage.check(task, EngineResult(tracks=tracks, expected=tracks.keys(), frames=None))


def test_what_the_engine_measured_counts_more_than_what_the_file_announces() -> None:
    task = make_task(video=make_video(duration=8.0))
    made = EngineResult(
        tracks={Modality.VISUAL: track(0, 2, 4, 5)},
        expected={Modality.VISUAL},
        frames=None,
        seconds=5.0,
    )
    coverage.check(task, made)


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 30), st.floats(0.05, 2.0), st.data())
def test_any_missing_segment_is_noticed(count: int, last: float, data: st.DataObject) -> None:
    edges = [2.0 * index for index in range(count)] + [2.0 * (count - 1) + last]
    whole = track(*edges)
    duration = edges[-1]
    assert faults(whole, duration) == ""
    gone = data.draw(st.integers(0, count - 1))
    keep = [index for index in range(count) if index != gone]
    holed = replace(
        whole, vectors=whole.vectors[keep], starts=whole.starts[keep], ends=whole.ends[keep]
    )
    # A scrap at the very end is within what containers round.
    assert faults(holed, duration) or (gone == count - 1 and 0 < last <= 0.5 and count > 1)
