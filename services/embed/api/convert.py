"""Between the service's own types and the contract's messages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc.status_pb2 import Status

from sage.embed.v1 import embed_pb2
from sage.ingest.v1 import ingest_pb2
from services.embed.artifacts.delivery import Facts, Frames, FrameTrackPart, Sound, TrackLevels
from services.embed.artifacts.detail_track import QUANTUM, DetailChunk
from services.embed.artifacts.embeddings import Embedding
from services.embed.artifacts.tracks import SoundTrack
from services.embed.ports import Availability, EngineSpec
from services.embed.tasks.task_state import Failure, Micros, Modality, State, Task, VideoFacts
from services.servicekit import errors
from services.servicekit.durations import duration, seconds

DEFAULT_SEGMENT_SECONDS = 2.0


def timestamp(micros: Micros) -> Timestamp:
    """micros: since 1970, in UTC."""
    message = Timestamp()
    message.FromMicroseconds(micros)
    return message


def state_to_proto(state: State) -> embed_pb2.EmbeddingTask.State.ValueType:
    """The names are the contract's but for the prefix, so that a new one needs no line here."""
    return embed_pb2.EmbeddingTask.State.Value(f"STATE_{state}")


def states_from_proto(
    values: Iterable[embed_pb2.EmbeddingTask.State.ValueType],
) -> list[State]:
    """The states of a filter; an unspecified one filters nothing."""
    names = (embed_pb2.EmbeddingTask.State.Name(value) for value in values if value)
    return [State(name.removeprefix("STATE_")) for name in names]


def modality_to_proto(modality: Modality) -> embed_pb2.Modality.ValueType:
    """The names are the contract's but for the prefix, as those of states are."""
    return embed_pb2.Modality.Value(f"MODALITY_{modality}")


def modalities_from_proto(values: Iterable[embed_pb2.Modality.ValueType]) -> tuple[Modality, ...]:
    """In the order of the request. Raises ValueError for an unspecified one."""
    names = (embed_pb2.Modality.Name(value) for value in values)
    return tuple(Modality(name.removeprefix("MODALITY_")) for name in names)


def video_from_proto(video: ingest_pb2.Video) -> VideoFacts:
    """What a task keeps of a video; durations become seconds."""
    return VideoFacts(
        name=video.name,
        display_name=video.display_name,
        sha256=video.sha256,
        size_bytes=video.size_bytes,
        duration=seconds(video.duration),
        width=video.width,
        height=video.height,
        has_audio=video.has_audio,
        content_type=video.content_type,
    )


def task_to_proto(task: Task) -> embed_pb2.EmbeddingTask:
    """A field without a value, such as the end of a task that runs, stays unset."""
    message = embed_pb2.EmbeddingTask(
        name=task.name,
        video=task.video.name,
        engine=task.engine,
        segment_duration=duration(task.segment_duration),
        modalities=[modality_to_proto(modality) for modality in task.modalities],
        state=state_to_proto(task.state),
        progress=task.progress,
        progress_estimated=task.progress_estimated,
        stage=task.stage,
        attempt=task.attempt,
        embedding=task.embedding,
        create_time=timestamp(task.created_at),
        revision=task.revision,
        video_display_name=task.video.display_name,
    )
    if task.eta is not None:
        message.eta.CopyFrom(duration(task.eta))
    if task.failure is not None:
        message.error.CopyFrom(failure_to_status(task.failure))
    if task.started_at is not None:
        message.start_time.CopyFrom(timestamp(task.started_at))
    if task.ended_at is not None:
        message.end_time.CopyFrom(timestamp(task.ended_at))
    return message


def failure_to_status(failure: Failure) -> Status:
    """Why a task failed, in the form in which calls fail."""
    return errors.to_status(
        errors.SageError(
            errors.reason_of(failure.reason), failure.message, metadata=failure.metadata
        )
    )


def embedding_to_proto(embedding: Embedding) -> embed_pb2.Embedding:
    """What is in it, and nothing about where it lies in the store."""
    return embed_pb2.Embedding(
        name=embedding.name,
        video=embedding.video,
        video_sha256=embedding.sha256,
        engine=embedding.engine,
        model=embedding.model,
        segment_duration=duration(embedding.segment_duration),
        duration=duration(embedding.duration),
        tracks=[
            embed_pb2.Embedding.Track(
                modality=modality_to_proto(track.modality),
                segment_count=track.segment_count,
                dimension=track.dimension,
                has_fine_samples=track.has_fine_samples,
            )
            for track in embedding.tracks
        ],
        has_frame_track=bool(embedding.frame_track_key),
        has_detail_track=bool(embedding.detail_track_key),
        create_time=timestamp(embedding.created_at),
        etag=embedding.etag,
    )


def frame_batch_to_proto(batch: FrameTrackPart) -> embed_pb2.FrameBatch:
    """One part of a frame track; arrays become bytes in the order of their rows.

    Fingerprints are uint8 of (n, 16, 16), bands uint8, channels little-endian uint16.
    """
    message = embed_pb2.FrameBatch(duration_seconds=batch.duration)
    match batch:
        case Frames():
            message.first_frame = batch.first
            message.time_seconds.extend(batch.times.tolist())
            message.fingerprints = batch.fingerprints.tobytes()
        case Sound():
            message.first_sound_step = batch.first
            message.sound_levels = batch.levels.tobytes()
        case TrackLevels():
            message.track_levels.track = batch.track
            if batch.levels.dtype == np.uint8:
                message.track_levels.bands = batch.levels.tobytes()
            else:
                message.track_levels.channels = batch.levels.astype("<u2").tobytes()
        case Facts():
            message.picture_end_seconds = batch.facts.picture_end
            message.sound_tracks.extend(map(_sound_track, batch.facts.sound_tracks))
    return message


def _sound_track(track: SoundTrack) -> embed_pb2.SoundTrack:
    return embed_pb2.SoundTrack(
        number=track.number,
        language=track.language,
        title=track.title,
        layout=track.layout,
        channels=track.channels,
        heard=track.heard,
    )


def detail_batch_to_proto(chunk: DetailChunk) -> embed_pb2.DetailBatch:
    """Pictures stay packed as they lie in the store; times are seconds."""
    return embed_pb2.DetailBatch(
        rows=chunk.rows,
        columns=chunk.columns,
        quantum=QUANTUM,
        time_seconds=chunk.times.tolist(),
        pictures=chunk.packed,
    )


def engine_to_proto(spec: EngineSpec, availability: Availability) -> embed_pb2.Engine:
    """An engine as one workspace sees it, for which it may be unavailable; limits of 0 are none."""
    message = embed_pb2.Engine(
        name=spec.name,
        display_name=spec.display_name,
        model=spec.model,
        tracks=[
            embed_pb2.Embedding.Track(
                modality=modality_to_proto(track.modality),
                dimension=track.dimension,
                has_fine_samples=track.has_fine_samples,
            )
            for track in spec.tracks
        ],
        min_segment_duration=duration(spec.min_segment),
        max_segment_duration=duration(spec.max_segment),
        max_size_bytes=spec.max_size_bytes,
        needs_api_key=spec.needs_api_key,
        available=availability.available,
        unavailable_reason=availability.reason,
    )
    if spec.max_duration is not None:
        message.max_duration.CopyFrom(duration(spec.max_duration))
    return message
