"""The three ways of matching times, with one kind of answer."""

from __future__ import annotations

import enum
from collections.abc import Callable

from services.compare.differences import compare_pair
from services.compare.outcome import DifferenceOptions, EmbeddedVideo, Modality, PairDifferences
from services.compare.segments.index import align_index
from services.compare.segments.shifted import align_shifted
from services.compare.summary import one_sided_notes, similarity_of, summarize
from services.compare.timeline import Alignment, SegmentTrack


class Mode(enum.Enum):
    """SEQUENCE follows the content, TIME the clock with an offset, INDEX the segments' numbers."""

    SEQUENCE = "SEQUENCE"
    TIME = "TIME"
    INDEX = "INDEX"


def compare_by(
    mode: Mode,
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    options: DifferenceOptions,
    check: Callable[[], None],
) -> PairDifferences:
    """Compares two videos. options: with a threshold.

    check: called between steps, may raise to stop the work. Raises InvalidTrack.
    """
    if mode is Mode.SEQUENCE:
        return compare_pair(a, b, options, check)
    wanted = [each for each in Modality if options.modalities is None or each in options.modalities]
    both = [each for each in wanted if each in a.tracks and each in b.tracks]
    only_in_a = [each for each in wanted if each in a.tracks and each not in b.tracks]
    only_in_b = [each for each in wanted if each in b.tracks and each not in a.tracks]
    found = []
    for modality in both:
        check()
        track_a, track_b = a.tracks[modality], b.tracks[modality]
        alignment = _paired(mode, track_a, track_b, options)
        metric, threshold = options.alignment.metric, options.alignment.threshold or 0.0
        found.append(summarize(modality, alignment, track_a, track_b, threshold, metric))
    count = sum(len(each.worst) for each in found)
    differs = bool(count or only_in_a or only_in_b)
    return PairDifferences(
        modalities=found,
        only_in_a=only_in_a,
        only_in_b=only_in_b,
        duration_a=a.duration,
        duration_b=b.duration,
        # Neither frames nor sound tracks were looked at.
        reencode_only=False,
        only_sound_changed=False,
        similarity_percent=similarity_of(a, b, found, only_in_a, only_in_b, differs=differs),
        difference_count=count,
        notes=one_sided_notes(only_in_a, only_in_b),
    )


def _paired(mode: Mode, a: SegmentTrack, b: SegmentTrack, options: DifferenceOptions) -> Alignment:
    return (align_index if mode is Mode.INDEX else align_shifted)(a, b, options.alignment)
