"""Lines end on frames of both videos, and frames that were dropped in between are divided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames.fingerprints import Frames as PreparedFrames
from services.compare.frames.line_stretches import LineStretch, snap_stretches, stretch_regions
from services.compare.frames.lines import FrameLine
from services.compare.frames.local_changes import Change
from tests.unit.compare.frames.films import FPS, Frames, film, frame_track, joined, resampled

SLOW = 8.0
TWO_SCENES = film(12)
CUT = int(PreparedFrames(frame_track(TWO_SCENES)).cuts[0])


def still(number: int, frames: int) -> Frames:
    return TWO_SCENES[number : number + 1].repeat(frames, axis=0)


@given(dropped_before=st.integers(0, 3), dropped_after=st.integers(0, 3))
def test_frames_that_were_dropped_belong_to_the_scene_that_they_are_of(
    dropped_before: int, dropped_after: int
) -> None:
    """Two scenes of A with an insertion of two seconds between them in B, which has few frames."""
    a = joined(still(0, 75), still(CUT, 75))
    inserted = still(CUT + 60, 2 * FPS)
    b = resampled(joined(a[:75], inserted, a[75:]), fps=SLOW)
    lines = [
        FrameLine(b_start=0.0, b_end=3.0, offset=-dropped_before / FPS),
        FrameLine(b_start=5.0, b_end=8.0, offset=dropped_after / FPS - 2.0),
    ]
    a_track, b_track = PreparedFrames(frame_track(a)), PreparedFrames(frame_track(b, SLOW))
    left, right = snap_stretches(a_track, b_track, lines, 0.0)
    if (dropped_before + dropped_after) / FPS <= 1.5 / SLOW:
        assert left.a_end == right.a_start == pytest.approx(3.0)


@given(start=st.floats(0.0, 2.9), frames=st.integers(1, 8))
def test_a_change_has_frames_on_both_sides(start: float, frames: int) -> None:
    """At few frames a second one side of a flash may have none."""
    slow = PreparedFrames(frame_track(resampled(TWO_SCENES, fps=SLOW), SLOW))
    line = FrameLine(b_start=0.0, b_end=4.0, offset=0.0)
    stretch = LineStretch(line=line, a_start=0.0, a_end=4.0, b_start=0.0, b_end=4.0)
    flash = Change(start=start, end=start + frames / FPS, score=0.5, box=None)
    regions = stretch_regions(slow, stretch, [flash])
    assert all(region.seconds_a > 0 and region.seconds_b > 0 for region in regions)
    assert (regions[0].a_start, regions[-1].b_end) == (0.0, 4.0)
