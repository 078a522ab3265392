"""Brings stored artifacts to clients, in pieces of about a mebibyte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.artifacts.detail_track import (
    DetailChunk,
    check_detail_track,
    detail_chunks,
)
from services.embed.artifacts.embeddings import Embedding
from services.embed.artifacts.stored_forms import (
    ArtifactError,
    decode_vectors,
    frame_count_and_duration,
    track_chunks,
)
from services.embed.artifacts.tracks import (
    ChannelChunk,
    Float32,
    Float64,
    MediaFacts,
    SoundChunk,
    UInt8,
    UInt16,
    VectorTrack,
)
from services.embed.tasks.task_state import Failure, Modality
from services.servicekit.errors import SageError, not_found, reason_name

Chunk = TypeVar("Chunk")

_BATCH_BYTES = 1 << 20
_FLOAT32_BYTES = 4
_TIMES_BYTES = 16


class Artifacts(Protocol):
    """Where artifacts lie."""

    async def get(self, key: str) -> bytes:
        """Raises KeyError when there is no such object."""
        ...


@dataclass(frozen=True, kw_only=True)
class Segments:
    """Some consecutive segments of one modality. first: index of the first one."""

    modality: Modality
    fine: bool
    first: int
    starts: Float64
    ends: Float64
    vectors: Float32


@dataclass(frozen=True, kw_only=True)
class Frames:
    """Some consecutive frames. first: index of the first one. duration: of the video, seconds."""

    first: int
    times: Float64
    fingerprints: UInt8
    duration: float


@dataclass(frozen=True, kw_only=True)
class Sound:
    """Levels of some consecutive steps of the sound. first: index of the first one. duration: of
    the video, seconds."""

    first: int
    levels: UInt8
    duration: float


@dataclass(frozen=True, kw_only=True)
class TrackLevels:
    """The next levels of a sound track: of its bands, or of its channels.

    track: 0 for the main one. duration: of the video, seconds.
    """

    track: int
    levels: UInt8 | UInt16
    duration: float


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of the file as a whole. duration: of the video, seconds."""

    facts: MediaFacts
    duration: float


FrameTrackPart = Frames | Sound | TrackLevels | Facts


class Damaged(Protocol):
    """Hears of artifacts that cannot be read, and never will be."""

    async def __call__(self, embedding: Embedding, key: str, failure: Failure) -> None: ...


class Delivery:
    """Reads artifacts from the store, and decodes them off the event loop.

    damaged: told once a second reading has found the same artifact damaged, or gone, too.
    """

    def __init__(self, artifacts: Artifacts, damaged: Damaged) -> None:
        self._artifacts = artifacts
        self._damaged = damaged

    async def segments(
        self, embedding: Embedding, modalities: Collection[Modality], *, include_fine: bool
    ) -> AsyncIterator[Segments]:
        """Modality by modality in order of time; the finer samples after each one's segments."""
        for facts in embedding.tracks:
            if modalities and facts.modality not in modalities:
                continue
            key = embedding.vectors_prefix + facts.modality.value
            async with self._reading(embedding, key, decode_vectors):
                track = await asyncio.to_thread(decode_vectors, await self._artifacts.get(key))
            for batch in batches(facts.modality, track, fine=False):
                yield batch
            if include_fine and track.fine is not None:
                for batch in batches(facts.modality, track.fine, fine=True):
                    yield batch

    async def frame_track(self, embedding: Embedding) -> AsyncIterator[FrameTrackPart]:
        """Raises SageError(NOT_FOUND) when the embedding has no frame track."""
        if not embedding.frame_track_key:
            raise not_found(f"{embedding.name}/frameTrack")
        key = embedding.frame_track_key
        async with self._reading(embedding, key, _check_frame_track):
            data = await self._artifacts.get(key)
            _, duration = await asyncio.to_thread(frame_count_and_duration, data)
        chunks = track_chunks(data)
        frames = steps = 0
        while True:
            async with self._reading(embedding, key, _check_frame_track):
                chunk = await asyncio.to_thread(_next, chunks)
            if chunk is None:
                return
            match chunk:
                case SoundChunk(track=0):
                    yield Sound(first=steps, levels=chunk.levels, duration=duration)
                    steps += len(chunk.levels)
                case SoundChunk() | ChannelChunk():
                    yield TrackLevels(track=chunk.track, levels=chunk.levels, duration=duration)
                case MediaFacts():
                    yield Facts(facts=chunk, duration=duration)
                case _:
                    yield Frames(
                        first=frames,
                        times=chunk.times,
                        fingerprints=chunk.fingerprints,
                        duration=duration,
                    )
                    frames += len(chunk.times)

    async def detail_track(
        self, embedding: Embedding, spans: Sequence[tuple[float, float]]
    ) -> AsyncIterator[DetailChunk]:
        """What is on the screen within the spans, in seconds; everything without any.

        Raises SageError(NOT_FOUND) when the embedding has no detail track.
        """
        if not embedding.detail_track_key:
            raise not_found(f"{embedding.name}/detailTrack")
        key = embedding.detail_track_key
        async with self._reading(embedding, key, check_detail_track):
            chunks = detail_chunks(await self._artifacts.get(key), spans)
        while True:
            async with self._reading(embedding, key, check_detail_track):
                chunk = await asyncio.to_thread(_next, chunks)
            if chunk is None:
                return
            yield chunk

    @asynccontextmanager
    async def _reading(
        self, embedding: Embedding, key: str, check: Callable[[bytes], object]
    ) -> AsyncIterator[None]:
        """Raises SageError(INVALID_VECTORS) when the body cannot read the artifact.

        check: decodes all of it.
        """
        try:
            yield
        except (KeyError, ArtifactError) as error:
            if (failure := await self._second_reading(embedding, key, check)) is not None:
                await self._damaged(embedding, key, failure)
                message = failure.message
            else:
                message = _unreadable(embedding, error)
            raise SageError(
                ErrorReason.ERROR_REASON_INVALID_VECTORS,
                message,
                metadata={"name": embedding.name},
            ) from None

    async def _second_reading(
        self, embedding: Embedding, key: str, check: Callable[[bytes], object]
    ) -> Failure | None:
        """What is wrong with the artifact; None when it was only read wrongly."""
        try:
            await asyncio.to_thread(check, await self._artifacts.get(key))
        except (KeyError, ArtifactError) as error:
            return Failure(
                reason=reason_name(ErrorReason.ERROR_REASON_INVALID_VECTORS),
                message=_unreadable(embedding, error),
                metadata={"name": embedding.name},
            )
        return None


def batches(modality: Modality, track: VectorTrack, *, fine: bool) -> Iterator[Segments]:
    """A track in pieces of at most about a mebibyte."""
    size = max(1, _BATCH_BYTES // (track.vectors.shape[1] * _FLOAT32_BYTES + _TIMES_BYTES))
    for first in range(0, len(track.vectors), size):
        part = slice(first, first + size)
        yield Segments(
            modality=modality,
            fine=fine,
            first=first,
            starts=track.starts[part],
            ends=track.ends[part],
            vectors=np.ascontiguousarray(track.vectors[part], dtype="<f4"),
        )


def _next(chunks: Iterator[Chunk]) -> Chunk | None:
    return next(chunks, None)


def _check_frame_track(data: bytes) -> None:
    """Decodes all of it."""
    frame_count_and_duration(data)
    for _ in track_chunks(data):
        pass


def _unreadable(embedding: Embedding, error: KeyError | ArtifactError) -> str:
    what = "it is gone from the store" if isinstance(error, KeyError) else str(error)
    return f"{embedding.name} cannot be read: {what}. Embed the video again."
