"""The picture's alignment: a look taken away, lines to the frame, and letters where they are fine.

Without frame tracks on both sides the vectors are the whole answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.compare.applied_options import cosine_options, refine_options
from services.compare.detail.fetching import DetailMissing, fetched
from services.compare.detail.refining import refined, spans_of
from services.compare.detail.track import DamagedDetail
from services.compare.frames import refine_alignment
from services.compare.looks import Look, describe, find_look, with_reasons
from services.compare.outcome import DifferenceOptions, EmbeddedVideo, Modality
from services.compare.picture_end import pictures_alone
from services.compare.segments.anchors import anchor_times
from services.compare.segments.sequence import align_sequence
from services.compare.timeline import Alignment, FrameTrack, SegmentTrack

_NO_DETAIL_UNDER_LOOKS = (
    "Changes as small as a letter were not looked for: the pictures look different throughout."
)


def align_picture(
    a: EmbeddedVideo, b: EmbeddedVideo, options: DifferenceOptions, check: Callable[[], None]
) -> Alignment | None:
    """The picture's alignment with cosine distances; None when a video has no picture."""
    tracks = _visual_tracks(a, b)
    frames = frame_tracks_of(a, b) if options.use_frames else None
    if frames is not None:
        look = find_look(*frames, check)
        check()
        levelled = frames if look is None else look.taken_away(*frames)
        alignment = refine_alignment(
            anchor_times(*tracks) if tracks else None,
            *levelled,
            levelled=look is not None,
            segments_a=tracks[0] if tracks else None,
            segments_b=tracks[1] if tracks else None,
            options=refine_options(options),
            check=check,
        )
        alignment = replace(alignment, regions=with_reasons(alignment.regions, *levelled, check))
        return alignment if look is None else _under_look(alignment, look, frames)
    if tracks is None:
        return None
    return align_sequence(*tracks, cosine_options(options))


def _under_look(
    alignment: Alignment, look: Look, frames: tuple[FrameTrack, FrameTrack]
) -> Alignment:
    """The alignment with the look that was taken away, and boxes where B has them."""
    regions = [
        region if region.box is None else replace(region, box=look.located(region.box))
        for region in alignment.regions
    ]
    return replace(alignment, regions=regions, looks=describe(look, *frames))


def with_detail(
    picture: Alignment,
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    options: DifferenceOptions,
    check: Callable[[], None],
) -> Alignment:
    """The picture's alignment with what its fingerprints could not see, or a note why not."""
    frames = frame_tracks_of(a, b)
    if frames is None:
        return picture
    if picture.looks:
        return _without_detail(picture, _NO_DETAIL_UNDER_LOOKS)
    try:
        tracks = fetched(a.detail, b.detail, *spans_of(picture), check)
        return refined(
            picture, *tracks, *frames, a.tracks[Modality.VISUAL], refine_options(options), check
        )
    except DetailMissing as missing:
        note = str(missing)
    except DamagedDetail as damaged:
        note = (
            f"Changes as small as a letter were not looked for: a detail track is damaged "
            f"({damaged}). Delete the embeddings and embed the videos again."
        )
    return _without_detail(picture, note)


def _without_detail(picture: Alignment, note: str) -> Alignment:
    return replace(picture, notes=[*picture.notes, note], complete=False)


def _visual_tracks(a: EmbeddedVideo, b: EmbeddedVideo) -> tuple[SegmentTrack, SegmentTrack] | None:
    if Modality.VISUAL in a.tracks and Modality.VISUAL in b.tracks:
        return a.tracks[Modality.VISUAL], b.tracks[Modality.VISUAL]
    return None


def frame_tracks_of(a: EmbeddedVideo, b: EmbeddedVideo) -> tuple[FrameTrack, FrameTrack] | None:
    """Both frame tracks, as long as their pictures are shown."""
    if a.frames is None or b.frames is None or 0 in (len(a.frames.times), len(b.frames.times)):
        return None
    return pictures_alone(a.frames), pictures_alone(b.frames)
