"""Cost follows pictures and bytes: what stamps claim is refused beyond the limits."""

from __future__ import annotations

import math
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mediakit import gaps
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.limits import (
    MAX_GAP_SECONDS,
    MAX_SECONDS,
    SPARSE_BYTES_PER_SECOND,
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


_SECONDS = [*range(200), *range(900, 1100)]


@pytest.mark.parametrize("container", ["mkv", "mp4", "mov", "avi"])
def test_a_gap_in_a_large_file_is_refused_when_the_file_arrives(
    container: str, tmp_path: Path
) -> None:
    file = stamped_video(tmp_path / f"gap.{container}", _SECONDS, picture_bytes=8000)
    assert file.stat().st_size > SPARSE_BYTES_PER_SECOND * _SECONDS[-1]
    with pytest.raises(MediaError, match="Between 3 min 19 s and 15 min 0 s") as caught:
        probe(file)
    assert caught.value.reason is MediaReason.GAP_TOO_LONG


@pytest.mark.parametrize("container", ["mkv", "mp4"])
def test_key_frames_may_be_further_apart_than_pictures(container: str, tmp_path: Path) -> None:
    file = stamped_video(
        tmp_path / f"keys.{container}", range(1400), picture_bytes=4000, key_every=700
    )
    assert probe(file).duration == pytest.approx(1400, abs=1)


def test_what_would_cost_too_much_to_find_is_left_to_who_reads_it_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "_MOST_BYTES", 1000)
    file = stamped_video(tmp_path / "gap.mkv", _SECONDS, picture_bytes=8000)
    assert probe(file).duration == pytest.approx(1100, abs=1)
    with pytest.raises(MediaError) as caught:
        embed(file)
    assert caught.value.reason is MediaReason.GAP_TOO_LONG


@given(st.lists(st.floats(0, 1000), min_size=1).map(sorted), st.floats(1, 500))
def test_every_long_step_is_found_by_looking_at_few(values: list[float], length: float) -> None:
    looked: list[int] = []

    def value(number: int) -> float:
        looked.append(number)
        return values[number]

    found = list(gaps.steps_over(length, value, len(values)))
    assert found == [(a, b) for a, b in pairwise(values) if b - a > length]
    # On each level of halving, no more spans are longer than fit side by side into the whole.
    spans = (values[-1] - values[0]) / length + 1
    assert len(looked) <= 4 * (spans + 1) * (math.log2(len(values)) + 2)


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
