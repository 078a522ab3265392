"""The picture's alignment: a look taken away, lines to the frame, and letters where they are fine.

Without frame tracks on both sides the vectors are the whole answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from services.compare.applied_options import cosine_options, refine_options
from services.compare.detail.fetching import DetailMissing, fetched
from services.compare.detail.refining import paired_pictures, refined, spans_of
from services.compare.detail.track import DamagedDetail, DetailPictures, DetailTrack
from services.compare.frames import refine_alignment
from services.compare.looks import (
    Look,
    describe,
    find_look,
    finely_framed,
    levelled_detail,
    with_reasons,
    without_inexactness,
)
from services.compare.outcome import DifferenceOptions, EmbeddedVideo, Modality
from services.compare.pages.page_lines import PagesOfBoth, find_pages
from services.compare.pages.stills import stands_still
from services.compare.picture_end import pictures_alone
from services.compare.segments.anchors import anchor_times
from services.compare.segments.sequence import align_sequence
from services.compare.timeline import Alignment, FrameTrack, Region, SegmentTrack
from services.compare.tuning import TUNED, Tuning

_NO_DETAIL_UNDER_BLENDING = (
    "Changes as small as a letter were not looked for: one side's pictures are mixed of several of "
    "the other's."
)
_NO_DETAIL_UNDER_PANNING = (
    "Changes as small as a letter were not looked for: which part of the picture one side shows "
    "changes over time."
)


@dataclass(frozen=True, kw_only=True)
class AlignedPicture:
    """What is known of the picture before its detail is looked at.

    alignment: boxes are on the look's common grid. frames: as they were compared, without the look;
    None where vectors were the whole answer. detail: all of it, where it was looked at already.
    """

    alignment: Alignment
    look: Look | None = None
    frames: tuple[FrameTrack, FrameTrack] | None = None
    detail: tuple[DetailTrack, DetailTrack] | None = None

    def told(self) -> Alignment:
        """The alignment with the look that was taken away, and boxes where B has them."""
        return self.alignment if self.look is None else _under_look(self.alignment, self.look)


def align_picture(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    options: DifferenceOptions,
    check: Callable[[], None],
    tuning: Tuning = TUNED,
) -> AlignedPicture | None:
    """The picture's alignment with cosine distances; None when a video has no picture."""
    tracks = _visual_tracks(a, b)
    frames = frame_tracks_of(a, b) if options.use_frames else None
    if frames is not None:
        look = find_look(*frames, check, tuning=tuning.looks)
        check()
        levelled = frames if look is None else look.taken_away(*frames)
        refining = refine_options(options)
        detail = _detail_of_pages(a, b, frames, look, check, tuning)
        pages = None if detail is None else _pages(frames, levelled, detail, look, check, tuning)
        alignment = refine_alignment(
            anchor_times(*tracks, tuning=tuning.segments) if tracks else None,
            *levelled,
            levelled=look is not None,
            known_timeline=lambda a, b: (
                None if pages is None else pages.timeline(a, b, refining.min_move)
            ),
            segments_a=tracks[0] if tracks else None,
            segments_b=tracks[1] if tracks else None,
            options=refining,
            check=check,
            tuning=tuning.frames,
        )
        threshold = refining.threshold
        regions = [_without_full_box(region, look) for region in alignment.regions]
        regions = with_reasons(regions, *levelled, threshold, check, tuning=tuning.looks)
        regions = without_inexactness(
            regions, threshold, levelled=look is not None, tuning=tuning.looks
        )
        alignment = replace(
            alignment,
            regions=regions,
            looks=() if look is None else describe(look, *frames),
        )
        return AlignedPicture(alignment=alignment, look=look, frames=levelled, detail=detail)
    if tracks is None:
        return None
    by_vectors = align_sequence(*tracks, cosine_options(options), tuning=tuning.segments)
    return AlignedPicture(alignment=by_vectors)


def _detail_of_pages(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    frames: tuple[FrameTrack, FrameTrack],
    look: Look | None,
    check: Callable[[], None],
    tuning: Tuning,
) -> tuple[DetailTrack, DetailTrack] | None:
    """All detail of two videos that may be made of still pages, which alone tells these apart; None
    of any others, and where there is none."""
    if look is not None and (look.blending is not None or look.panning is not None):
        return None
    if not all(stands_still(track, tuning=tuning.pages) for track in frames):
        return None
    try:
        return fetched(
            a.detail, b.detail, [(0.0, frames[0].duration)], [(0.0, frames[1].duration)], check
        )
    except DetailMissing:
        # The search for letters says so.
        return None


def _pages(
    frames: tuple[FrameTrack, FrameTrack],
    levelled: tuple[FrameTrack, FrameTrack],
    detail: tuple[DetailTrack, DetailTrack],
    look: Look | None,
    check: Callable[[], None],
    tuning: Tuning,
) -> PagesOfBoth | None:
    try:
        return find_pages(frames, levelled, detail, look, check, tuning=tuning.pages)
    except DamagedDetail:
        return None


def _without_full_box(region: Region, look: Look | None) -> Region:
    """What differs in all that can be compared is no change of a part."""
    if look is None or region.box is None or not look.covers_all(region.box):
        return region
    return replace(region, box=None)


def _under_look(alignment: Alignment, look: Look) -> Alignment:
    regions = [
        region if region.box is None else replace(region, box=look.located(region.box))
        for region in alignment.regions
    ]
    return replace(alignment, regions=regions)


def with_detail(
    picture: AlignedPicture,
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    options: DifferenceOptions,
    check: Callable[[], None],
    tuning: Tuning = TUNED,
) -> AlignedPicture:
    """The same with what fingerprints could not see, or a note why not."""
    if picture.frames is None:
        return picture
    look = picture.look
    if look is not None and look.blending is not None:
        return _without_detail(picture, _NO_DETAIL_UNDER_BLENDING)
    if look is not None and look.panning is not None:
        return _without_detail(picture, _NO_DETAIL_UNDER_PANNING)
    try:
        detail: tuple[DetailPictures, DetailPictures] = picture.detail or fetched(
            a.detail, b.detail, *spans_of(picture.alignment), check
        )
        hidden = None
        if look is not None and len(detail[0]) and len(detail[1]):
            pairs = paired_pictures(picture.alignment, *detail, *picture.frames)
            look = replace(look, framing=finely_framed(look.framing, pairs))
            check()
            levelled = levelled_detail(look, *detail)
            detail, hidden = (levelled.a, levelled.b), levelled.hidden
        alignment = refined(
            picture.alignment,
            *detail,
            *picture.frames,
            a.tracks[Modality.VISUAL],
            refine_options(options),
            check,
            hidden,
            tuning=tuning.detail,
        )
        return replace(picture, alignment=alignment)
    except DetailMissing as missing:
        note = str(missing)
    except DamagedDetail as damaged:
        note = (
            f"Changes as small as a letter were not looked for: a detail track is damaged "
            f"({damaged}). Delete the embeddings and embed the videos again."
        )
    return _without_detail(picture, note)


def _without_detail(picture: AlignedPicture, note: str) -> AlignedPicture:
    alignment = picture.alignment
    notes = [*alignment.notes, note]
    return replace(picture, alignment=replace(alignment, notes=notes, complete=False))


def _visual_tracks(a: EmbeddedVideo, b: EmbeddedVideo) -> tuple[SegmentTrack, SegmentTrack] | None:
    if Modality.VISUAL in a.tracks and Modality.VISUAL in b.tracks:
        return a.tracks[Modality.VISUAL], b.tracks[Modality.VISUAL]
    return None


def frame_tracks_of(a: EmbeddedVideo, b: EmbeddedVideo) -> tuple[FrameTrack, FrameTrack] | None:
    """Both frame tracks, as long as their pictures are shown."""
    if a.frames is None or b.frames is None or 0 in (len(a.frames.times), len(b.frames.times)):
        return None
    return pictures_alone(a.frames), pictures_alone(b.frames)
