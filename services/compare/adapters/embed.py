"""Embeddings from the embed service, over gRPC, with the caller's own token.

Vectors and frame tracks come in batches and are kept in a cache. A cache key begins with the
workspace, so what one workspace fetched is never served to another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from grpc import aio

from sage.embed.v1 import embed_pb2, embed_pb2_grpc
from sage.embed.v1.embed_pb2 import Embedding, FrameBatch, Modality, SegmentBatch
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare.cache import BoundedCache
from services.compare.timeline import SOUND_BANDS, Float32, Float64, FrameTrack, SegmentTrack
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
    )
)
_CALL_SECONDS = 15.0
_STREAM_SECONDS = 240.0
_PAGE_SIZE = 200
_FRAME_SHAPE = (16, 16, 3)
_FRAME_BYTES = 768

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

    async def segments(self, embedding: Embedding) -> Segments:
        key = _key(embedding, "segments")
        cached = self._cache.get(key)
        if isinstance(cached, Mapping):
            return cached
        batches: defaultdict[tuple[Modality.ValueType, bool], list[SegmentBatch]]
        batches = defaultdict(list)
        request = embed_pb2.StreamSegmentsRequest(name=embedding.name, include_fine_samples=True)
        async for batch in self._stub.StreamSegments(
            request, metadata=caller_metadata(), timeout=calls.time_remaining(_STREAM_SECONDS)
        ):
            batches[batch.modality, batch.fine].append(batch)
        tracks = {
            modality: _segment_track(batches[modality, False], batches.get((modality, True), []))
            for modality, fine in sorted(batches)
            if not fine
        }
        self._cache.put(key, tracks, sum(_track_bytes(track) for track in tracks.values()))
        return tracks

    async def frame_track(self, embedding: Embedding) -> FrameTrack | None:
        if not embedding.has_frame_track:
            return None
        key = _key(embedding, "frames")
        cached = self._cache.get(key)
        if isinstance(cached, FrameTrack):
            return cached
        times: list[Float64] = []
        fingerprints, levels = bytearray(), bytearray()
        duration = 0.0
        request = embed_pb2.StreamFrameTrackRequest(name=embedding.name)
        async for batch in self._stub.StreamFrameTrack(
            request, metadata=caller_metadata(), timeout=calls.time_remaining(_STREAM_SECONDS)
        ):
            times.append(np.array(batch.time_seconds, np.float64))
            _check_frames(batch)
            fingerprints += batch.fingerprints
            levels += batch.sound_levels
            duration = batch.duration_seconds
        if not fingerprints:
            return None
        track = FrameTrack(
            times=np.concatenate(times),
            fingerprints=np.frombuffer(fingerprints, np.uint8).reshape(-1, *_FRAME_SHAPE),
            duration=duration,
            sound=np.frombuffer(levels, np.uint8).reshape(-1, SOUND_BANDS),
        )
        size = track.fingerprints.nbytes + track.times.nbytes + track.sound.nbytes
        self._cache.put(key, track, size)
        return track


def _key(embedding: Embedding, part: str) -> CacheKey:
    return current_identity().workspace, embedding.name, embedding.etag, part


def _segment_track(
    batches: Sequence[SegmentBatch], fine_batches: Sequence[SegmentBatch]
) -> SegmentTrack:
    return SegmentTrack(
        vectors=_vectors(batches),
        starts=_joined([batch.start_seconds for batch in batches]),
        ends=_joined([batch.end_seconds for batch in batches]),
        fine=_segment_track(fine_batches, []) if fine_batches else None,
    )


def _vectors(batches: Sequence[SegmentBatch]) -> Float32:
    dimension = batches[0].dimension
    for batch in batches:
        rows = len(batch.start_seconds)
        if (
            batch.dimension != dimension
            or len(batch.end_seconds) != rows
            or len(batch.vectors) != 4 * rows * dimension
        ):
            raise SageError(
                ErrorReason.ERROR_REASON_INVALID_VECTORS,
                "The stored vectors are not of the shape that they should have. Delete the "
                "embedding and make it again.",
            )
    packed = b"".join(batch.vectors for batch in batches)
    return np.frombuffer(packed, "<f4").astype(np.float32, copy=False).reshape(-1, dimension)


def _joined(parts: Sequence[Sequence[float]]) -> Float64:
    return np.concatenate([np.array(part, np.float64) for part in parts])


def _check_frames(batch: FrameBatch) -> None:
    frames_fit = len(batch.fingerprints) == _FRAME_BYTES * len(batch.time_seconds)
    if not frames_fit or len(batch.sound_levels) % SOUND_BANDS:
        raise SageError(
            ErrorReason.ERROR_REASON_INVALID_VECTORS,
            "The stored frame track is not of the shape that it should have. Delete the embedding "
            "and make it again.",
        )


def _track_bytes(track: SegmentTrack) -> int:
    own = track.vectors.nbytes + track.starts.nbytes + track.ends.nbytes
    return own + (_track_bytes(track.fine) if track.fine is not None else 0)
