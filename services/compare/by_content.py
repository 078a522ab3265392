"""SEQUENCE: picture and sound matched by what they show and play.

With frame tracks on both sides the picture is aligned to the frame, the vectors saying where to
look and how far apart contents are. Without them the vectors are the whole answer. The sound
follows the picture's time map where both videos have a picture with something in common; else it,
like any other modality, is aligned by its own vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from services.compare.applied_options import (
    as_euclidean,
    cosine_options,
    is_euclidean,
    shortest_sound,
)
from services.compare.frames.doubts import following_doubts, with_doubted_content, with_doubts
from services.compare.outcome import (
    DifferenceOptions,
    EmbeddedVideo,
    Modality,
    SoundTrackFindings,
)
from services.compare.picture import AlignedPicture, align_picture, frame_tracks_of, with_detail
from services.compare.segments.paired import DEFAULT_THRESHOLD
from services.compare.segments.sequence import align_sequence
from services.compare.sound.alignment import align_sound
from services.compare.sound.levels import SoundLevels
from services.compare.sound.lines import sound_lines
from services.compare.sound.lost_channels import without_lost_channels
from services.compare.sound.tracks import compare_sound_tracks, without_lines
from services.compare.sound.tuning import SoundTuning
from services.compare.timeline import Alignment, FrameTrack, RegionKind, SoundTrack
from services.compare.tuning import TUNED, Tuning

_PICTURE_IN_COMMON = 0.1


@dataclass(frozen=True, kw_only=True)
class Aligned:
    """What was found of the modalities that both videos have, and of the sound tracks beside."""

    alignments: Mapping[Modality, Alignment]
    sound_tracks: SoundTrackFindings = field(default_factory=SoundTrackFindings)


def align_by_content(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    modalities: Sequence[Modality],
    options: DifferenceOptions,
    check: Callable[[], None],
    tuning: Tuning,
) -> Aligned:
    """modalities: the ones that both videos have and that are wanted."""
    aligned = align_picture(a, b, options, check, tuning) if _needs_picture(modalities) else None
    if aligned is not None and options.use_frames and Modality.VISUAL in modalities:
        aligned = with_detail(aligned, a, b, options, check, tuning)
    picture = None if aligned is None else aligned.told()
    found = {}
    for modality in modalities:
        check()
        found[modality] = _align(modality, a, b, picture, options, tuning)
    heard = SoundTrackFindings()
    if options.modalities is None or Modality.AUDIO in options.modalities:
        heard = _sound_tracks(a, b, picture, found.get(Modality.AUDIO), options, check, tuning)
    if aligned is not None and aligned.frames is not None:
        found = _doubted(found, aligned, check, tuning)
    return Aligned(alignments=found, sound_tracks=heard)


def _doubted(
    found: Mapping[Modality, Alignment],
    picture: AlignedPicture,
    check: Callable[[], None],
    tuning: Tuning,
) -> dict[Modality, Alignment]:
    """Less sure of what frames place elsewhere; sound follows, as it has the picture's lines."""
    doubted = dict(found)
    if picture.frames is None:
        return doubted
    seen = found.get(Modality.VISUAL, picture.told())
    regions = with_doubts(seen.regions, *picture.frames, check, tuning=tuning.frames)
    if Modality.VISUAL in found:
        told = with_doubted_content(regions, *picture.frames, check, tuning=tuning.frames)
        doubted[Modality.VISUAL] = replace(found[Modality.VISUAL], regions=told)
    if Modality.AUDIO in found and _in_common(seen):
        sound = found[Modality.AUDIO].regions
        heard = following_doubts(sound, regions, tuning=tuning.frames)
        doubted[Modality.AUDIO] = replace(found[Modality.AUDIO], regions=heard)
    return doubted


def _needs_picture(modalities: Sequence[Modality]) -> bool:
    return Modality.VISUAL in modalities or Modality.AUDIO in modalities


def _align(
    modality: Modality,
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    picture: Alignment | None,
    options: DifferenceOptions,
    tuning: Tuning,
) -> Alignment:
    """The alignment of one modality, in the metric that was asked for."""
    track_a, track_b = a.tracks[modality], b.tracks[modality]
    if modality is Modality.VISUAL and picture is not None:
        alignment = picture
    elif modality is Modality.AUDIO and picture is not None and _in_common(picture):
        cosine = cosine_options(options)
        levels = sound_levels(a, b, tuning.sound) if options.use_frames else None
        alignment = align_sound(
            picture,
            track_a,
            track_b,
            cosine.threshold or DEFAULT_THRESHOLD,
            shortest_sound(options, with_levels=levels is not None),
            levels,
            _sound_ends(a, b),
            tuning=tuning.sound,
        )
        main = _main_tracks(a, b) if levels is not None else None
        if main is not None:
            limit = cosine.threshold or DEFAULT_THRESHOLD
            alignment = without_lost_channels(alignment, track_a, *main, limit)
    else:
        alignment = align_sequence(
            track_a, track_b, cosine_options(options), tuning=tuning.segments
        )
    return as_euclidean(alignment) if is_euclidean(options) else alignment


def _sound_ends(a: EmbeddedVideo, b: EmbeddedVideo) -> tuple[float, float]:
    """When the sounds end, as far as that is known to be after the pictures."""
    frames = [each.frames for each in (a, b)]
    end_a, end_b = (0.0 if f is None or f.picture_end is None else f.duration for f in frames)
    return end_a, end_b


def sound_levels(
    a: EmbeddedVideo, b: EmbeddedVideo, tuning: SoundTuning = TUNED.sound
) -> SoundLevels | None:
    """The levels of both main sounds; None unless both are known."""
    frames = frame_tracks_of(a, b)
    if frames is None or 0 in (len(frames[0].sound), len(frames[1].sound)):
        return None
    shown = max(_frame_seconds(each) for each in frames)
    return SoundLevels(frames[0].sound, frames[1].sound, shown, tuning=tuning)


def _frame_seconds(track: FrameTrack) -> float:
    return float(np.median(np.diff(track.times))) if len(track.times) > 1 else 0.0


def _main_tracks(a: EmbeddedVideo, b: EmbeddedVideo) -> tuple[SoundTrack, SoundTrack] | None:
    frames = frame_tracks_of(a, b)
    if frames is None or not frames[0].sound_tracks or not frames[1].sound_tracks:
        return None
    return frames[0].sound_tracks[0], frames[1].sound_tracks[0]


def _in_common(picture: Alignment) -> bool:
    """Whether enough of the shorter picture is in the other one for the sound to follow."""
    regions = picture.regions
    shorter = min(sum(each.seconds_a for each in regions), sum(each.seconds_b for each in regions))
    lost = (RegionKind.REPLACED, RegionKind.DELETED)
    same = sum(each.seconds_a for each in regions if each.kind not in lost)
    return same >= _PICTURE_IN_COMMON * shorter


def _sound_tracks(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    picture: Alignment | None,
    main: Alignment | None,
    options: DifferenceOptions,
    check: Callable[[], None],
    tuning: Tuning,
) -> SoundTrackFindings:
    """How the sound tracks differ, where frame tracks know of them. main: of the main ones."""
    frames = frame_tracks_of(a, b) if options.use_frames else None
    if frames is None:
        return SoundTrackFindings()
    tracks_a, tracks_b = frames[0].sound_tracks, frames[1].sound_tracks
    if main is None or picture is None or not _in_common(picture):
        return without_lines(tracks_a, tracks_b)
    return compare_sound_tracks(
        tracks_a,
        tracks_b,
        main.regions,
        sound_lines(picture.regions, _sound_ends(a, b)),
        shortest_sound(options, with_levels=True),
        check,
        tuning=tuning.sound,
    )
