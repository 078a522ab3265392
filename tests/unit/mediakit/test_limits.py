"""Cost follows pictures and bytes: what stamps claim is refused beyond the limits."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.limits import (
    MAX_GAP_SECONDS,
    MAX_SECONDS,
    StampGuard,
    ensure_length,
)
from services.mediakit.probe import probe
from tests.fixtures.damage import stamped_video
from tests.unit.embed.engines.local.embedding import embed

_STEPS_A_SECOND = 2


def test_pictures_hours_apart_are_refused_when_the_file_arrives(tmp_path: Path) -> None:
    file = stamped_video(tmp_path / "far.mkv", [10_000.0 * number for number in range(20)])
    with pytest.raises(MediaError, match="52 h 46 min") as caught:
        probe(file)
    assert caught.value.reason is MediaReason.TOO_LONG


def test_a_gap_inside_the_longest_video_is_refused_when_the_file_arrives(tmp_path: Path) -> None:
    file = stamped_video(tmp_path / "gaps.mkv", [1000.0 * number for number in range(20)])
    with pytest.raises(MediaError, match="16 min 40 s") as caught:
        probe(file)
    assert caught.value.reason is MediaReason.GAP_TOO_LONG


@pytest.mark.parametrize("stamps", [[0, 100_000, 1, 2], [0, 1, 700, 2, 3], [0, 2_000_000]])
def test_the_engine_refuses_by_itself(stamps: list[float], tmp_path: Path) -> None:
    file = stamped_video(tmp_path / "jump.mkv", stamps)
    with pytest.raises(MediaError) as caught:
        embed(file)
    assert caught.value.reason in {MediaReason.TOO_LONG, MediaReason.GAP_TOO_LONG}


def test_sound_far_behind_the_pictures_is_refused(tmp_path: Path) -> None:
    file = stamped_video(tmp_path / "sound.mkv", [0, 1, 2], sound_stamps=[0, 5000])
    with pytest.raises(MediaError) as caught:
        embed(file)
    assert caught.value.reason is MediaReason.GAP_TOO_LONG


def test_slides_that_stay_for_minutes_are_a_video(tmp_path: Path) -> None:
    file = stamped_video(tmp_path / "slides.mkv", [0, 100, 200])
    assert probe(file).duration == pytest.approx(200, abs=1)
    made = embed(file)
    assert made.frame_count == 3
    assert made.duration == pytest.approx(200, abs=1)


@pytest.mark.parametrize("seconds", [MAX_SECONDS + 1, math.inf, math.nan])
def test_no_length_beyond_the_limit(seconds: float) -> None:
    with pytest.raises(MediaError) as caught:
        ensure_length(seconds)
    assert caught.value.reason is MediaReason.TOO_LONG


@given(st.lists(st.floats(allow_nan=False), max_size=50))
def test_what_the_guard_lets_through_is_bounded_by_its_pictures(times: list[float]) -> None:
    guard, passed, latest = StampGuard(), 0, 0.0
    try:
        for time in times:
            if time > latest:  # as a pass gives them
                guard.picture(time)
                passed, latest = passed + 1, time
    except MediaError:
        pass
    assert latest <= min(MAX_SECONDS, passed * MAX_GAP_SECONDS)


_stamps = st.lists(
    st.one_of(
        st.floats(0, 20),
        st.floats(0, 1500),
        st.floats(-100, 0),
        st.floats(0, 2_000_000),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(_stamps)
def test_tracks_are_bounded_by_pictures_whatever_stamps_say(stamps: list[float]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = stamped_video(Path(folder) / "any.mkv", stamps)
        try:
            made = embed(file, modalities=("visual",))
        except MediaError:
            return
    assert made.frame_count <= len(stamps)
    longest = MAX_GAP_SECONDS * (made.frame_count + 1)
    assert len(made.tracks["visual"].starts) <= longest / _STEPS_A_SECOND + 1
