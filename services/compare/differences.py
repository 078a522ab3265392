"""The whole answer for a pair of embedded videos: where picture and sound differ, and how much.

With frame tracks on both sides the picture is aligned to the frame, the vectors saying where to
look and how far apart contents are. Without them the vectors are the whole answer. The sound
follows the picture's time map where both videos have a picture with something in common; else it,
like any other modality, is aligned by its own vectors.

A REPLACED region's score is above the threshold, a cosine distance. A change that vectors hardly
see, such as a logo, is scored by its detail on the same scale (see `refine.changes`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from services.compare.alignment.anchors import anchor_times
from services.compare.alignment.options import AlignmentOptions
from services.compare.alignment.sequence import align_sequence
from services.compare.alignment.validation import check_pair
from services.compare.detail.fetching import DetailMissing, fetched
from services.compare.detail.refining import refined, spans_of
from services.compare.detail.track import DamagedDetail
from services.compare.distance import Metric
from services.compare.outcome import (
    DifferenceOptions,
    EmbeddedVideo,
    Modality,
    ModalityDifferences,
    PairDifferences,
)
from services.compare.refine import RefineOptions, refine_alignment
from services.compare.sound import align_sound
from services.compare.sound_levels import SoundLevels
from services.compare.sound_offsets import offset_notes
from services.compare.summary import summarize
from services.compare.timeline import Alignment, FrameTrack, RegionKind, SegmentTrack

DEFAULT_THRESHOLD = 0.1
# A single frame is a difference; sound has to differ for longer to be heard as other sound.
_SHORTEST_PICTURE, _SHORTEST_SOUND = 0.0, 0.1
# Sensitivity 0.5 stands for moves of a second, 0 for none.
_SHORTEST_MOVE = 0.5
_PICTURE_IN_COMMON = 0.1


def _no_check() -> None:
    pass


def compare_pair(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    options: DifferenceOptions | None = None,
    check: Callable[[], None] = _no_check,
) -> PairDifferences:
    """Compares two videos in every modality that both have.

    check: called between stages; raises to stop the work of a cancelled call.
    Raises InvalidTrack for vectors that can not be compared.
    """
    options = options or DifferenceOptions()
    wanted = [m for m in Modality if options.modalities is None or m in options.modalities]
    both = [m for m in wanted if m in a.tracks and m in b.tracks]
    only_in_a = [m for m in wanted if m in a.tracks and m not in b.tracks]
    only_in_b = [m for m in wanted if m in b.tracks and m not in a.tracks]
    for modality in both:
        check_pair(a.tracks[modality], b.tracks[modality])
    check()
    picture = _picture(a, b, options, check) if _needs_picture(both) else None
    if picture is not None and options.use_frames and Modality.VISUAL in both:
        picture = _with_detail(picture, a, b, options, check)
    found = []
    for modality in both:
        check()
        alignment = _align(modality, a, b, picture, options)
        threshold, metric = _threshold(options), options.alignment.metric
        track_a, track_b = a.tracks[modality], b.tracks[modality]
        found.append(summarize(modality, alignment, track_a, track_b, threshold, metric))
    return _answer(a, b, found, only_in_a, only_in_b)


def _needs_picture(modalities: list[Modality]) -> bool:
    return Modality.VISUAL in modalities or Modality.AUDIO in modalities


def _picture(
    a: EmbeddedVideo, b: EmbeddedVideo, options: DifferenceOptions, check: Callable[[], None]
) -> Alignment | None:
    """The picture's alignment with cosine distances; None when a video has no picture."""
    tracks = _tracks(a, b, Modality.VISUAL)
    frames = _frames(a, b) if options.use_frames else None
    if frames is not None:
        return refine_alignment(
            anchor_times(*tracks) if tracks else None,
            *frames,
            segments_a=tracks[0] if tracks else None,
            segments_b=tracks[1] if tracks else None,
            options=_refine_options(options),
            check=check,
        )
    if tracks is None:
        return None
    return align_sequence(*tracks, _cosine(options))


def _with_detail(
    picture: Alignment,
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    options: DifferenceOptions,
    check: Callable[[], None],
) -> Alignment:
    """The picture's alignment with what its fingerprints could not see, or a note why not."""
    frames = _frames(a, b)
    if frames is None:
        return picture
    try:
        tracks = fetched(a.detail, b.detail, *spans_of(picture), check)
        return refined(
            picture, *tracks, *frames, a.tracks[Modality.VISUAL], _refine_options(options), check
        )
    except DetailMissing as missing:
        note = str(missing)
    except DamagedDetail as damaged:
        note = (
            f"Changes as small as a letter were not looked for: a detail track is damaged "
            f"({damaged}). Delete the embeddings and embed the videos again."
        )
    return replace(picture, notes=[*picture.notes, note])


def _align(
    modality: Modality,
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    picture: Alignment | None,
    options: DifferenceOptions,
) -> Alignment:
    """The alignment of one modality, in the metric that was asked for."""
    track_a, track_b = a.tracks[modality], b.tracks[modality]
    if modality is Modality.VISUAL and picture is not None:
        alignment = picture
    elif modality is Modality.AUDIO and picture is not None and _in_common(picture):
        cosine = _cosine(options)
        levels = _levels(a, b) if options.use_frames else None
        alignment = align_sound(
            picture,
            track_a,
            track_b,
            cosine.threshold or DEFAULT_THRESHOLD,
            _shortest_sound(options, with_levels=levels is not None),
            levels,
        )
    else:
        alignment = align_sequence(track_a, track_b, _cosine(options))
    return _as_euclidean(alignment) if _is_euclidean(options) else alignment


def _tracks(
    a: EmbeddedVideo, b: EmbeddedVideo, modality: Modality
) -> tuple[SegmentTrack, SegmentTrack] | None:
    if modality in a.tracks and modality in b.tracks:
        return a.tracks[modality], b.tracks[modality]
    return None


def _frames(a: EmbeddedVideo, b: EmbeddedVideo) -> tuple[FrameTrack, FrameTrack] | None:
    if a.frames is None or b.frames is None or 0 in (len(a.frames.times), len(b.frames.times)):
        return None
    return a.frames, b.frames


def _levels(a: EmbeddedVideo, b: EmbeddedVideo) -> SoundLevels | None:
    frames = _frames(a, b)
    if frames is None or 0 in (len(frames[0].sound), len(frames[1].sound)):
        return None
    return SoundLevels(frames[0].sound, frames[1].sound)


def _in_common(picture: Alignment) -> bool:
    """Whether enough of the pictures goes together for the sound to follow."""
    regions = picture.regions
    total = sum(r.a_end - r.a_start for r in regions)
    same = sum(
        r.a_end - r.a_start
        for r in regions
        if r.kind not in (RegionKind.REPLACED, RegionKind.DELETED)
    )
    return same >= _PICTURE_IN_COMMON * total


def _is_euclidean(options: DifferenceOptions) -> bool:
    return options.alignment.metric is Metric.EUCLIDEAN


def _threshold(options: DifferenceOptions) -> float:
    """The threshold in the metric that was asked for."""
    if options.alignment.threshold is not None:
        return options.alignment.threshold
    return default_threshold(options.alignment.metric)


def default_threshold(metric: Metric) -> float:
    """The threshold when none is asked for: the same angle in every metric."""
    return math.sqrt(2 * DEFAULT_THRESHOLD) if metric is Metric.EUCLIDEAN else DEFAULT_THRESHOLD


def _cosine(options: DifferenceOptions) -> AlignmentOptions:
    """The same options for cosine distances: of unit vectors at cosine distance d the Euclidean
    distance is sqrt(2 d)."""
    threshold = _threshold(options)
    if _is_euclidean(options):
        threshold = threshold**2 / 2
    shortest = options.minimum_region
    return replace(
        options.alignment,
        metric=Metric.COSINE,
        threshold=threshold,
        minimum_region=options.alignment.minimum_region if shortest is None else shortest,
    )


def _refine_options(options: DifferenceOptions) -> RefineOptions:
    cosine = _cosine(options)
    sensitivity = cosine.move_sensitivity
    return RefineOptions(
        threshold=cosine.threshold or 0.0,
        min_region=_SHORTEST_PICTURE if options.minimum_region is None else options.minimum_region,
        min_move=_SHORTEST_MOVE / sensitivity if sensitivity > 0 else math.inf,
        merge_gap=cosine.merge_gap,
    )


def _shortest_sound(options: DifferenceOptions, *, with_levels: bool) -> float:
    if options.minimum_region is None and with_levels:
        return _SHORTEST_SOUND
    return _cosine(options).minimum_region


def _as_euclidean(alignment: Alignment) -> Alignment:
    return replace(
        alignment,
        regions=[replace(r, score=math.sqrt(2 * max(r.score, 0.0))) for r in alignment.regions],
        distances=np.sqrt(2 * np.maximum(alignment.distances, 0)).astype(np.float32),
        noise_floor=math.sqrt(2 * alignment.noise_floor),
        suggested_threshold=math.sqrt(2 * alignment.suggested_threshold),
    )


def _answer(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    found: list[ModalityDifferences],
    only_in_a: list[Modality],
    only_in_b: list[Modality],
) -> PairDifferences:
    counts = {each.modality: len(each.worst) for each in found}
    complete = not only_in_a and not only_in_b
    notes = [note for each in found for note in each.alignment.notes]
    notes += [note for each in found for note in offset_notes(each.alignment.regions)]
    notes += [f"Only A has {modality.value.lower()}." for modality in only_in_a]
    notes += [f"Only B has {modality.value.lower()}." for modality in only_in_b]
    picture_same = counts.get(Modality.VISUAL) == 0
    sound_differs = counts.get(Modality.AUDIO, 0) > 0 or Modality.AUDIO in only_in_a + only_in_b
    out_of_step = any(r.sound_offset for each in found for r in each.alignment.regions)
    return PairDifferences(
        modalities=tuple(found),
        only_in_a=tuple(only_in_a),
        only_in_b=tuple(only_in_b),
        duration_a=a.duration,
        duration_b=b.duration,
        reencode_only=bool(found) and complete and not any(counts.values()) and not out_of_step,
        only_sound_changed=picture_same and (sound_differs or out_of_step),
        similarity_percent=found[0].similarity_percent if found else None,
        difference_count=sum(counts.values()),
        notes=tuple(notes),
    )
