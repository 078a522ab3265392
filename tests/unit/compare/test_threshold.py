"""Nothing is a difference that is not above the threshold, however it was aligned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.applied_options import default_threshold
from services.compare.differences import compare_pair
from services.compare.outcome import (
    DifferenceOptions,
    EmbeddedVideo,
    Modality,
    Mode,
    PairDifferences,
)
from services.compare.segments.distance import Metric
from services.compare.segments.options import AlignmentOptions
from services.compare.timeline import SOUND_BANDS, FrameTrack, RegionKind, SegmentTrack
from tests.unit.compare.frames.films import FPS, assert_tiles

# A picture's or a sound's content for one second each: 0 is black, or silent.
Scenes = list[int]
_NOTHING, _KINDS = 0, 5


def vectors_of(scenes: Scenes, seconds: float) -> SegmentTrack:
    """One vector for each stretch of so many seconds: the mean of what it shows."""
    shades = np.random.default_rng(3).standard_normal((_KINDS, 8)).astype(np.float32)
    shades[_NOTHING] = 0
    # Close enough to the one before it to be at no great distance.
    shades[4] = shades[3] + shades[2] / 4
    starts = np.arange(0, len(scenes), seconds)
    ends = np.minimum(starts + seconds, len(scenes))
    at = (np.arange(len(scenes) * 10) + 0.5) / 10
    each = shades[np.repeat(scenes, 10)]
    means = [each[(at >= s) & (at < e)].mean(axis=0) for s, e in zip(starts, ends, strict=True)]
    return SegmentTrack(vectors=np.stack(means), starts=starts, ends=ends)


def video(picture: Scenes, sound: Scenes, with_frames: bool) -> EmbeddedVideo:
    random = np.random.default_rng(4)
    shades = random.integers(30, 220, (_KINDS, 16, 16, 3)).astype(np.uint8)
    shades[_NOTHING] = 16
    shades[1] = 128
    levels = random.integers(40, 160, (_KINDS, SOUND_BANDS)).astype(np.uint8)
    levels[_NOTHING] = 0
    frames = FrameTrack(
        times=np.arange(len(picture) * FPS) / FPS,
        fingerprints=np.repeat(shades[picture], FPS, axis=0),
        duration=float(len(picture)),
        sound=np.repeat(levels[sound], 50, axis=0),
    )
    return EmbeddedVideo(
        tracks={Modality.VISUAL: vectors_of(picture, 2.0), Modality.AUDIO: vectors_of(sound, 2.0)},
        frames=frames if with_frames else None,
    )


@st.composite
def videos(draw: st.DrawFn, with_frames: bool) -> EmbeddedVideo:
    seconds = draw(st.integers(1, 12))
    scenes = st.lists(st.integers(0, _KINDS - 1), min_size=seconds, max_size=seconds)
    return video(draw(scenes), draw(scenes), with_frames)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[EmbeddedVideo, EmbeddedVideo]:
    with_frames = draw(st.booleans())
    return draw(videos(with_frames)), draw(videos(with_frames))


def compared(
    a: EmbeddedVideo, b: EmbeddedVideo, mode: Mode, metric: Metric, threshold: float
) -> PairDifferences:
    options = DifferenceOptions(alignment=AlignmentOptions(metric=metric, threshold=threshold))
    return compare_pair(a, b, options, mode=mode)


@settings(deadline=None, max_examples=30)
@given(pairs(), st.sampled_from(Mode), st.sampled_from(Metric), st.sampled_from([0.01, 0.1, 0.5]))
def test_what_is_replaced_scores_above_the_threshold(
    pair: tuple[EmbeddedVideo, EmbeddedVideo], mode: Mode, metric: Metric, threshold: float
) -> None:
    a, b = pair
    for each in compared(a, b, mode, metric, threshold).modalities:
        regions = each.alignment.regions
        scores = [region.score for region in regions if region.kind is RegionKind.REPLACED]
        assert all(score > threshold for score in scores), scores
        if mode is not Mode.INDEX:
            assert_tiles(regions, a.duration, b.duration)


def assert_the_same(found: PairDifferences) -> None:
    assert found.difference_count == 0
    assert found.similarity_percent == 100
    for each in found.modalities:
        assert each.different_segments == 0
        assert each.video_distance == pytest.approx(0, abs=1e-3)


@settings(deadline=None, max_examples=20)
@given(
    st.booleans().flatmap(videos),
    st.sampled_from(Mode),
    st.sampled_from(Metric),
    st.sampled_from([0.01, 0.1]),
)
def test_nothing_differs_from_itself(
    either: EmbeddedVideo, mode: Mode, metric: Metric, threshold: float
) -> None:
    assert_the_same(compared(either, either, mode, metric, threshold))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("with_frames", [True, False])
@pytest.mark.parametrize("shade", [_NOTHING, 1], ids=["black", "grey"])
@pytest.mark.parametrize("seconds", [1, 12])
def test_a_picture_without_features_is_like_itself(
    mode: Mode, metric: Metric, with_frames: bool, shade: int, seconds: int
) -> None:
    blank = video([shade] * seconds, [_NOTHING] * seconds, with_frames)
    assert_the_same(compared(blank, blank, mode, metric, default_threshold(metric)))


@pytest.mark.parametrize("with_frames", [True, False])
def test_a_longer_black_picture_has_black_inserted(with_frames: bool) -> None:
    short, long = (video([_NOTHING] * n, [_NOTHING] * n, with_frames) for n in (4, 7))
    for a, b, kind in ((short, long, RegionKind.INSERTED), (long, short, RegionKind.DELETED)):
        found = compared(a, b, Mode.SEQUENCE, Metric.COSINE, 0.1)
        for each in found.modalities:
            (total,) = [t for t in each.totals if t.kind is not RegionKind.UNCHANGED]
            assert total.kind is kind
            assert total.seconds_a + total.seconds_b == pytest.approx(3)
            assert_tiles(each.alignment.regions, a.duration, b.duration)
