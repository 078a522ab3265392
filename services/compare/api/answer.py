"""From what a comparison found to the messages of the contract."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator

import numpy as np

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import (
    Comparison,
    ComparisonHeader,
    ComparisonSummary,
    DistanceBatch,
    KindTotal,
    LookKind,
    ModalitySummary,
    Presence,
    RegionKind,
    RegionReason,
    SegmentDistance,
)
from sage.embed.v1 import embed_pb2
from services.compare.outcome import (
    EmbeddedVideo,
    Modality,
    ModalityDifferences,
    PairDifferences,
    SoundDifference,
    SoundTrackPair,
)
from services.compare.segments.rows import SegmentRow, segment_rows
from services.compare.timeline import Box, FrameTrack, LookDifference, Region, SoundTrack

# Small enough to be drawn as they arrive, large enough for few messages.
BATCH_SEGMENTS = 512
# Frame times are rounded in containers; nearer than this is the same moment.
_SAME_MOMENT = 1e-3


def comparison_of(
    header: ComparisonHeader, a: EmbeddedVideo, b: EmbeddedVideo, found: PairDifferences
) -> Comparison:
    """The whole answer in one message, with regions and distances by modality.

    a, b: the same that was compared; of their tracks and frames come the edges of segments and
    frames.
    """
    comparison = Comparison(header=header)
    for each in found.modalities:
        modality = _modality(each.modality)
        rows = segment_rows(each.alignment, a.tracks[each.modality], b.tracks[each.modality])
        comparison.distances.append(
            DistanceBatch(modality=modality, segments=(_segment(row) for row in rows))
        )
        frames = (a.frames, b.frames) if each.modality is Modality.VISUAL else (None, None)
        comparison.regions.extend(
            _region(region, modality, *frames) for region in each.alignment.regions
        )
    comparison.looks.extend(_look(each) for each in found.looks)
    comparison.summary.CopyFrom(_summary(found))
    return comparison


def stream_of(comparison: Comparison) -> Iterator[compare_pb2.CompareVideosResponse]:
    """Everything after the header, in pieces."""
    for whole in comparison.distances:
        for first in range(0, len(whole.segments), BATCH_SEGMENTS):
            batch = DistanceBatch(
                modality=whole.modality,
                first_segment=first,
                segments=whole.segments[first : first + BATCH_SEGMENTS],
            )
            yield compare_pb2.CompareVideosResponse(distances=batch)
    for look in comparison.looks:
        yield compare_pb2.CompareVideosResponse(look=look)
    for region in comparison.regions:
        yield compare_pb2.CompareVideosResponse(region=region)
    yield compare_pb2.CompareVideosResponse(summary=comparison.summary)


def _segment(row: SegmentRow) -> SegmentDistance:
    segment = SegmentDistance(presence=Presence.PRESENCE_BOTH)
    if row.a is None:
        segment.presence = Presence.PRESENCE_ONLY_IN_B
    else:
        segment.a_start, segment.a_end = row.a
    if row.b is None:
        segment.presence = Presence.PRESENCE_ONLY_IN_A
    else:
        segment.b_start, segment.b_end = row.b
    if row.distance is not None:
        segment.distance = row.distance
    return segment


def _region(
    region: Region,
    modality: embed_pb2.Modality.ValueType,
    frames_a: FrameTrack | None,
    frames_b: FrameTrack | None,
) -> compare_pb2.Region:
    message = compare_pb2.Region(
        kind=RegionKind.Value(f"REGION_KIND_{region.kind.value}"),
        a_start=region.a_start,
        a_end=region.a_end,
        b_start=region.b_start,
        b_end=region.b_end,
        score=_finite(region.score),
        confidence=_finite(region.confidence),
        rate=region.rate,
        modality=modality,
        sound_offset=region.sound_offset,
    )
    if region.reason is not None:
        message.reason = RegionReason.Value(f"REGION_REASON_{region.reason.value}")
    if region.box is not None:
        message.box.CopyFrom(_box(region.box))
    if frames_a is not None and frames_b is not None:
        message.a_start_frame = _frame(frames_a, region.a_start)
        message.a_end_frame = _frame(frames_a, region.a_end)
        message.b_start_frame = _frame(frames_b, region.b_start)
        message.b_end_frame = _frame(frames_b, region.b_end)
    return message


def _look(look: LookDifference) -> compare_pb2.LookDifference:
    placed = look.picture_map
    return compare_pb2.LookDifference(
        kind=LookKind.Value(f"LOOK_KIND_{look.kind.value}"),
        a_start=look.a_start,
        a_end=look.a_end,
        b_start=look.b_start,
        b_end=look.b_end,
        amount=_finite(look.amount),
        unit=look.unit,
        box=None if look.box is None else _box(look.box),
        sentence=look.sentence,
        picture_map=None
        if placed is None
        else compare_pb2.PictureMap(**dataclasses.asdict(placed)),
    )


def _box(box: Box) -> compare_pb2.Box:
    return compare_pb2.Box(left=box.left, top=box.top, width=box.width, height=box.height)


def _frame(track: FrameTrack, time: float) -> int:
    """The number of the first frame that is shown from this time on."""
    return int(np.searchsorted(track.times, time - _SAME_MOMENT))


def _summary(found: PairDifferences) -> ComparisonSummary:
    return ComparisonSummary(
        similarity_percent=found.similarity_percent,
        duration_a=found.duration_a,
        duration_b=found.duration_b,
        reencode_only=found.reencode_only,
        difference_count=found.difference_count,
        modalities=(_modality_summary(each) for each in found.modalities),
        notes=_notes(found),
        sound_tracks=(_track_pair(each) for each in found.sound_tracks.pairs),
        sound_differences=(_sound_difference(each) for each in found.sound_tracks.differences),
    )


def _track_pair(pair: SoundTrackPair) -> compare_pb2.SoundTrackPair:
    return compare_pb2.SoundTrackPair(
        a=None if pair.a is None else _sound_track(pair.a),
        b=None if pair.b is None else _sound_track(pair.b),
        compared=pair.compared,
    )


def _sound_track(track: SoundTrack) -> embed_pb2.SoundTrack:
    return embed_pb2.SoundTrack(
        number=track.number,
        language=track.language,
        title=track.title,
        layout=track.layout,
        channels=track.channels,
        heard=track.heard,
    )


def _sound_difference(found: SoundDifference) -> compare_pb2.SoundDifference:
    return compare_pb2.SoundDifference(
        kind=compare_pb2.SoundDifference.Kind.Value(f"KIND_{found.kind.value}"),
        a_track=found.a_track,
        b_track=found.b_track,
        description=found.description,
        amount=found.amount,
    )


def _notes(found: PairDifferences) -> Iterable[str]:
    yield from found.notes
    if not found.modalities:
        yield "The two videos have nothing in common that could be compared."
    elif found.only_sound_changed and not (found.only_in_a or found.only_in_b):
        yield "The picture is the same; only the sound differs."


def _modality_summary(found: ModalityDifferences) -> ModalitySummary:
    return ModalitySummary(
        modality=_modality(found.modality),
        similarity_percent=found.similarity_percent,
        compared_segments=found.compared_segments,
        different_segments=found.different_segments,
        video_distance=_finite(found.video_distance),
        noise_floor=_finite(found.alignment.noise_floor),
        suggested_threshold=_finite(found.alignment.suggested_threshold),
        unchanged_share_a=found.unchanged_share_a,
        unchanged_share_b=found.unchanged_share_b,
        totals=(
            KindTotal(
                kind=RegionKind.Value(f"REGION_KIND_{total.kind.value}"),
                count=total.count,
                seconds_a=total.seconds_a,
                seconds_b=total.seconds_b,
            )
            for total in found.totals
        ),
        worst_regions=found.worst,
    )


def _modality(modality: Modality) -> embed_pb2.Modality.ValueType:
    return embed_pb2.Modality.Value(f"MODALITY_{modality.value}")


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0
