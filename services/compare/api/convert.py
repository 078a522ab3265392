"""From requests and embeddings of the contract to the values that comparisons work on."""

from __future__ import annotations

from collections.abc import Mapping

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import AlignmentMode, ComparisonHeader, ComparisonOptions
from sage.compare.v1.compare_pb2 import Metric as MetricMessage
from sage.embed.v1 import embed_pb2
from sage.embed.v1.embed_pb2 import Embedding
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare.applied_options import default_threshold
from services.compare.detail.fetching import DetailSource
from services.compare.outcome import DifferenceOptions, EmbeddedVideo, Modality, Mode
from services.compare.pairing import dimensions
from services.compare.picture_end import until_picture_end
from services.compare.segments.distance import InvalidReason, InvalidTrack, Metric
from services.compare.segments.matrix import Pooling
from services.compare.segments.options import AlignmentOptions
from services.compare.timeline import FrameTrack, SegmentTrack
from services.servicekit.errors import FieldViolation, SageError

_DEFAULT_SENSITIVITY = 0.5
# The local engine keeps four finer samples of each segment.
_FINE_SAMPLES = 4
# 30 fingerprints with their times, and 50 steps of sound in 16 bands and two channels.
_FRAME_TRACK_BYTES_PER_SECOND = 30 * 776 + 50 * (16 + 4)
# Of what moves all the time; of pages that stand still it takes a tenth.
_DETAIL_TRACK_BYTES_PER_SECOND = 5000
_MODALITIES = {
    embed_pb2.MODALITY_VISUAL: Modality.VISUAL,
    embed_pb2.MODALITY_AUDIO: Modality.AUDIO,
    embed_pb2.MODALITY_TRANSCRIPTION: Modality.TRANSCRIPTION,
}
_MODES = {
    AlignmentMode.ALIGNMENT_MODE_SEQUENCE: Mode.SEQUENCE,
    AlignmentMode.ALIGNMENT_MODE_TIME: Mode.TIME,
    AlignmentMode.ALIGNMENT_MODE_INDEX: Mode.INDEX,
}


def header_of(a: Embedding, b: Embedding, options: ComparisonOptions) -> ComparisonHeader:
    """What is compared with what, and how.

    Raises SageError(MODALITY_MISSING) when neither side has the modality that was asked for.
    """
    of_a, of_b = set(dimensions(a)), set(dimensions(b))
    wanted = of_a | of_b
    if options.modality:
        wanted &= {options.modality}
        if not wanted:
            raise modality_missing(options.modality, f"{a.video} and {b.video}")
    return ComparisonHeader(
        a=a,
        b=b,
        options=_filled(options, a.engine),
        modalities=sorted(wanted & of_a & of_b),
        only_in_a=sorted(wanted & of_a - of_b),
        only_in_b=sorted(wanted & of_b - of_a),
    )


def _filled(options: ComparisonOptions, engine: str) -> ComparisonOptions:
    """The options with every default in place; lengths that are absent stay so, as the engine's
    own measure takes their place."""
    filled = ComparisonOptions()
    filled.CopyFrom(options)
    filled.engine = engine
    filled.metric = options.metric or MetricMessage.METRIC_COSINE
    filled.alignment = options.alignment or AlignmentMode.ALIGNMENT_MODE_SEQUENCE
    if not options.HasField("threshold"):
        filled.threshold = default_threshold(
            Metric.EUCLIDEAN if _is_euclidean(filled) else Metric.COSINE
        )
    if not options.HasField("refine"):
        filled.refine = True
    if not options.HasField("move_sensitivity"):
        filled.move_sensitivity = _DEFAULT_SENSITIVITY
    return filled


def _is_euclidean(options: ComparisonOptions) -> bool:
    return options.metric == MetricMessage.METRIC_EUCLIDEAN


def mode_of(header: ComparisonHeader) -> Mode:
    """Raises KeyError for an unspecified alignment; a header has the one that is applied."""
    return _MODES[header.options.alignment]


def options_of(header: ComparisonHeader) -> DifferenceOptions:
    """The header's options as the comparison takes them.

    Raises SageError(INVALID_ARGUMENT) for values that contradict each other.
    """
    options = header.options
    euclidean = _is_euclidean(options)
    if options.raw_vectors and not euclidean:
        raise _invalid("options.raw_vectors", "Only Euclidean distances can use raw vectors.")
    if options.raw_vectors and options.alignment != AlignmentMode.ALIGNMENT_MODE_INDEX:
        raise _invalid("options.raw_vectors", "Only the alignment INDEX can compare raw vectors.")
    offset = options.offset.ToNanoseconds() / 1e9
    if offset and options.alignment != AlignmentMode.ALIGNMENT_MODE_TIME:
        raise _invalid("options.offset", "Only the alignment TIME takes an offset.")
    alignment = AlignmentOptions(
        metric=Metric.EUCLIDEAN if euclidean else Metric.COSINE,
        normalize=not options.raw_vectors,
        threshold=options.threshold,
        merge_gap=options.merge_gap.ToNanoseconds() / 1e9,
        move_sensitivity=options.move_sensitivity,
        offset=offset,
    )
    shortest = options.min_region.ToNanoseconds() / 1e9 if options.HasField("min_region") else None
    modalities = [_MODALITIES[options.modality]] if options.modality else list(Modality)
    return DifferenceOptions(
        alignment=alignment,
        minimum_region=shortest,
        modalities=frozenset(modalities),
        use_frames=options.refine,
    )


def embedded_video(
    segments: Mapping[embed_pb2.Modality.ValueType, SegmentTrack],
    frames: FrameTrack | None,
    detail: DetailSource | None,
) -> EmbeddedVideo:
    """What a comparison works on, by our names; pictures end where the last frame does.

    frames, detail: None where an embedding has none.
    """
    tracks = {_MODALITIES[modality]: track for modality, track in segments.items()}
    if Modality.VISUAL in tracks:
        tracks[Modality.VISUAL] = until_picture_end(tracks[Modality.VISUAL], frames)
    return EmbeddedVideo(tracks=tracks, frames=frames, detail=detail)


def vector_bytes(embedding: Embedding) -> int:
    """How many bytes the vectors of its segments take."""
    return sum(4 * track.segment_count * track.dimension for track in embedding.tracks)


def detail_bytes(embedding: Embedding) -> int:
    """How many bytes its detail track is likely to take."""
    if not embedding.has_detail_track:
        return 0
    return int(_DETAIL_TRACK_BYTES_PER_SECOND * embedding.duration.ToSeconds())


def further_bytes(embedding: Embedding, *, with_frames: bool) -> int:
    """How many bytes its finer samples, and its frame track, are likely to take.

    A guess by how long the video says it is; how many pictures it has is known when they are there.
    """
    fine = sum(
        _FINE_SAMPLES * 4 * track.segment_count * track.dimension
        for track in embedding.tracks
        if track.has_fine_samples
    )
    if not (with_frames and embedding.has_frame_track):
        return fine
    return fine + int(_FRAME_TRACK_BYTES_PER_SECOND * embedding.duration.ToSeconds())


def pooling_of(pooling: compare_pb2.Pooling.ValueType) -> Pooling:
    """An unspecified one is MAX, as the contract says."""
    return Pooling.MEAN if pooling == compare_pb2.POOLING_MEAN else Pooling.MAX


def modality_missing(modality: embed_pb2.Modality.ValueType, where: str) -> SageError:
    """To be raised: SageError(MODALITY_MISSING). where: the name of the embedding that lacks it."""
    name = embed_pb2.Modality.Name(modality).removeprefix("MODALITY_").lower()
    return SageError(
        ErrorReason.ERROR_REASON_MODALITY_MISSING,
        f"The embedding of {where} has no {name} vectors.",
        metadata={"modality": name, "name": where},
    )


def refusal(error: InvalidTrack) -> SageError:
    """What clients are told of tracks that cannot be compared."""
    reason = {
        InvalidReason.INVALID_OPTION.value: ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        InvalidReason.DIMENSION_MISMATCH.value: ErrorReason.ERROR_REASON_EMBEDDINGS_NOT_COMPARABLE,
    }.get(error.reason, ErrorReason.ERROR_REASON_INVALID_VECTORS)
    return SageError(reason, f"{error}.", metadata={"detail": error.reason})


def _invalid(field: str, description: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        f"{field}: {description}",
        fields=[FieldViolation(field=field, description=description)],
    )
