"""A pair of videos compared as a whole: picture, sound and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from services.compare.detail.track import DetailTrack
from services.compare.differences import compare_pair
from services.compare.outcome import (
    DifferenceOptions,
    EmbeddedVideo,
    Modality,
    ModalityDifferences,
    PairDifferences,
)
from services.compare.segments.distance import InvalidTrack, Metric
from services.compare.segments.options import AlignmentOptions
from services.compare.timeline import LookKind, RegionKind, SegmentTrack, UInt8
from tests.fixtures.detail_tracks import detail_track
from tests.unit.compare.detail.pages import (
    COLUMNS,
    ROWS,
    stored_detail,
)
from tests.unit.compare.detail.pages import FPS as DETAIL_FPS
from tests.unit.compare.frames.films import (
    Frames,
    assert_tiles,
    cut,
    differences,
    film,
    frame_track,
    joined,
    reencoded,
    resampled,
    segment_track,
    with_patch,
)
from tests.unit.compare.sound.sounds import sound_track

# A film stands for a sound as well: it changes as fast, and its vectors are as good.
Sound = Frames


@pytest.fixture(scope="module")
def picture() -> Frames:
    return film(24)


@pytest.fixture(scope="module")
def sound() -> Sound:
    return film(24, seed=50)


@pytest.fixture(scope="module")
def other() -> Frames:
    return film(12, seed=99)


def embedded(
    picture: Frames | None,
    sound: Sound | None = None,
    frames: bool = True,
    levels: UInt8 | None = None,
) -> EmbeddedVideo:
    tracks = {}
    if picture is not None:
        tracks[Modality.VISUAL] = segment_track(picture)
    if sound is not None:
        tracks[Modality.AUDIO] = segment_track(sound)
    track = frame_track(picture) if frames and picture is not None else None
    if track is not None and levels is not None:
        track = replace(track, sound=levels)
    if track is not None and sound is not None:
        heard = replace(sound_track(1, len(sound) / 25), bands=track.sound)
        track = replace(track, sound_tracks=(heard,), picture_end=track.duration)
    return EmbeddedVideo(tracks=tracks, frames=track)


def with_detail(video: EmbeddedVideo) -> EmbeddedVideo:
    """With a detail track that shows nothing all the time."""
    grey = np.full((round(video.duration * DETAIL_FPS), ROWS, COLUMNS), 128, np.uint8)
    track: Future[DetailTrack] = Future()
    track.set_result(detail_track(stored_detail(grey)))
    return replace(video, detail=lambda _: track)


def of(modality: Modality, found: PairDifferences) -> ModalityDifferences:
    return next(each for each in found.modalities if each.modality is modality)


def changes(modality: Modality, found: PairDifferences) -> Sequence[tuple[str, ...] | object]:
    return differences(of(modality, found).alignment.regions)


def test_a_reencode_is_named_as_such(picture: Frames, sound: Sound) -> None:
    a, b = embedded(picture, sound), embedded(reencoded(picture), reencoded(sound))
    found = compare_pair(with_detail(a), with_detail(b))
    assert found.reencode_only
    # Where no letters were looked for, nothing can be said of them.
    assert not compare_pair(with_detail(a), b).reencode_only
    assert found.difference_count == 0
    (note,) = [each for each in found.notes if "the threshold of 0.1" in each]
    assert "the threshold of 0.1, in any frame" in note
    assert "loudness within 1 LU" in note
    assert found.similarity_percent == 100
    visual = of(Modality.VISUAL, found)
    assert visual.unchanged_share_a == visual.unchanged_share_b == 1
    assert visual.worst == ()
    assert visual.alignment.noise_floor < visual.alignment.suggested_threshold < 0.1


def test_only_the_sound_changed(picture: Frames, sound: Sound, other: Frames) -> None:
    dubbed = joined(cut(sound, 0, 8), cut(other, 0, 6), cut(sound, 14, 24))
    found = compare_pair(embedded(picture, sound), embedded(reencoded(picture), reencoded(dubbed)))
    assert found.only_sound_changed
    assert not found.reencode_only
    assert changes(Modality.VISUAL, found) == []
    assert changes(Modality.AUDIO, found) == [("REPLACED", 8.0, 14.0, 8.0, 14.0)]


def test_the_sound_follows_the_picture(picture: Frames, sound: Sound, other: Frames) -> None:
    def edited(track: Frames) -> Frames:
        return reencoded(joined(cut(track, 0, 7.4), cut(other, 2, 5), cut(track, 7.4, 24)))

    found = compare_pair(embedded(picture, sound), embedded(edited(picture), edited(sound)))
    expected = [("INSERTED", 7.4, 7.4, 7.4, 10.4)]
    assert changes(Modality.VISUAL, found) == expected
    assert changes(Modality.AUDIO, found) == expected
    assert not found.only_sound_changed


def test_a_replaced_picture_does_not_break_the_sound(
    picture: Frames, sound: Sound, other: Frames
) -> None:
    edited = joined(cut(picture, 0, 9), cut(other, 0, 5), cut(picture, 14, 24))
    found = compare_pair(embedded(picture, sound), embedded(reencoded(edited), reencoded(sound)))
    assert changes(Modality.VISUAL, found) == [("REPLACED", 9.0, 14.0, 9.0, 14.0)]
    assert changes(Modality.AUDIO, found) == []


def test_sound_is_cut_where_the_picture_was_cut(
    picture: Frames, sound: Sound, other: Frames
) -> None:
    def edited(track: Frames) -> Frames:
        return reencoded(joined(cut(track, 0, 8.2), cut(other, 2, 6.4), cut(track, 12.6, 24)))

    found = compare_pair(embedded(picture, sound), embedded(edited(picture), edited(sound)))
    expected = [("REPLACED", 8.2, 12.6, 8.2, 12.6)]
    assert changes(Modality.VISUAL, found) == expected
    assert changes(Modality.AUDIO, found) == expected


def test_levels_place_a_change_of_the_sound(picture: Frames, sound: Sound, other: Frames) -> None:
    own, new = np.random.default_rng(7).integers(40, 160, (2, 24 * 50, 16), np.uint8)
    levels = np.concatenate([own[: round(6.3 * 50)], new[: round(3.16 * 50)]])
    levels = np.concatenate([levels, own[len(levels) :]])
    roughly = joined(cut(sound, 0, 6.5), cut(other, 0, 3.0), cut(sound, 9.5, 24))
    found = compare_pair(
        embedded(picture, sound, levels=own), embedded(picture, roughly, levels=levels)
    )
    ((kind, start, end),) = [
        (region.kind, region.a_start, region.a_end)
        for region in of(Modality.AUDIO, found).alignment.regions
        if region.kind is not RegionKind.UNCHANGED
    ]
    assert kind is RegionKind.REPLACED
    assert (start, end) == pytest.approx((6.3, 9.46))


def test_sound_that_goes_on_after_the_picture_is_no_picture(
    picture: Frames, sound: Sound, other: Frames
) -> None:
    a = embedded(picture, sound)
    going_on = joined(reencoded(sound), cut(other, 0, 3))
    b = embedded(reencoded(picture), going_on)
    assert b.frames is not None
    b = replace(b, frames=replace(b.frames, duration=27.0, picture_end=24.0))
    found = compare_pair(a, b)
    assert changes(Modality.VISUAL, found) == []
    assert changes(Modality.AUDIO, found) == [("INSERTED", 24.0, 24.0, 24.0, 27.0)]
    assert found.duration_b == 27.0
    back = compare_pair(b, a)
    assert changes(Modality.AUDIO, back) == [("DELETED", 24.0, 27.0, 24.0, 24.0)]


def test_sound_alone_is_aligned_by_itself(sound: Sound) -> None:
    shorter = joined(cut(sound, 0, 8), cut(sound, 14, 24))
    found = compare_pair(embedded(None, sound), embedded(None, reencoded(shorter)))
    (region,) = changes(Modality.AUDIO, found)
    assert isinstance(region, tuple)
    assert region[0] == "DELETED"
    assert region[1:] == pytest.approx((8, 14, 8, 8), abs=0.6)


def test_a_modality_missing_on_one_side_is_said(picture: Frames, sound: Sound) -> None:
    found = compare_pair(embedded(picture, sound), embedded(picture))
    assert found.only_in_a == (Modality.AUDIO,)
    assert found.only_in_b == ()
    assert [each.modality for each in found.modalities] == [Modality.VISUAL]
    assert not found.reencode_only
    assert found.only_sound_changed
    assert "Only A has audio." in found.notes


def test_modalities_can_be_chosen(picture: Frames, sound: Sound) -> None:
    both = embedded(picture, sound)
    found = compare_pair(both, both, DifferenceOptions(modalities=frozenset({Modality.AUDIO})))
    assert [each.modality for each in found.modalities] == [Modality.AUDIO]


def test_the_order_of_modalities_changes_nothing(picture: Frames, sound: Sound) -> None:
    both = embedded(picture, sound)
    turned = EmbeddedVideo(tracks=dict(reversed(list(both.tracks.items()))), frames=both.frames)
    b = embedded(reencoded(cut(picture, 3, 24)), reencoded(cut(sound, 3, 24)))
    first, second = compare_pair(both, b), compare_pair(turned, b)
    assert [m.modality for m in first.modalities] == [m.modality for m in second.modalities]
    for left, right in zip(first.modalities, second.modalities, strict=True):
        assert left.alignment.regions == right.alignment.regions


def test_vectors_alone_are_enough(picture: Frames) -> None:
    shorter = reencoded(joined(cut(picture, 0, 8), cut(picture, 14, 24)))
    found = compare_pair(embedded(picture, frames=False), embedded(shorter, frames=False))
    visual = of(Modality.VISUAL, found)
    assert_tiles(visual.alignment.regions, 24, 18)
    assert {r.kind for r in visual.alignment.regions} == {RegionKind.UNCHANGED, RegionKind.DELETED}


def test_frames_can_be_left_out(picture: Frames) -> None:
    video = embedded(picture)
    found = compare_pair(video, video, DifferenceOptions(use_frames=False))
    assert found.difference_count == 0
    assert not found.reencode_only
    assert found.notes[-1].startswith("Not compared: single frames, channels, ")


def test_embeddings_of_before_say_what_new_ones_would_add(picture: Frames, sound: Sound) -> None:
    a, b = embedded(picture, sound), embedded(picture, sound)
    assert a.frames is not None
    before = replace(a, frames=replace(a.frames, sound_tracks=None, picture_end=None))
    found = compare_pair(before, b)
    assert found.difference_count == 0
    assert not found.reencode_only
    assert any("embed again: A was embedded" in note for note in found.notes)
    both = compare_pair(before, before).notes
    assert any("delete their embeddings" in note for note in both)


def test_other_lengths_are_no_reencode(picture: Frames, sound: Sound) -> None:
    """A silence after the sound, say, which is in no region yet."""
    a, b = embedded(picture, sound), embedded(picture, sound)
    assert b.frames is not None
    longer = replace(b, frames=replace(b.frames, duration=24.5, picture_end=None))
    assert not compare_pair(a, longer).reencode_only


def test_similarity_is_never_whole_beside_a_difference(
    picture: Frames, sound: Sound, other: Frames
) -> None:
    dubbed = joined(cut(sound, 0, 8), cut(other, 0, 6), cut(sound, 14, 24))
    found = compare_pair(embedded(picture, sound), embedded(picture, dubbed))
    assert of(Modality.VISUAL, found).similarity_percent == 100
    assert of(Modality.AUDIO, found).similarity_percent == pytest.approx(75)
    assert found.similarity_percent == pytest.approx(75)
    shorter = compare_pair(
        embedded(picture, sound), embedded(cut(picture, 0, 16), cut(sound, 0, 16))
    )
    assert shorter.similarity_percent == pytest.approx(100 * 32 / 40, abs=0.2)
    mute = compare_pair(embedded(picture, sound), embedded(picture))
    assert mute.similarity_percent == pytest.approx(50)


def test_a_logo_is_different_at_the_same_threshold_as_its_segments(picture: Frames) -> None:
    marked = with_patch(picture, 8, 14, slice(0, 2), slice(0, 2))
    a, b = embedded(picture), embedded(reencoded(marked))
    visual = of(Modality.VISUAL, compare_pair(a, b))
    assert visual.different_segments == 3
    assert visual.similarity_percent == pytest.approx(100 * 9 / 12)
    (replaced,) = [r for r in visual.alignment.regions if r.kind is RegionKind.REPLACED]
    assert replaced.box is not None
    assert visual.alignment.distances[4:7] == pytest.approx(replaced.score, abs=1e-5)


def test_another_speed_is_retimed_in_picture_and_sound(picture: Frames, sound: Sound) -> None:
    found = compare_pair(
        embedded(picture, sound),
        embedded(reencoded(resampled(picture, 1.1)), reencoded(resampled(sound, 1.1))),
    )
    for modality in (Modality.VISUAL, Modality.AUDIO):
        kinds = [r.kind for r in of(modality, found).alignment.regions]
        assert kinds == [RegionKind.RETIMED]
    # What A plays longer has no partner.
    share = 100 * 2 * (24 / 1.1) / (24 + 24 / 1.1)
    assert of(Modality.VISUAL, found).similarity_percent == pytest.approx(share, abs=0.2)
    assert found.duration_b == pytest.approx(24 / 1.1, abs=0.05)


def test_the_summary_adds_up(picture: Frames, other: Frames) -> None:
    edited = joined(cut(picture, 0, 5), cut(other, 0, 4), cut(picture, 5, 12), cut(picture, 13, 24))
    found = compare_pair(embedded(picture), embedded(reencoded(edited)))
    visual = of(Modality.VISUAL, found)
    totals = {
        t.kind: (t.count, round(t.seconds_a, 3), round(t.seconds_b, 3)) for t in visual.totals
    }
    assert totals == {
        RegionKind.UNCHANGED: (3, 23.0, 23.0),
        RegionKind.INSERTED: (1, 0.0, 4.0),
        RegionKind.DELETED: (1, 1.0, 0.0),
    }
    worst = [visual.alignment.regions[index].kind for index in visual.worst]
    assert worst == [RegionKind.INSERTED, RegionKind.DELETED]
    assert visual.unchanged_share_a == pytest.approx(23 / 24)


def test_euclidean_says_the_same_on_its_own_scale(picture: Frames, other: Frames) -> None:
    edited = reencoded(joined(cut(picture, 0, 9), cut(other, 0, 5), cut(picture, 14, 24)))
    a, b = embedded(picture), embedded(edited)
    cosine = of(Modality.VISUAL, compare_pair(a, b))
    euclidean = of(
        Modality.VISUAL,
        compare_pair(a, b, DifferenceOptions(alignment=AlignmentOptions(metric=Metric.EUCLIDEAN))),
    )
    assert differences(cosine.alignment.regions) == differences(euclidean.alignment.regions)
    assert euclidean.alignment.distances == pytest.approx(
        np.sqrt(2 * cosine.alignment.distances), abs=1e-4, nan_ok=True
    )
    assert euclidean.similarity_percent == cosine.similarity_percent


def test_a_cancelled_comparison_stops(picture: Frames) -> None:
    class Cancelled(Exception):
        pass

    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        compare_pair(embedded(picture), embedded(picture), check=check)
    assert calls == 4


def test_vectors_that_can_not_be_compared_are_refused(picture: Frames) -> None:
    track = segment_track(picture)
    narrow = SegmentTrack(vectors=track.vectors[:, :5], starts=track.starts, ends=track.ends)
    with pytest.raises(InvalidTrack):
        compare_pair(
            EmbeddedVideo(tracks={Modality.VISUAL: track}),
            EmbeddedVideo(tracks={Modality.VISUAL: narrow}),
        )


def test_a_look_is_told_and_is_neither_a_region_nor_a_reencode(picture: Frames) -> None:
    mirrored = reencoded(picture[:, :, ::-1])
    found = compare_pair(embedded(picture), embedded(mirrored))
    assert [look.kind for look in found.looks] == [LookKind.MIRRORED]
    assert (found.difference_count, found.similarity_percent) == (0, 100.0)
    assert not found.reencode_only


def test_the_sound_of_a_short_clip_follows_its_picture(picture: Frames, sound: Sound) -> None:
    """However little of the whole it is, and whichever of the two is the clip."""
    whole = embedded(picture, sound)
    clip = embedded(cut(picture, 10, 11.8), cut(sound, 10, 11.8))
    (_, heard), (_, heard_back) = (
        compare_pair(*pair).modalities for pair in ((whole, clip), (clip, whole))
    )
    assert differences(heard.alignment.regions) == [
        ("DELETED", 0, 10, 0, 0),
        ("DELETED", 11.8, 24, 1.8, 1.8),
    ]
    assert differences(heard_back.alignment.regions) == [
        ("INSERTED", 0, 0, 0, 10),
        ("INSERTED", 1.8, 1.8, 11.8, 24),
    ]
