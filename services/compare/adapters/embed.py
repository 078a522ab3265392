"""Embeddings from the embed service, over gRPC, with the caller's own token.

Vectors and frame tracks come in batches and are kept in a cache. A cache key begins with the
workspace, so what one workspace fetched is never served to another.
"""

from __future__ import annotations

import asyncio
import contextlib
from array import array
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from grpc import aio

from sage.embed.v1 import embed_pb2, embed_pb2_grpc
from sage.embed.v1.embed_pb2 import (
    DetailBatch,
    Embedding,
    FrameBatch,
    Modality,
    SegmentBatch,
    StreamDetailTrackRequest,
)
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare.cache import BoundedCache
from services.compare.detail.track import DetailChunk, DetailTrack
from services.compare.memory import Charge
from services.compare.timeline import SOUND_BANDS, FrameTrack, SegmentTrack, SoundTrack, UInt8
from services.servicekit import calls
from services.servicekit.channels import caller_metadata
from services.servicekit.errors import SageError
from services.servicekit.identity import current_identity

SERVICE = "sage.embed.v1.EmbedService"
# Reads, safe to repeat.
RETRIED = tuple(
    (SERVICE, method)
    for method in (
        "GetEmbedding",
        "ListEmbeddings",
        "ListEngines",
        "StreamSegments",
        "StreamFrameTrack",
        "StreamDetailTrack",
    )
)
_CALL_SECONDS = 15.0
_STREAM_SECONDS = 240.0
# An embed service that sends nothing for so long is dead or hangs.
_STALLED_SECONDS = 30.0
_RETRY_SECONDS = 1.0
_PAGE_SIZE = 200
_FRAME_SHAPE = (16, 16, 3)
_FRAME_BYTES = 768
# Half a minute: that 23.976 is not 24 shows after seconds, however times are rounded.
_RATE_FRAMES = 800
# What a batch of detail may be: anything larger would be unpacked to more than it may take.
_BLOCK_SIDE, _LONGEST_SIDE = 8, 1024
_LARGEST_QUANTUM, _MOST_PICTURES = 255, 64

Batch = TypeVar("Batch")
Segments = Mapping[Modality.ValueType, SegmentTrack]
CacheKey = tuple[str, str, str, str]


class EmbedServiceEmbeddings:
    """`ports.Embeddings` over a channel to the embed service."""

    def __init__(
        self, channel: aio.Channel, cache: BoundedCache[CacheKey, Segments | FrameTrack]
    ) -> None:
        self._stub = embed_pb2_grpc.EmbedServiceStub(channel)
        self._cache = cache

    async def get(self, name: str) -> Embedding:
        return await self._stub.GetEmbedding(
            embed_pb2.GetEmbeddingRequest(name=name),
            metadata=caller_metadata(),
            timeout=calls.time_remaining(_CALL_SECONDS),
        )

    async def of_video(self, video: str, engine: str) -> Sequence[Embedding]:
        found: list[Embedding] = []
        page_token = ""
        while True:
            page = await self._stub.ListEmbeddings(
                embed_pb2.ListEmbeddingsRequest(
                    video=video, engine=engine, page_size=_PAGE_SIZE, page_token=page_token
                ),
                metadata=caller_metadata(),
                timeout=calls.time_remaining(_CALL_SECONDS),
            )
            found += page.embeddings
            page_token = page.next_page_token
            if not page_token:
                return found

    async def engine_ranking(self) -> Sequence[str]:
        answer = await self._stub.ListEngines(
            embed_pb2.ListEnginesRequest(),
            metadata=caller_metadata(),
            timeout=calls.time_remaining(_CALL_SECONDS),
        )
        return [engine.name for engine in answer.engines]

    async def segments(self, embedding: Embedding, charge: Charge) -> Segments:
        key = _key(embedding, "segments")
        cached = self._cache.get(key)
        if isinstance(cached, Mapping):
            charge(sum(_track_bytes(track) for track in cached.values()))
            return cached
        declared = {track.modality: track.segment_count for track in embedding.tracks}
        rows: dict[tuple[Modality.ValueType, bool], _Rows] = {}
        request = embed_pb2.StreamSegmentsRequest(name=embedding.name, include_fine_samples=True)
        stream = self._stub.StreamSegments(
            request, metadata=caller_metadata(), timeout=calls.time_remaining(_STREAM_SECONDS)
        )
        async for batch in _arriving(stream):
            charge(len(batch.vectors) + 16 * len(batch.start_seconds))
            part = rows.setdefault((batch.modality, batch.fine), _Rows(batch.dimension))
            part.add(batch)
            if not batch.fine and len(part) > declared.get(batch.modality, 0):
                raise _damaged("vectors")
        for modality, count in declared.items():
            if count and len(rows.get((modality, False), ())) != count:
                raise _damaged("vectors")
        tracks = {
            modality: rows[modality, False].track(rows.get((modality, True)))
            for modality, fine in sorted(rows)
            if not fine
        }
        self._cache.put(key, tracks, sum(_track_bytes(track) for track in tracks.values()))
        return tracks

    async def frame_track(self, embedding: Embedding, charge: Charge) -> FrameTrack | None:
        if not embedding.has_frame_track:
            return None
        key = _key(embedding, "frames")
        cached = self._cache.get(key)
        if isinstance(cached, FrameTrack):
            charge(_frame_track_bytes(cached))
            return cached
        times = array("d")
        fingerprints, levels = bytearray(), bytearray()
        duration, picture_end = 0.0, None
        tracks = _SoundTracks()
        request = embed_pb2.StreamFrameTrackRequest(name=embedding.name)
        stream = self._stub.StreamFrameTrack(
            request, metadata=caller_metadata(), timeout=calls.time_remaining(_STREAM_SECONDS)
        )
        async for batch in _arriving(stream):
            _check_frames(batch)
            charge(8 * len(batch.time_seconds) + len(batch.fingerprints) + len(batch.sound_levels))
            charge(tracks.add(batch))
            if batch.HasField("picture_end_seconds"):
                picture_end = batch.picture_end_seconds
            times.extend(batch.time_seconds)
            fingerprints += batch.fingerprints
            levels += batch.sound_levels
            duration = batch.duration_seconds
        if not fingerprints:
            return None
        sound = np.frombuffer(levels, np.uint8).reshape(-1, SOUND_BANDS)
        track = FrameTrack(
            times=np.frombuffer(times, np.float64),
            fingerprints=np.frombuffer(fingerprints, np.uint8).reshape(-1, *_FRAME_SHAPE),
            duration=duration,
            sound=sound,
            picture_end=picture_end,
            sound_tracks=None if picture_end is None else tracks.with_main(sound),
        )
        self._cache.put(key, track, _frame_track_bytes(track))
        return track

    async def first_frame_times(self, embedding: Embedding) -> Sequence[float]:
        if not embedding.has_frame_track:
            return ()
        cached = self._cache.get(_key(embedding, "frames"))
        if isinstance(cached, FrameTrack):
            return [float(time) for time in cached.times[:_RATE_FRAMES]]
        times: list[float] = []
        request = embed_pb2.StreamFrameTrackRequest(name=embedding.name)
        stream = self._stub.StreamFrameTrack(
            request, metadata=caller_metadata(), timeout=calls.time_remaining(_STREAM_SECONDS)
        )
        async with contextlib.aclosing(_arriving(stream)) as batches:
            async for batch in batches:
                times += batch.time_seconds
                if len(times) >= _RATE_FRAMES:
                    break
        return times

    async def detail_track(
        self, embedding: Embedding, spans: Sequence[tuple[float, float]], charge: Charge
    ) -> DetailTrack:
        request = StreamDetailTrackRequest(
            name=embedding.name,
            spans=[
                StreamDetailTrackRequest.Span(start_seconds=start, end_seconds=end)
                for start, end in spans
            ],
        )
        stream = self._stub.StreamDetailTrack(
            request, metadata=caller_metadata(), timeout=calls.time_remaining(_STREAM_SECONDS)
        )
        chunks: list[DetailChunk] = []
        async for batch in _arriving(stream):
            charge(8 * len(batch.time_seconds) + len(batch.pictures))
            chunks.append(_detail_chunk(batch, chunks))
        return DetailTrack(chunks)


class _SoundTracks:
    """The sound tracks of a file, put together from batches."""

    def __init__(self) -> None:
        self._described: list[embed_pb2.SoundTrack] = []
        self._bands: dict[int, bytearray] = {}
        self._channels: dict[int, bytearray] = {}

    def add(self, batch: FrameBatch) -> int:
        """Takes what a batch has of them, and answers with how many bytes that is."""
        self._described += batch.sound_tracks
        part = batch.track_levels
        self._bands.setdefault(part.track, bytearray()).extend(part.bands)
        self._channels.setdefault(part.track, bytearray()).extend(part.channels)
        return len(part.bands) + len(part.channels)

    def with_main(self, bands: UInt8) -> tuple[SoundTrack, ...]:
        """All of them. bands: of the main one. Raises SageError(INVALID_VECTORS)."""
        return tuple(
            self._track(index, track, bands if index == 0 else self._bands_of(index))
            for index, track in enumerate(self._described)
        )

    def _bands_of(self, index: int) -> UInt8:
        levels = self._bands.get(index, bytearray())
        if len(levels) % SOUND_BANDS:
            raise _damaged("frame track")
        return np.frombuffer(levels, np.uint8).reshape(-1, SOUND_BANDS)

    def _track(self, index: int, track: embed_pb2.SoundTrack, bands: UInt8) -> SoundTrack:
        channels = len(track.channels)
        levels = self._channels.get(index, bytearray())
        if len(levels) % max(2 * channels, 1):
            raise _damaged("frame track")
        return SoundTrack(
            number=track.number,
            language=track.language,
            title=track.title,
            layout=track.layout,
            channels=tuple(track.channels),
            heard=track.heard,
            bands=bands,
            levels=np.frombuffer(levels, "<u2")
            .astype(np.uint16, copy=False)
            .reshape(-1, channels or 1),
        )


class _Rows:
    """The segments of one modality, put together from batches without a second copy."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._vectors = bytearray()
        self._starts, self._ends = array("d"), array("d")

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, batch: SegmentBatch) -> None:
        """Raises SageError(INVALID_VECTORS) for a batch of another shape."""
        count = len(batch.start_seconds)
        if (
            batch.dimension != self._dimension
            or len(batch.end_seconds) != count
            or len(batch.vectors) != 4 * count * self._dimension
        ):
            raise _damaged("vectors")
        self._vectors += batch.vectors
        self._starts.extend(batch.start_seconds)
        self._ends.extend(batch.end_seconds)

    def track(self, fine: _Rows | None) -> SegmentTrack:
        vectors = np.frombuffer(self._vectors, "<f4").astype(np.float32, copy=False)
        return SegmentTrack(
            vectors=vectors.reshape(len(self), self._dimension),
            starts=np.frombuffer(self._starts, np.float64),
            ends=np.frombuffer(self._ends, np.float64),
            fine=None if fine is None else fine.track(None),
        )


async def _arriving(stream: aio.UnaryStreamCall[Any, Batch]) -> AsyncGenerator[Batch]:
    """The stream's messages. Raises SageError(DEPENDENCY_UNAVAILABLE) when it stalls."""
    messages = aiter(stream)
    try:
        while True:
            async with asyncio.timeout(_STALLED_SECONDS):
                message = await anext(messages, None)
            if message is None:
                return
            yield message
    except TimeoutError as error:
        raise SageError(
            ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
            "The embed service stopped sending in the middle of a track. Try again.",
            retry_after=_RETRY_SECONDS,
        ) from error
    finally:
        stream.cancel()


def _key(embedding: Embedding, part: str) -> CacheKey:
    return current_identity().workspace, embedding.name, embedding.etag, part


def _check_frames(batch: FrameBatch) -> None:
    frames_fit = len(batch.fingerprints) == _FRAME_BYTES * len(batch.time_seconds)
    if not frames_fit or len(batch.sound_levels) % SOUND_BANDS:
        raise _damaged("frame track")


def _detail_chunk(batch: DetailBatch, before: Sequence[DetailChunk]) -> DetailChunk:
    """Raises SageError(INVALID_VECTORS) for what is no part of a detail track."""
    times = np.array(batch.time_seconds, np.float64)
    sides = batch.rows, batch.columns
    fits = all(0 < side <= _LONGEST_SIDE and side % _BLOCK_SIDE == 0 for side in sides)
    earlier = before[-1].times[-1:] if before else np.zeros(0)
    if (
        not fits
        or not 0 < batch.quantum <= _LARGEST_QUANTUM
        or not 0 < len(times) <= _MOST_PICTURES
        or not np.isfinite(times).all()
        or not (np.diff(np.concatenate([earlier, times])) > 0).all()
    ):
        raise _damaged("detail track")
    return DetailChunk(
        rows=batch.rows,
        columns=batch.columns,
        quantum=batch.quantum,
        times=times,
        packed=batch.pictures,
    )


def _damaged(what: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_INVALID_VECTORS,
        f"What is stored of the embedding's {what} is damaged. Delete the embedding and make it "
        "again.",
    )


def _frame_track_bytes(track: FrameTrack) -> int:
    of_tracks = sum(each.bands.nbytes + each.levels.nbytes for each in track.sound_tracks or ())
    return track.fingerprints.nbytes + track.times.nbytes + track.sound.nbytes + of_tracks


def _track_bytes(track: SegmentTrack) -> int:
    own = track.vectors.nbytes + track.starts.nbytes + track.ends.nbytes
    return own + (_track_bytes(track.fine) if track.fine is not None else 0)
