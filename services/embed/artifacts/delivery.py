"""Brings stored artifacts to clients, in pieces of about a mebibyte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.artifacts.embeddings import Embedding
from services.embed.artifacts.stored_forms import (
    ArtifactError,
    decode_vectors,
    frame_count_and_duration,
    track_chunks,
)
from services.embed.artifacts.tracks import (
    Float32,
    Float64,
    FrameChunk,
    SoundChunk,
    UInt8,
    VectorTrack,
)
from services.embed.tasks.task_state import Modality
from services.servicekit.errors import SageError, not_found

Source = TypeVar("Source")
Decoded = TypeVar("Decoded")

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


class Delivery:
    """Reads artifacts from the store, and decodes them off the event loop."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    async def segments(
        self, embedding: Embedding, modalities: Collection[Modality], *, include_fine: bool
    ) -> AsyncIterator[Segments]:
        """Modality by modality in order of time; the finer samples after each one's segments."""
        for facts in embedding.tracks:
            if modalities and facts.modality not in modalities:
                continue
            data = await self._read(embedding, embedding.vectors_prefix + facts.modality.value)
            track = await _decoded(embedding, decode_vectors, data)
            for batch in batches(facts.modality, track, fine=False):
                yield batch
            if include_fine and track.fine is not None:
                for batch in batches(facts.modality, track.fine, fine=True):
                    yield batch

    async def frame_track(self, embedding: Embedding) -> AsyncIterator[Frames | Sound]:
        """Raises SageError(NOT_FOUND) when the embedding has no frame track."""
        if not embedding.frame_track_key:
            raise not_found(f"{embedding.name}/frameTrack")
        data = await self._read(embedding, embedding.frame_track_key)
        _, duration = await _decoded(embedding, frame_count_and_duration, data)
        chunks = track_chunks(data)
        frames = steps = 0
        while (chunk := await _decoded(embedding, _next, chunks)) is not None:
            if isinstance(chunk, SoundChunk):
                yield Sound(first=steps, levels=chunk.levels, duration=duration)
                steps += len(chunk.levels)
            else:
                yield Frames(
                    first=frames,
                    times=chunk.times,
                    fingerprints=chunk.fingerprints,
                    duration=duration,
                )
                frames += len(chunk.times)

    async def _read(self, embedding: Embedding, key: str) -> bytes:
        try:
            return await self._artifacts.get(key)
        except KeyError:
            raise _damaged(embedding.name, "its vectors are gone from the store") from None


async def _decoded(
    embedding: Embedding, decode: Callable[[Source], Decoded], source: Source
) -> Decoded:
    """Decodes on a thread. Raises SageError(INVALID_VECTORS)."""
    try:
        return await asyncio.to_thread(decode, source)
    except ArtifactError as error:
        raise _damaged(embedding.name, str(error)) from error


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


def _next(chunks: Iterator[FrameChunk | SoundChunk]) -> FrameChunk | SoundChunk | None:
    return next(chunks, None)


def _damaged(name: str, what: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_INVALID_VECTORS,
        f"{name} cannot be read: {what}. Embed the video again.",
        metadata={"name": name},
    )
